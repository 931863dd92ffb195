import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { TransformOptions } from 'jiti';

/**
 * Imports a file of the host's. JavaScript goes to Node first, so that the host's modules exist once; TypeScript, and
 * JavaScript that only a TypeScript loader can link, goes to jiti.
 */
export async function importModule(file: string): Promise<object> {
  if (/\.[cm]?tsx?$/.test(file)) return importTypeScript(file);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (!mayNeedTypeScript(error)) throw error;
    return importTypeScript(file);
  }
}

/** Node could not find, link or parse something: an `.ts` import, a path alias, ESM syntax in a CommonJS package. */
function mayNeedTypeScript(error: unknown): boolean {
  const { name, message = '', code = '' } = Object(error) as Partial<NodeJS.ErrnoException>;
  return name === 'SyntaxError' ? !message.includes('does not provide an export') : linkErrors.has(code);
}

const linkErrors = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
]);

async function importTypeScript(file: string): Promise<object> {
  const { createJiti } = await import('jiti');
  // A cache in the shared temporary folder would run what another user of the machine had put there.
  const options = { fsCache: false, tsconfigPaths: true };
  const plain = createJiti(file, options);
  const jiti = createJiti(file, {
    ...options,
    virtualModules: { cairnloop: await importCairnloop(file) },
    transform: (transform) => ({ code: transformWithFallback(plain.transform, transform, file) }),
  });
  return jiti.import<object>(file);
}

/** The host's copy of this package, or this one where the host has none, as in an empty folder run through `npx`. */
async function importCairnloop(file: string): Promise<object> {
  const own = resolveFrom(file, 'cairnloop');
  return own === undefined ? import('../index.js') : import(pathToFileURL(own).href);
}

/** jiti's transform refuses decorated `name!: T` and `declare` fields; the host's esbuild, if any, takes them away. */
function transformWithFallback(
  transform: (options: TransformOptions) => string,
  options: TransformOptions,
  file: string,
): string {
  const code = transform(options);
  const esbuild = code.includes('__JITI_ERROR__') && resolveFrom(file, 'esbuild');
  if (!esbuild) return code;
  const javaScript = stripTypes(createRequire(file)(esbuild), options.source);
  return javaScript === undefined ? code : transform({ ...options, source: javaScript });
}

interface Esbuild {
  transformSync(source: string, options: object): { code: string };
}

function stripTypes(esbuild: Esbuild, source: string): string | undefined {
  // As decorator libraries on TypeScript expect it: a field without a value must not hide the decorator's accessor.
  const compilerOptions = { experimentalDecorators: true, useDefineForClassFields: false };
  try {
    return esbuild.transformSync(source, { loader: 'ts', tsconfigRaw: { compilerOptions } }).code;
  } catch {
    return undefined; // A true syntax error, which jiti has explained.
  }
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JitiOptions, TransformOptions } from 'jiti';
import { emptyModules, replaceReactMarkers } from './react-markers.js';
import { resolveSourceImports } from './source-imports.js';
import { svelteKitModules } from './sveltekit-modules.js';
import { compileTypeScript } from './transform-typescript.js';
import { isTrustedFile, trustedFoldersUp } from './trusted-folders.js';
import { pathAliases, readTsconfig } from './tsconfig.js';

/**
 * Imports a host's file. JavaScript goes to Node first, so that host modules exist once; TypeScript, and JavaScript
 * that Node cannot link, goes to jiti.
 */
export async function importModule(file: string): Promise<object> {
  replaceReactMarkers(file);
  if (/\.[cm]?tsx?$/.test(file)) return importTypeScript(file);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (!mayNeedTypeScript(error)) throw error;
    return importTypeScript(file);
  }
}

/** Node could not find, link or parse something: a `.ts` import, a path alias, ESM syntax in a CommonJS package. */
function mayNeedTypeScript(error: unknown): boolean {
  const { name, message = '', code = '', stack = '' } = Object(error) as Partial<NodeJS.ErrnoException>;
  // A name that TypeScript imports may be a type, which Node cannot know.
  const isFromTypeScript = /^\S+\.[cm]?tsx?:\d+/.test(stack);
  if (name === 'SyntaxError') return isFromTypeScript || !message.includes('does not provide an export');
  return linkErrors.has(code) || isFromTypeScript;
}

const linkErrors = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNKNOWN_MODULE_FORMAT',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
]);

async function importTypeScript(file: string): Promise<object> {
  const { createJiti } = await import('jiti');
  // No cache: in the shared temporary folder another user could have written it.
  const options: JitiOptions = { fsCache: false, jsx: true, ...(await aliasOptions(file, createJiti)) };
  const plain = createJiti(file, options);
  const jiti = createJiti(file, {
    ...options,
    virtualModules: { cairnloop: await importCairnloop(file), ...emptyModules, ...svelteKitModules },
    transform: (transform) => ({ code: transformed(plain.transform, transform) }),
  });
  return jiti.import<object>(file);
}

/** jiti needs a complete tsconfig; if a part is missing, or it only has references, TypeScript reads it. */
async function aliasOptions(file: string, createJiti: typeof import('jiti').createJiti): Promise<JitiOptions> {
  const folder = path.dirname(file);
  const tsconfig = trustedFoldersUp(folder)
    .folders.map((above) => path.join(above, 'tsconfig.json'))
    .find((name) => isTrustedFile(name, folder));
  if (tsconfig === undefined) return {};
  if (!/"references"/.test(readFileSync(tsconfig, 'utf8'))) {
    const options = { tsconfigPaths: true };
    try {
      createJiti(file, { ...options, fsCache: false });
      return options;
    } catch {
      // A file that the tsconfig extends is not installed, or not generated yet.
    }
  }
  return { alias: pathAliases(readTsconfig(tsconfig)) };
}

/** The host's copy of this package, or this one where the host has none, as in an empty folder run through `npx`. */
async function importCairnloop(file: string): Promise<object> {
  // `require` finds the same modules as CommonJS, which Plug'n'Play cannot follow.
  const own = resolveFrom(file, 'cairnloop/package.json');
  return own === undefined ? import('../index.js') : import(new URL('dist/index.js', pathToFileURL(own)).href);
}

type Transform = (options: TransformOptions) => string;

/** Babel compiles plain files; what it refuses or miscompiles goes through TypeScript first. */
function transformed(transform: Transform, options: TransformOptions): string {
  const { filename = '', source } = options;
  const given = { ...options, source: filename ? resolveSourceImports(filename, source) : source };
  const needsCompiler = /\.[cm]?[jt]sx$/.test(filename) || (/\.[cm]?ts$/.test(filename) && isBeyondBabel(source));
  const code = needsCompiler ? undefined : transform(given);
  if (code !== undefined && !code.includes('__JITI_ERROR__')) return code;
  const javaScript = filename ? compileTypeScript(filename, given.source) : undefined;
  return javaScript === undefined ? (code ?? transform(given)) : transform({ ...given, source: javaScript, ts: false });
}

/** Decorators, whose kind and metadata depend on the tsconfig, and auto-accessors. */
function isBeyondBabel(source: string): boolean {
  return /(^|[\s(,;{}])@[A-Za-z_$(]/.test(source) || /\baccessor\s+[\w$#[]/.test(source);
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}

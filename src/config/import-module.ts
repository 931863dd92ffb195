import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JitiOptions, TransformOptions } from 'jiti';
import { emptyReactMarkerModules, replaceReactMarkerPackages } from './react-markers.js';
import { resolveSourceImports } from './source-imports.js';
import { svelteKitModuleReplacements } from './sveltekit-modules.js';
import { compileTypeScript } from './transform-typescript.js';
import { findTrustedFolders, isTrustedFile } from './trusted-folders.js';
import { pathAliases, readTsconfig } from './tsconfig.js';

/**
 * Imports a host's file. JavaScript is imported by Node, so that each host module is loaded only once; TypeScript, and
 * JavaScript that Node cannot link, is imported by jiti.
 */
export async function importModule(file: string): Promise<object> {
  replaceReactMarkerPackages(file);
  if (/\.[cm]?tsx?$/.test(file)) return importTypeScript(file);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (!mayNeedTypeScript(error)) throw error;
    return importTypeScript(file);
  }
}

/**
 * Whether jiti may import what Node could not find, link or parse: a `.ts` import, a path alias, ESM syntax in a
 * CommonJS package.
 */
function mayNeedTypeScript(error: unknown): boolean {
  const { name, message = '', code = '', stack = '' } = Object(error) as Partial<NodeJS.ErrnoException>;
  // In a TypeScript file, a missing export may be a type, which Node does not recognise as one.
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
  // No cache: jiti's is in the shared temporary folder, where another user could have written code.
  const options: JitiOptions = { fsCache: false, jsx: true, ...(await aliasOptions(file, createJiti)) };
  const plain = createJiti(file, options);
  const jiti = createJiti(file, {
    ...options,
    virtualModules: {
      cairnloop: await importCairnloop(file),
      ...emptyReactMarkerModules,
      ...svelteKitModuleReplacements,
    },
    transform: (transform) => ({ code: transformed(plain.transform, transform) }),
  });
  return jiti.import<object>(file);
}

/**
 * Options that give jiti the host's path aliases. If the tsconfig extends a missing file, or only has references, jiti
 * cannot read it, and TypeScript does.
 */
async function aliasOptions(file: string, createJiti: typeof import('jiti').createJiti): Promise<JitiOptions> {
  const folder = path.dirname(file);
  const tsconfig = findTrustedFolders(folder)
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

/**
 * Imports the host's copy of this package, or this copy if the host has none, as in an empty folder run through `npx`.
 */
async function importCairnloop(file: string): Promise<object> {
  // Resolve only package.json: `require('cairnloop')` would load the CommonJS entry, which fails under Plug'n'Play.
  const own = resolveFrom(file, 'cairnloop/package.json');
  return own === undefined ? import('../index.js') : import(new URL('dist/index.js', pathToFileURL(own)).href);
}

type Transform = (options: TransformOptions) => string;

/** Compiles a file by jiti's Babel. Files that Babel refuses or miscompiles are compiled by TypeScript first. */
function transformed(transform: Transform, options: TransformOptions): string {
  const { filename = '', source } = options;
  const given = { ...options, source: filename ? resolveSourceImports(filename, source) : source };
  const needsCompiler = /\.[cm]?[jt]sx$/.test(filename) || (/\.[cm]?ts$/.test(filename) && isBeyondBabel(source));
  const code = needsCompiler ? undefined : transform(given);
  if (code !== undefined && !code.includes('__JITI_ERROR__')) return code;
  const javaScript = filename ? compileTypeScript(filename, given.source) : undefined;
  return javaScript === undefined ? (code ?? transform(given)) : transform({ ...given, source: javaScript, ts: false });
}

/**
 * Whether Babel miscompiles the file: it has decorators, whose meaning depends on the tsconfig, auto-accessors, or a
 * `using` at the top level, with which Babel loses the exports.
 */
function isBeyondBabel(source: string): boolean {
  return /(^|[\s(,;{}])@[A-Za-z_$(]|\baccessor\s+[\w$#[]|\busing\s+[\w$]/.test(source);
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}

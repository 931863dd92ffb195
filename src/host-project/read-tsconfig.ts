import path from 'node:path';
import { ts } from 'ts-morph';
import { findTsconfig, readTsconfig } from '../config/tsconfig.js';
import type { ModuleSyntax } from '../gen/module-syntax.js';
import type { PathAliases, RelativeImportExtension } from '../gen/names.js';

/** What a tsconfig and those it extends say about new files and imports. */
export interface TsconfigFacts {
  moduleSyntax: ModuleSyntax;
  extension: RelativeImportExtension;
  aliases: PathAliases;
  bracketEnv: boolean;
  isolatedDeclarations: boolean;
  /** The folder, relative to the package, whose files can be imported without `./`; null if there is none. */
  bareImportsFrom: string | null;
}

/**
 * Reads from the host's tsconfig how new files must be written. `isEsmPackage`: package.json has `"type": "module"`;
 * `config`: the path of the existing Cairnloop config.
 */
export function readTsconfigFacts(root: string, isEsmPackage: boolean, config: string | undefined): TsconfigFacts {
  const options = readOptions(root);
  const isCommonJsFile = config?.endsWith('.cts') === true;
  const isEsm = config?.endsWith('.mts') || (isEsmPackage && !isCommonJsFile);
  return {
    moduleSyntax: isCommonJsOnly(options, isEsm) ? 'export-equals' : 'esm',
    extension: extensionOf(options, isEsm || isCommonJsFile),
    aliases: aliasesOf(options, root),
    bracketEnv: options.noPropertyAccessFromIndexSignature === true,
    isolatedDeclarations: options.isolatedDeclarations === true,
    bareImportsFrom: findBareImportFolder(options, root),
  };
}

/** Reads the compiler options. A tsconfig with errors is read too; `tsc` reports them. */
function readOptions(root: string): ts.CompilerOptions {
  const file = findTsconfig(root);
  return file === undefined ? {} : readTsconfig(file).options;
}

/**
 * The folder in which imports without `./` resolve: `baseUrl`, or an equivalent `paths` entry for `*`; null for
 * neither.
 */
export function findBareImportFolder(options: ts.CompilerOptions, root: string): string | null {
  const [target] = options.paths?.['*']?.filter((one) => /(^|\/)\*$/.test(one)) ?? [];
  const base = options.baseUrl ?? (options.pathsBasePath as string | undefined) ?? root;
  const folder = target === undefined ? options.baseUrl : path.resolve(base, target.slice(0, -1));
  if (folder === undefined) return null;
  const relative = path.relative(root, folder).split(path.sep).join('/');
  return relative.startsWith('..') || relative.includes('node_modules') ? null : relative || '.';
}

/**
 * Whether `import` and `export` of values are errors in a new file, so that it needs `import x = require()` and
 * `export =`.
 */
function isCommonJsOnly({ module, verbatimModuleSyntax }: ts.CompilerOptions, isEsm: boolean): boolean {
  return verbatimModuleSyntax === true && !isEsm && (module === ts.ModuleKind.CommonJS || isNodeModule(module));
}

/** The extension of new relative imports. `isSpelled`: whether Node requires one, as it does in ES modules. */
function extensionOf(options: ts.CompilerOptions, isSpelled: boolean): RelativeImportExtension {
  const { module, moduleResolution, allowImportingTsExtensions, rewriteRelativeImportExtensions } = options;
  const isNode = isNodeModule(module) || isNodeResolution(moduleResolution);
  if (rewriteRelativeImportExtensions || (allowImportingTsExtensions && isNode)) return 'ts';
  const isBundled = moduleResolution === ts.ModuleResolutionKind.Bundler || module === ts.ModuleKind.Preserve;
  return isSpelled && !isBundled ? 'js' : 'none';
}

function isNodeModule(module: ts.ModuleKind | undefined): boolean {
  return module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
}

function isNodeResolution(kind: ts.ModuleResolutionKind | undefined): boolean {
  return kind === ts.ModuleResolutionKind.Node16 || kind === ts.ModuleResolutionKind.NodeNext;
}

/** The `paths` of the tsconfig, with targets relative to the package. */
function aliasesOf(options: ts.CompilerOptions, root: string): PathAliases {
  const base = options.baseUrl ?? (options.pathsBasePath as string | undefined) ?? root;
  const relative = (target: string) => path.relative(root, path.resolve(base, target)).replaceAll(path.sep, '/');
  return Object.fromEntries(
    Object.entries(options.paths ?? {}).map(([pattern, targets]) => [pattern, targets.map(relative)]),
  );
}

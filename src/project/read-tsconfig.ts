import path from 'node:path';
import { ts } from 'ts-morph';
import type { ModuleForm } from '../gen/module-form.js';
import type { PathAliases, SpecifierExtension } from '../gen/names.js';

/** What a tsconfig, with those it extends, says about new files and their imports. */
export interface TsFacts {
  moduleForm: ModuleForm;
  extension: SpecifierExtension;
  aliases: PathAliases;
}

/** `isEsmPackage`: package.json says `"type": "module"`. */
export function readTsFacts(root: string, isEsmPackage: boolean): TsFacts {
  const options = readOptions(root);
  return {
    moduleForm: isCommonJsOnly(options, isEsmPackage) ? 'export-equals' : 'esm',
    extension: extensionOf(options, isEsmPackage),
    aliases: aliasesOf(options, root),
  };
}

/** A tsconfig with mistakes still says something; the mistakes are for `tsc` to report. */
function readOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const host = { ...ts.sys, readDirectory: () => [] };
  return ts.parseJsonConfigFileContent(config ?? {}, host, root).options;
}

/** `import` and `export` of values are errors in such a file. */
function isCommonJsOnly({ module, verbatimModuleSyntax }: ts.CompilerOptions, isEsmPackage: boolean): boolean {
  return verbatimModuleSyntax === true && !isEsmPackage && (module === ts.ModuleKind.CommonJS || isNodeModule(module));
}

function extensionOf(options: ts.CompilerOptions, isEsmPackage: boolean): SpecifierExtension {
  const { module, moduleResolution, allowImportingTsExtensions, rewriteRelativeImportExtensions } = options;
  const isNode = isNodeModule(module) || isNodeResolution(moduleResolution);
  if (rewriteRelativeImportExtensions || (allowImportingTsExtensions && isNode)) return 'ts';
  const isBundled = moduleResolution === ts.ModuleResolutionKind.Bundler || module === ts.ModuleKind.Preserve;
  return isEsmPackage && !isBundled ? 'js' : 'none';
}

function isNodeModule(module: ts.ModuleKind | undefined): boolean {
  return module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
}

function isNodeResolution(kind: ts.ModuleResolutionKind | undefined): boolean {
  return kind === ts.ModuleResolutionKind.Node16 || kind === ts.ModuleResolutionKind.NodeNext;
}

/** Targets relative to the package, as the rest of a snapshot is. */
function aliasesOf(options: ts.CompilerOptions, root: string): PathAliases {
  const base = options.baseUrl ?? (options.pathsBasePath as string | undefined) ?? root;
  const relative = (target: string) => path.relative(root, path.resolve(base, target)).replaceAll(path.sep, '/');
  return Object.fromEntries(
    Object.entries(options.paths ?? {}).map(([pattern, targets]) => [pattern, targets.map(relative)]),
  );
}

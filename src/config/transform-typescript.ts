/** Compiles files that jiti's own transform refuses or miscompiles, with ts-morph's TypeScript. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ts as TypeScript } from 'ts-morph';
import { loadTypeScriptCompiler, type TypeScriptCompiler } from './compiler.js';
import { findTsconfig, readTsconfig } from './tsconfig.js';

/**
 * Compiles TypeScript or JSX as its tsconfig says: both kinds of decorators with metadata, `accessor`, JSX. Returns
 * undefined for a syntax error, which jiti explains better.
 */
export function compileTypeScript(file: string, source: string): string | undefined {
  const ts = loadTypeScriptCompiler();
  const compilerOptions = { ...optionsFor(file, ts), ...fixedOptions(ts) };
  const { outputText, diagnostics = [] } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions,
    reportDiagnostics: true,
  });
  const isWrong = diagnostics.some(({ category, code }) => category === ts.DiagnosticCategory.Error && code < 2000);
  return isWrong ? undefined : outputText;
}

/** Compiler options that override the host's tsconfig, because jiti loads the output. */
function fixedOptions(ts: TypeScriptCompiler): TypeScript.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    noEmit: false,
    declaration: false,
    composite: false,
    incremental: false,
    isolatedDeclarations: false,
    sourceMap: false,
    inlineSourceMap: false,
    inlineSources: false,
    importHelpers: false,
    noEmitHelpers: false,
    removeComments: false,
  };
}

const cache = new Map<string, TypeScript.CompilerOptions>();

function optionsFor(file: string, ts: TypeScriptCompiler): TypeScript.CompilerOptions {
  const tsconfig = findTsconfig(path.dirname(file));
  const key = tsconfig ?? path.dirname(file);
  const options = cache.get(key) ?? readOptions(file, tsconfig, ts);
  cache.set(key, options);
  return options;
}

function readOptions(file: string, tsconfig: string | undefined, ts: TypeScriptCompiler): TypeScript.CompilerOptions {
  const found = tsconfig === undefined ? undefined : readTsconfig(tsconfig);
  const given = found?.options ?? {};
  const { experimentalDecorators, emitDecoratorMetadata, verbatimModuleSyntax } = given;
  // Without a readable tsconfig, assume legacy decorators if `reflect-metadata` is installed, whose users need them.
  const isUnknown = found === undefined || !found.isWhole;
  const isLegacy = experimentalDecorators ?? (isUnknown && (found === undefined || resolves(file, 'reflect-metadata')));
  return {
    experimentalDecorators: isLegacy,
    emitDecoratorMetadata: emitDecoratorMetadata ?? (isUnknown && isLegacy && resolves(file, 'reflect-metadata')),
    useDefineForClassFields: given.useDefineForClassFields ?? (given.target ?? 0) >= ts.ScriptTarget.ES2022,
    ...(verbatimModuleSyntax === undefined ? {} : { verbatimModuleSyntax }),
    ...jsxOptions(given, ts),
  };
}

/** The JSX options of the host. `preserve` is replaced, because it leaves JSX to a bundler, and none runs here. */
function jsxOptions(given: TypeScript.CompilerOptions, ts: TypeScriptCompiler): TypeScript.CompilerOptions {
  const { jsx, jsxImportSource, jsxFactory, jsxFragmentFactory, reactNamespace } = given;
  const isClassic = jsx === ts.JsxEmit.React || (jsxFactory !== undefined && jsxImportSource === undefined);
  return {
    jsx: isClassic ? ts.JsxEmit.React : ts.JsxEmit.ReactJSX,
    ...(isClassic && jsxFactory ? { jsxFactory } : {}),
    ...(isClassic && jsxFragmentFactory ? { jsxFragmentFactory } : {}),
    ...(isClassic && reactNamespace ? { reactNamespace } : {}),
    ...(!isClassic && jsxImportSource ? { jsxImportSource } : {}),
  };
}

function resolves(file: string, name: string): boolean {
  try {
    createRequire(file).resolve(name);
    return true;
  } catch {
    return false;
  }
}

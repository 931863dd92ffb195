import { createRequire } from 'node:module';
import type { ts as TypeScript } from 'ts-morph';

export type TypeScriptCompiler = typeof TypeScript;

/** Loads the TypeScript compiler that ts-morph contains. It is loaded only when needed, because that takes 200 ms. */
export function loadTypeScriptCompiler(): TypeScriptCompiler {
  return createRequire(import.meta.url)('ts-morph').ts;
}

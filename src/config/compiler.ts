import { createRequire } from 'node:module';
import type { ts as TypeScript } from 'ts-morph';

export type Compiler = typeof TypeScript;

/** ts-morph's compiler, loaded lazily: it takes 200 ms. */
export function loadCompiler(): Compiler {
  return createRequire(import.meta.url)('ts-morph').ts;
}

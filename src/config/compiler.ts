import { createRequire } from 'node:module';
import type { ts as TypeScript } from 'ts-morph';

export type Compiler = typeof TypeScript;

/** The compiler that ts-morph brings, loaded where it is called: it takes a fifth of a second. */
export function loadCompiler(): Compiler {
  return createRequire(import.meta.url)('ts-morph').ts;
}

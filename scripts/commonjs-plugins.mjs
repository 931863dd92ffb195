/**
 * Writes the plugins for frameworks as CommonJS, in which they can be loaded by `require`, by `import` and in Jest's
 * sandbox alike, and always meet the framework that the host has loaded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ts } from 'ts-morph';

const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

for (const name of ['server-mounts', 'nest', 'fastify']) {
  const built = readFileSync(new URL(`../dist/${name}.js`, import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(built, { compilerOptions });
  writeFileSync(new URL(`../commonjs/${name}.js`, import.meta.url), outputText);
}

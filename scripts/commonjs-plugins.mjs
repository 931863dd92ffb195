/**
 * Writes the plugins for frameworks as CommonJS, in which they can be loaded by `require`, by `import` and in Jest's
 * sandbox alike, and always meet the framework that the host has loaded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ts } from 'ts-morph';

const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

for (const name of ['server-mounts', 'nest', 'fastify']) {
  const module = new URL(`../dist/${name}.js`, import.meta.url);
  const built = readFileSync(module, 'utf8');
  // A second run finds what the first one left here.
  if (built.includes(`'../commonjs/${name}.js'`)) continue;
  const { outputText } = ts.transpileModule(built, { compilerOptions });
  writeFileSync(new URL(`../commonjs/${name}.js`, import.meta.url), outputText);
  writeFileSync(module, reExport(name, outputText));
}

/** The ES module is the same one: an application that uses both kinds must meet one class and one token. */
function reExport(name, commonjs) {
  const names = new Set([...commonjs.matchAll(/^exports\.(\w+) = /gm)].map(([, exported]) => exported));
  const hasDefault = names.delete('default');
  const lines = [`export { ${[...names].join(', ')} } from '../commonjs/${name}.js';`];
  if (hasDefault) lines.push(`import plugin from '../commonjs/${name}.js';`, 'export default plugin.default;');
  return `${lines.join('\n')}\n`;
}

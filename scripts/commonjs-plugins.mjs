/**
 * Writes the plugins for frameworks as CommonJS, which `require`, `import` and Jest's sandbox can all load, and which
 * always uses the framework that the host has loaded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ts } from 'ts-morph';

const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

for (const name of ['server-mounts', 'nest', 'fastify']) {
  const module = new URL(`../dist/${name}.js`, import.meta.url);
  const built = readFileSync(module, 'utf8');
  // An earlier run has rewritten this file already.
  if (built.includes(`'../commonjs/${name}.js'`)) continue;
  const { outputText } = ts.transpileModule(built, { compilerOptions });
  writeFileSync(new URL(`../commonjs/${name}.js`, import.meta.url), outputText);
  writeFileSync(module, reExport(name, outputText));
}

/**
 * The text of an ES module that re-exports the CommonJS one: an application that loads both must get the same class and
 * token.
 */
function reExport(name, commonjs) {
  const names = new Set([...commonjs.matchAll(/^exports\.(\w+) = /gm)].map(([, exported]) => exported));
  const hasDefault = names.delete('default');
  const lines = [`export { ${[...names].join(', ')} } from '../commonjs/${name}.js';`];
  if (hasDefault) lines.push(`import plugin from '../commonjs/${name}.js';`, 'export default plugin.default;');
  return `${lines.join('\n')}\n`;
}

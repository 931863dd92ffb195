/**
 * `prepack` writes the package.json that users get: without `prepare`, which builds a checkout and which package
 * managers run or warn about in an installed package. `postpack` restores that of the checkout.
 *
 * It also writes a folder for each entry, such as `testing/`, for tools that resolve imports without `exports`, e.g.
 * eslint-plugin-import and Jest before 28.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);
const kept = new URL('../package.json.checkout', import.meta.url);

if (process.argv[2] === 'restore') {
  if (existsSync(kept)) {
    for (const { name } of entriesOf(JSON.parse(readFileSync(kept, 'utf8'))))
      rmSync(folderOf(name), { recursive: true, force: true });
    renameSync(kept, manifest);
  }
} else if (!existsSync(kept)) {
  const text = readFileSync(manifest, 'utf8');
  const { scripts, devDependencies, overrides, ...packed } = JSON.parse(text);
  const entries = entriesOf(packed);
  writeFileSync(kept, text);
  for (const { name, from } of entries) {
    mkdirSync(folderOf(name), { recursive: true });
    writeFileSync(new URL('package.json', folderOf(name)), `${JSON.stringify(from, null, 2)}\n`);
  }
  const files = [...packed.files, ...entries.map(({ name }) => name)];
  writeFileSync(manifest, `${JSON.stringify({ ...packed, files }, null, 2)}\n`);
}

/** The entries of the package besides its main one, each with the package.json for its folder. */
function entriesOf({ exports }) {
  return Object.entries(exports)
    .filter(([, conditions]) => typeof conditions === 'object')
    .map(([key, conditions]) => ({ name: key.slice(2), from: folderManifest(conditions) }))
    .filter(({ name }) => name !== '');
}

function folderManifest({ import: esm, require: commonjs }) {
  const up = (file) => file.replace('./', '../');
  return { main: up(commonjs.default), module: up(esm.default), types: up(esm.types) };
}

function folderOf(name) {
  return new URL(`../${name}/`, import.meta.url);
}

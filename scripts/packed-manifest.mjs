/**
 * `prepack` writes the package.json that users get: without `prepare`, which builds a checkout and which package managers
 * run or warn about in an installed package. `postpack` puts the checkout's own back.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);
const kept = new URL('../package.json.checkout', import.meta.url);

if (process.argv[2] === 'restore') {
  if (existsSync(kept)) renameSync(kept, manifest);
} else if (!existsSync(kept)) {
  const text = readFileSync(manifest, 'utf8');
  const { scripts, devDependencies, overrides, ...packed } = JSON.parse(text);
  writeFileSync(kept, text);
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}

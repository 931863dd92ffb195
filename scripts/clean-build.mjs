/** Removes the output of an earlier build, so that no file of a moved or deleted module gets into the package. */
import { rmSync } from 'node:fs';

for (const folder of ['dist', 'commonjs/types'])
  rmSync(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true });

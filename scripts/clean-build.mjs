/** Removes what an earlier build left, so that no file of a module that was moved gets into the package. */
import { rmSync } from 'node:fs';

for (const folder of ['dist', 'commonjs/types'])
  rmSync(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true });

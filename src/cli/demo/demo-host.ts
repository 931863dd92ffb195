import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFailedError } from '../../host-project/file-errors.js';

const template = fileURLToPath(new URL('../../../templates/demo', import.meta.url));

/** Writes the demo host: a config and example modules. Existing files are not changed. Throws `WRITE_FAILED`. */
export async function writeDemoHost(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await cp(template, folder, { recursive: true, force: false });
    // A .gitignore of its own, so that the data of the embedded Postgres is not committed.
    await writeFile(path.join(folder, '.gitignore'), '.cairnloop/\n.env\nnode_modules/\n');
  } catch (cause) {
    throw writeFailedError(cause, (cause as NodeJS.ErrnoException).path ?? folder);
  }
}

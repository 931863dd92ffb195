import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Hosts in the temporary folder, by their files; `remove` takes all of them away again. */
export class TemporaryHosts {
  readonly #folders: string[] = [];

  async write(files: Record<string, string>): Promise<string> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'cairnloop-config-')));
    this.#folders.push(folder);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return folder;
  }

  async remove(): Promise<void> {
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true });
  }
}

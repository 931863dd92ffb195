import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { chmod, cp, lstat, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { chooseSystemAccount } from '../../src/embedded-postgres/account.js';
import {
  findInstalledPostgresBinaries,
  type PostgresBinaries,
} from '../../src/embedded-postgres/installed-binaries.js';
import { makeBinariesRunnable } from '../../src/embedded-postgres/runnable-binaries.js';
import { makeFolder } from './support.js';

interface LibraryLink {
  target: string;
}

describe('makeRunnable', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let links: LibraryLink[];

  before(async function () {
    const { root } = await findInstalledPostgresBinaries(process.cwd());
    links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
    // Windows has no such links.
    if (links.length === 0) this.skip();
  });
  beforeEach(async () => {
    folder = await makeFolder();
  });
  afterEach(async () => {
    await chmod(join(folder.path, 'package', 'native', 'lib'), 0o755);
    await folder.remove();
  });

  /** The installed package as a package manager leaves it that runs no install scripts. */
  async function installWithoutLinks(): Promise<PostgresBinaries> {
    const real = await findInstalledPostgresBinaries(process.cwd());
    const root = join(folder.path, 'package');
    await cp(real.root, root, { recursive: true, verbatimSymlinks: true });
    for (const { target } of links) await rm(join(root, target), { force: true });
    const moved = (path: string) => join(root, relative(real.root, path));
    return { root, initdb: moved(real.initdb), pgCtl: moved(real.pgCtl), postgres: moved(real.postgres) };
  }

  it('creates missing links to the libraries', async () => {
    await chmod(folder.path, 0o755);
    const installed = await installWithoutLinks();
    assert.equal(
      await makeBinariesRunnable(installed, join(folder.path, 'unused'), await chooseSystemAccount()),
      installed,
    );
    for (const { target } of links) assert.ok((await lstat(join(installed.root, target))).isSymbolicLink());
  });

  it('copies binaries that the user of Postgres cannot reach, or whose folder is read-only', async () => {
    const installed = await installWithoutLinks();
    await chmod(join(installed.root, 'native', 'lib'), 0o500);
    const home = await makeFolder();
    try {
      await chmod(home.path, 0o755);
      const account = await chooseSystemAccount();
      const runnable = await makeBinariesRunnable(installed, home.path, account);
      assert.equal(runnable.root, join(home.path, 'binaries'));
      const { stdout } = await promisify(execFile)(runnable.initdb, ['--version'], { cwd: '/', ...account });
      assert.match(stdout, /^initdb \(PostgreSQL\) \d+/);
    } finally {
      await home.remove();
    }
  });
});

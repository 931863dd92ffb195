import { strict as assert } from 'node:assert';
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openPostgresFolder } from '../../src/embedded-postgres/postgres-folder.js';
import { mayEnterFolder } from '../../src/embedded-postgres/reachable.js';
import { makeFolder } from './support.js';

/** Only root runs Postgres as another account, and only root can give that account a folder. */
const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('openPostgresFolder', () => {
  const stranger = { uid: 64_321, gid: 64_321 };
  let folder: Awaited<ReturnType<typeof makeFolder>>;

  beforeEach(async () => {
    folder = await makeFolder();
  });
  afterEach(() => folder.remove());

  it('creates the given folder', async () => {
    const wanted = join(folder.path, 'a', 'b');
    assert.deepEqual(await openPostgresFolder(undefined, { dataDir: wanted }), { path: wanted, temporary: false });
    assert.ok((await stat(wanted)).isDirectory());
  });

  it('uses the same temporary folder again if the account cannot reach the given one', async () => {
    const wanted = join(folder.path, 'data');
    const [first, again, other] = [
      await openPostgresFolder(stranger, { dataDir: wanted }),
      await openPostgresFolder(stranger, { dataDir: wanted }),
      await openPostgresFolder(stranger, { dataDir: folder.path }),
    ];
    await rm(first.path, { recursive: true });
    await rm(other.path, { recursive: true });
    assert.equal(dirname(first.path), tmpdir());
    assert.equal(first.temporary, false);
    assert.deepEqual(again, first);
    assert.notEqual(other.path, first.path);
  });

  asRoot('leaves nothing of a temporary one that the account cannot reach', async () => {
    const { path, temporary } = await openPostgresFolder(stranger, {
      dataDir: join(folder.path, 'data'),
      temporary: true,
    });
    await rm(path, { recursive: true });
    assert.deepEqual([dirname(path), temporary], [tmpdir(), true]);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('keeps a folder that the account can reach', async () => {
    await chmod(folder.path, 0o711);
    const wanted = join(folder.path, 'data');
    assert.equal((await openPostgresFolder(stranger, { dataDir: wanted })).path, wanted);
  });
});

describe('mayEnter', () => {
  const account = { uid: 7, gid: 8 };
  for (const [whose, folder, expected] of [
    ['its own, closed to itself', { uid: 7, gid: 8, mode: 0o677 }, false],
    ['its own', { uid: 7, gid: 1, mode: 0o700 }, true],
    ["its group's", { uid: 1, gid: 8, mode: 0o710 }, true],
    ["its group's, open to others only", { uid: 1, gid: 8, mode: 0o701 }, false],
    ["a stranger's, open", { uid: 1, gid: 1, mode: 0o711 }, true],
    ["a stranger's, closed", { uid: 1, gid: 1, mode: 0o770 }, false],
  ] as const) {
    it(`returns ${expected} for a folder that is ${whose}`, () =>
      assert.equal(mayEnterFolder(folder, account), expected));
  }
});

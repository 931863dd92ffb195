import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findRunningPostgres } from '../../src/embedded-postgres/running.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start-embedded-postgres.js';
import { isListening, makeFolder, query, until } from './support.js';

describe('a Postgres whose parent is killed', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let parent: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await makeFolder();
    await chmod(folder.path, 0o755);
  });
  afterEach(async () => {
    parent?.kill('SIGKILL');
    await folder.remove();
  });

  /** A process in a group of its own that has the folder of this test as its temporary folder. */
  function spawnParent(options: object): ChildProcess {
    const program = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url));
    parent = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(options)], {
      env: { ...process.env, TMPDIR: folder.path },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    return parent;
  }

  async function started(child: ChildProcess): Promise<EmbeddedPostgres> {
    const [line] = await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line');
    return JSON.parse(line);
  }

  async function temporaryClusters(): Promise<string[]> {
    return (await readdir(folder.path)).filter((name) => name.startsWith('cairnloop-postgres-'));
  }

  async function clusterParts(): Promise<string[]> {
    const [name] = await temporaryClusters();
    return name ? readdir(join(folder.path, name)).catch(() => []) : [];
  }

  it('stops, and its temporary folder is removed', async () => {
    const postgres = await started(spawnParent({}));
    assert.equal(await isListening(postgres.port), true);
    parent?.kill('SIGKILL');
    await until(async () => !(await isListening(postgres.port)));
    await until(() => !existsSync(postgres.dataDir));
  });

  it('stops too when the kill goes to the whole process group', async () => {
    const postgres = await started(spawnParent({}));
    process.kill(-(parent?.pid as number), 'SIGKILL');
    await until(() => !existsSync(postgres.dataDir));
    assert.equal(await isListening(postgres.port), false);
  });

  it('stops, and its folder is removed if it was given as temporary', async () => {
    const dataDir = join(folder.path, 'data');
    await started(spawnParent({ dataDir, temporary: true }));
    parent?.kill('SIGINT');
    await until(() => !existsSync(dataDir));
  });

  it('stops, and its data stays when it was given a folder', async () => {
    const dataDir = join(folder.path, 'data');
    const postgres = await started(spawnParent({ dataDir }));
    await query(postgres.url, 'create table kept as select 7 as id');
    parent?.kill('SIGKILL');
    await until(async () => !(await findRunningPostgres(join(dataDir, 'cluster', 'data'))));
    const again = await startEmbeddedPostgres({ dataDir });
    try {
      assert.deepEqual(await query(again.url, 'select id from kept'), [{ id: 7 }]);
    } finally {
      await again.stop();
    }
  });

  it('leaves nothing if that happens while the cluster is created', async () => {
    const child = spawnParent({});
    // `cluster-…` while it is created; whoever looks late finds what follows it, `cluster`.
    await until(async () => (await clusterParts()).some((name) => name.startsWith('cluster')));
    child.kill('SIGKILL');
    await until(async () => (await temporaryClusters()).length === 0);
  });

  it('leaves nothing if that happens while it starts', async () => {
    const child = spawnParent({});
    await until(async () => (await clusterParts()).includes('cluster'));
    child.kill('SIGKILL');
    await until(async () => (await temporaryClusters()).length === 0);
  });
});

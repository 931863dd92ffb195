import assert from 'node:assert/strict';
import { runMain } from '../support/run-main.js';
import { type StartedHost, useHosts } from '../support/started-host.js';
import { tempHost } from '../support/temp-host.js';

describe('whether a worker is alive', () => {
  const { startHost } = useHosts();

  /** What each of the three says of it. */
  const answers = async ({ cairnloop, database }: StartedHost, folder: string) => {
    const doctor = (await runMain(folder, ['doctor', '--json'])).json().findings;
    const cli = (await runMain(folder, ['deliveries', 'list', '--json'])).json();
    const text = (await runMain(folder, ['deliveries', 'list'])).out;
    const workspace = cairnloop.workspace({ basePath: '/', operator: () => ({ id: 'op' }) });
    const page = await (await workspace.fetch(new Request('http://localhost/deliveries'))).text();
    assert.equal(/no worker is running/.test(text), cli.workers === 0, database.url);
    return {
      doctor: doctor.find(({ code }: { code: string }) => code === 'WORKER').level === 'ok',
      cli: cli.workers > 0,
      page: !page.includes('Nothing is delivered until'),
    };
  };

  it('is the same to doctor, page and command line, 15 s after its last beat and later', async () => {
    const host = await startHost({}, { worker: false });
    const folder = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `export default { database: { url: ${JSON.stringify(host.database.url)} } };`,
    });
    await host.stopClock();
    const version = (await runMain(folder.folder, ['--version'])).out.trim();
    await host.database.query(
      `INSERT INTO cairnloop.worker_heartbeats (worker_id, host, pid, version, state, concurrency, started_at, beat_at)
       VALUES (gen_random_uuid(), 'w', 1, $1, 'running', 20, cairnloop.clock(), cairnloop.clock())`,
      [version],
    );
    try {
      for (const [ms, alive] of [
        [15_000, true],
        [1, false],
        [20_000, false],
      ] as const) {
        await host.advance(ms);
        assert.deepEqual(await answers(host, folder.folder), { doctor: alive, cli: alive, page: alive });
      }
    } finally {
      folder.remove();
    }
  });
});

/** A worker in a process of its own, whose generator waits until the test has made the table `go`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { ok } from '../../src/contracts/result.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { answer } from '../support/drafting.js';

export const leaseMs = 3000;

async function run(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 }).on('error', () => {});
  const isThere = async () => (await pool.query("SELECT to_regclass('go') AS go")).rows[0].go !== null;
  const cairnloop = await createCairnloop({
    database: { url },
    worker: { leaseMs },
    automationPolicy: { decide: () => 'allow' },
    draftGenerator: {
      async generate() {
        while (!(await isThere())) await sleep(20);
        return ok(answer);
      },
    },
  });
  await cairnloop.worker.start();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run(process.env.DATABASE_URL ?? '');

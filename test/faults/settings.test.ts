import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { operator } from '../support/started-host.js';
import { type Arena, useArenas } from './support/arena.js';
import { fault, sized } from './support/fault.js';
import { tally, untilDrained } from './support/tally.js';

describe('faults of schema and settings', () => {
  const { build } = useArenas();

  fault(
    'F24 a column is added to every table under running hosts and workers',
    { short: 60_000, long: 300_000 },
    async () => {
      const arena = await build();
      const workers = [await arena.worker(), await arena.worker()];
      const ids = await arena.open(sized(60, 3000));
      const failures: string[] = [];
      let added = 0;
      const load = lives(arena, ids, failures);
      while (!load.done()) {
        added += 1;
        await addColumns(arena, `added_${added}`);
        await sleep(sized(300, 1000));
      }
      await load.ended;
      const recovery = await untilDrained(arena);
      assert.deepEqual(failures, [], 'every call works at its first try');
      assert.deepEqual(await failedAttempts(arena), []);
      for (const { ends } of workers) assert.deepEqual(ends, []);
      const figures = await tally(arena, ids);
      assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
      return { ...figures, recovery, note: `${added} columns on every table` };
    },
  );

  fault(
    'F25 the host changes parsers, pg.defaults, DateStyle, isolation and search_path',
    { short: 60_000, long: 300_000 },
    async () => {
      const arena = await build({
        workerUrl: async (url) => {
          const changed = new URL(url);
          changed.searchParams.set('options', '-c search_path=public -c DateStyle=German -c statement_timeout=500');
          return changed.href;
        },
      });
      const name = new URL(arena.url).pathname.slice(1);
      for (const setting of [
        "default_transaction_isolation = 'serializable'",
        "datestyle = 'SQL, DMY'",
        "timezone = 'Asia/Kathmandu'",
        "extra_float_digits = '-15'",
        'search_path = public',
      ])
        await arena.query(`ALTER DATABASE ${name} SET ${setting}`);
      // A table of the host's own, as where it runs an Agenda itself.
      await arena.query('CREATE TABLE public.agenda_jobs (LIKE cairnloop.agenda_jobs INCLUDING ALL)');
      await arena.query(
        "INSERT INTO public.agenda_jobs (name, next_run_at) SELECT 'notify-resolved', now() FROM generate_series(1, 5)",
      );
      arena.host.write('change-pg.mjs', changePg);
      const file = pathToFileURL(`${arena.host.folder}/change-pg.mjs`).href;
      const worker = await arena.worker({ env: { NODE_OPTIONS: `--import ${file}` } });
      const ids = await arena.open(sized(100, 3000));
      const failures: string[] = [];
      await lives(arena, ids, failures).ended;
      const recovery = await untilDrained(arena);
      assert.deepEqual([failures, worker.ends, await failedAttempts(arena)], [[], [], []]);
      const { rows } = await arena.query(
        'SELECT count(*)::int AS left FROM public.agenda_jobs WHERE locked_at IS NULL',
      );
      assert.deepEqual(rows, [{ left: 5 }], 'the host’s own jobs are left alone');
      const figures = await tally(arena, ids);
      assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
      return { ...figures, recovery };
    },
  );
});

/** Takes conversations through what a host does to one, some at a time; a call that fails is written down. */
function lives(arena: Arena, ids: readonly string[], failures: string[]) {
  const { conversations, sla, outbound } = arena.cairnloop;
  const left = [...ids];
  let running = 8;
  const attempt = (what: string, call: Promise<unknown>) =>
    call.catch((error: Error) => void failures.push(`${what}: ${error.message}`));

  async function one(id: string): Promise<void> {
    await attempt('receive', conversations.receive(id, { content: 'And?' }));
    await attempt('reply', conversations.reply(id, { content: 'Yes.', actor: operator }));
    await attempt(
      'trigger',
      outbound.trigger(id, { templateId: 't', content: 'c', scheduleInSeconds: 0, actor: operator }),
    );
    await attempt('sla', sla.forConversation(id));
    await attempt('get', conversations.get(id));
    await attempt('resolve', conversations.resolve(id, { resolvedBy: operator }));
  }

  async function several(): Promise<void> {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      await one(id);
      await sleep(sized(20, 5));
    }
    running -= 1;
  }

  return { done: () => running === 0, ended: Promise.all(Array.from({ length: 8 }, several)) };
}

async function addColumns(arena: Arena, name: string): Promise<void> {
  const { rows } = await arena.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'cairnloop'`);
  for (const { tablename } of rows)
    await arena.query(`ALTER TABLE cairnloop.${tablename} ADD COLUMN IF NOT EXISTS ${name} text`);
}

/** What a host would take for failures of its own module. */
async function failedAttempts(arena: Arena): Promise<unknown[]> {
  const { rows } = await arena.query('SELECT topic, last_error FROM cairnloop.deliveries WHERE last_error IS NOT NULL');
  return rows;
}

const pgEntry = fileURLToPath(new URL('../../node_modules/pg/esm/index.mjs', import.meta.url));

/** Loaded into the worker before anything else, as a host's own code is. */
const changePg = `
  import pg from ${JSON.stringify(pathToFileURL(pgEntry).href)};
  for (const oid of [16, 20, 21, 23, 114, 701, 1009, 1114, 1184, 2951, 3802])
    pg.types.setTypeParser(oid, (text) => 'host: ' + text);
  Object.assign(pg.defaults, { binary: true, statement_timeout: 1, query_timeout: 1, options: '-c DateStyle=German' });
`;

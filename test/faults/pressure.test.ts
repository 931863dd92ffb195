import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { operator } from '../support/started-host.js';
import { type Arena, useArenas } from './support/arena.js';
import { fault, isLong, sized } from './support/fault.js';
import type { TimedCall } from './support/fault-host.js';
import { tally, untilDrained } from './support/tally.js';

describe('faults: load from other work', function () {
  this.timeout(120_000);
  const { build } = useArenas();

  fault(
    'F15 a transaction stays idle and four readers hold their snapshots',
    { short: 90_000, long: 900_000 },
    async () => {
      const arena = await build({ config: { worker: { concurrency: 100 } } });
      await arena.worker();
      const drains = async (rounds: number, restMs: number) => {
        const rates: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          rates.push(await drainRate(arena, sized(1500, 20_000)));
          await sleep(restMs);
        }
        return rates.sort((a, b) => a - b);
      };
      // The first one finds everything cold: the middle one of three is the clean rate.
      const clean = (await drains(sized(1, 3), 0)).at(sized(0, 1)) ?? Number.NaN;
      const holders = await Promise.all([
        hold(arena.url, 'BEGIN; UPDATE cairnloop.migrations SET applied_at = applied_at'),
        ...Array.from({ length: 4 }, () =>
          hold(arena.url, 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM cairnloop.deliveries'),
        ),
      ]);
      // Five minutes behind the snapshots, in the long form.
      const [pressed = Number.NaN] = await drains(sized(2, 10), sized(0, 28_000)).finally(() =>
        Promise.all(holders.map((holder) => holder.end())),
      );
      if (isLong) assert.ok(pressed >= 0.7 * clean, `${pressed.toFixed(0)}/s of ${clean.toFixed(0)}/s`);
      const figures = await tally(arena, []);
      assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
      return { ...figures, note: `slowest drain ${(pressed / clean).toFixed(2)} of the clean rate` };
    },
  );

  fault('a busy conversation and a slow topic do not starve others', { short: 60_000, long: 60_000 }, async () => {
    const arena = await build({ config: { worker: { concurrency: 10 } } });
    const [noisy = ''] = await arena.open(1, 'sleep 50');
    const slow = await arena.open(30, 'sleep 3000');
    const calm = await arena.open(60);
    const message = { templateId: 't', content: 'c', actor: operator };
    for (let n = 0; n < 100; n += 1) await arena.cairnloop.outbound.trigger(noisy, message);
    for (const id of calm.slice(0, 30)) await arena.cairnloop.outbound.trigger(id, message);
    await arena.resolve(slow);
    await arena.worker();
    await untilDrained(arena);
    const calls = arena.host.calls();
    const lastCalm = calls.findLastIndex(({ conversationId }) => calm.includes(conversationId));
    const isNoise = ({ conversationId }: TimedCall) => conversationId === noisy;
    assert.ok(calls.slice(0, lastCalm).filter(isNoise).length < 100, 'the others did not wait for the noisy one');
    const noise = calls.filter(isNoise);
    assert.ok(
      noise.every(
        ({ at, deliveryId }, index) =>
          at === (index % 2 ? 'end' : 'start') && deliveryId === noise[index - (index % 2)]?.deliveryId,
      ),
      'one at a time',
    );
    const ids = noise.filter(({ at }) => at === 'start').map(({ deliveryId }) => deliveryId);
    assert.deepEqual(ids, [...ids].sort(), 'and in order');
    return { accepted: 160, delivered: calls.filter(({ at }) => at === 'end').length, lost: 0 };
  });
});

/** Owes `count` callbacks, one in ten of them a reply, and returns how many of them were settled a second, by the database's clock. */
async function drainRate(arena: Arena, count: number): Promise<number> {
  const ids = await arena.open(count);
  await arena.owe(ids.slice(0, count / 10), 'reply');
  const { rows } = await arena.query(owe, [ids]);
  // A count of what is pending walks over all that was settled behind the old snapshots: first the last one is awaited.
  await eventually(async () => {
    const last = await arena.query('SELECT settled_at FROM cairnloop.deliveries WHERE id = $1', [rows[0].last]);
    assert.ok(last.rows[0].settled_at, 'the last one was settled');
  }, 120_000);
  await untilDrained(arena, performance.now(), 120_000);
  const settled = await arena.query(
    `SELECT extract(epoch FROM max(settled_at) - min(settled_at))::float8 AS seconds
     FROM cairnloop.deliveries WHERE created_at = $1`,
    [rows[0].at],
  );
  return count / settled.rows[0].seconds;
}

const owe = `
  WITH owed AS (
    INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at)
    SELECT 'conversation_resolved', id, id::text,
      jsonb_build_object('actor', jsonb_build_object('id', 'op'), 'metadata', '{}'::jsonb, 'resolvedAt', now()),
      now() + (n - cardinality($1::uuid[])) * interval '1 millisecond', now()
    FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)
    RETURNING id, available_at, created_at
  )
  SELECT created_at AS at, id AS last FROM owed ORDER BY available_at DESC LIMIT 1`;

async function hold(url: string, sql: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  return client;
}

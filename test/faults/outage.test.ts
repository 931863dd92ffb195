import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { useArenas } from './support/arena.js';
import { fault, sized } from './support/fault.js';
import type { TimedCall } from './support/fault-host.js';
import { tally, untilDrained } from './support/tally.js';

describe('faults: the provider of a host module is unreachable', function () {
  this.timeout(120_000);
  const { build } = useArenas();

  fault('F13 the provider is unreachable and comes back', { short: 90_000, long: 900_000 }, async () => {
    const concurrency = 20;
    const arena = await build({ config: { worker: { concurrency } } });
    await arena.worker();
    arena.host.away(true);
    const ids = await arena.open(sized(300, 5000));
    await arena.reply(ids.slice(0, ids.length / 3));
    await arena.resolve(ids);
    await sleep(sized(8000, 600_000));
    const { rows } = await arena.query(
      `SELECT max(attempts)::int AS most, count(*) FILTER (WHERE state = 'discarded')::int AS discarded
       FROM cairnloop.deliveries`,
    );
    assert.equal(rows[0].discarded, 0);
    arena.host.away(false);
    const back = performance.now();
    const backAt = Date.now();
    const recovery = await untilDrained(arena, back, 80_000);
    const calls = arena.host.calls();
    const figures = await tally(arena, ids);
    assert.deepEqual({ lost: figures.lost, delivered: figures.delivered }, { lost: 0, delivered: ids.length });
    const storm = mostAtOnce(calls.filter(({ time }) => time >= backAt));
    assert.ok(storm <= 2 * concurrency, `${storm} calls at once`);
    return {
      ...figures,
      recovery,
      note: `${rows[0].most} attempts at most; ${storm} calls at once at most after the return`,
    };
  });
});

/** The most calls that were under way at one moment. */
function mostAtOnce(calls: readonly TimedCall[]): number {
  let running = 0;
  let most = 0;
  for (const { at } of calls) {
    running += at === 'start' ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}

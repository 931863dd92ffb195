import assert from 'node:assert/strict';
import { operator } from '../support/started-host.js';
import { useArenas } from './support/arena.js';
import { fault } from './support/fault.js';
import { tally, untilDrained } from './support/tally.js';

describe('faults: clocks that are wrong', function () {
  this.timeout(120_000);
  const { build } = useArenas();
  const shifted = (minutes: number) => ({
    NODE_OPTIONS: `--import ${new URL('./support/shift-clock.mjs', import.meta.url).href}`,
    CAIRNLOOP_TEST_CLOCK_SHIFT: String(minutes * 60_000),
  });

  fault('F14 one worker is five minutes ahead, the other five behind', { short: 60_000, long: 60_000 }, async () => {
    const arena = await build({ config: { worker: { leaseMs: 3000 } } });
    const { conversations, outbound } = arena.cairnloop;
    await Promise.all([arena.worker({ env: shifted(5) }), arena.worker({ env: shifted(-5) })]);
    const slow = await arena.open(20, 'sleep 4000');
    const scheduled = await arena.open(20);
    await arena.reply(slow.slice(0, 5));
    await arena.resolve(slow);
    const message = { templateId: 't', content: 'c', scheduleInSeconds: 2, actor: operator };
    for (const id of scheduled) await outbound.trigger(id, message);
    const due = await arena.query(`SELECT min(available_at) AS at FROM cairnloop.deliveries WHERE topic = 'outbound'`);
    const recovery = await untilDrained(arena);
    const { rows } = await arena.query(
      `SELECT min(settled_at) AS at FROM cairnloop.deliveries WHERE topic = 'outbound'`,
    );
    assert.ok(rows[0].at >= due.rows[0].at, 'nothing went out before its time');
    const figures = await tally(arena, slow);
    // No lease was taken for run out: callbacks that take longer than a lease were called once each.
    assert.deepEqual({ lost: figures.lost, repeated: figures.repeated }, { lost: 0, repeated: 0 });
    const { id } = await conversations.open({ message: 'Hello?' });
    assert.ok((await conversations.get(id)).messages?.length === 1);
    return { ...figures, recovery };
  });
});

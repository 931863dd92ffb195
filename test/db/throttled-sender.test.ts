import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createThrottledSender } from '../../src/db/throttled-sender.js';
import { eventually } from '../support/eventually.js';

describe('the throttled sender', () => {
  /** Counts its calls, of which the first waits until it is released. */
  function countingSender(gapMs = { shortest: 1, longest: 4 }) {
    const seen = { calls: 0, atOnce: 0, mostAtOnce: 0, release: () => {} };
    const first = new Promise<void>((resolve) => {
      seen.release = resolve;
    });
    const sender = createThrottledSender(gapMs, async () => {
      seen.calls += 1;
      seen.atOnce += 1;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, seen.atOnce);
      await (seen.calls === 1 ? first : pause(1));
      seen.atOnce -= 1;
    });
    return { seen, sender };
  }

  it('sends the first at once, and one more for all that were asked for meanwhile', async () => {
    const { seen, sender } = countingSender();
    sender.ask();
    assert.equal(seen.calls, 1);
    for (let n = 0; n < 50; n += 1) sender.ask();
    await pause(20);
    assert.equal(seen.calls, 1);
    seen.release();
    await eventually(() => assert.equal(seen.calls, 2));
    await sender.finish();
    assert.deepEqual([seen.calls, seen.mostAtOnce], [2, 1]);
    sender.ask();
    await eventually(() => assert.equal(seen.calls, 3));
  });

  it('at its end sends what was asked for, without the rest of a gap however long', async () => {
    const { seen, sender } = countingSender({ shortest: 1e8, longest: 1e8 });
    seen.release();
    sender.ask();
    await pause(5);
    sender.ask();
    await sender.finish();
    assert.deepEqual([seen.calls, seen.mostAtOnce], [2, 1]);
    await createThrottledSender({ shortest: 1, longest: 1 }, async () => {}).finish();
  });
});

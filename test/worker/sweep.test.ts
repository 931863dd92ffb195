import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveryTopics } from '../../src/contracts/domain.js';
import type { Runtime } from '../../src/runtime.js';
import { createSweep } from '../../src/worker/sweep.js';

describe('a sweep', () => {
  /** Which topics each sweep looked for at the start of their queues. */
  const sweeping = (isFull: () => boolean, took: () => Promise<unknown>) => {
    const looks: string[][] = [];
    const run = async (_statement: unknown, [, open]: [number, string[]]) => {
      looks.push(open);
      await took();
      return [];
    };
    return { looks, sweep: createSweep({ db: { run }, jobs: { wake() {} } } as unknown as Runtime, isFull) };
  };

  it('looks at the queues less often while that is dear, and goes on arming deadlines', async () => {
    const { looks, sweep } = sweeping(
      () => false,
      () => sleep(100),
    );
    await sweep.run();
    await sweep.run();
    assert.deepEqual(looks, [[...deliveryTopics], []]);
  });

  it('is put off by no look at a queue that it did not take, because the worker has no room', async () => {
    let full = true;
    const { looks, sweep } = sweeping(
      () => full,
      () => sleep(100),
    );
    await sweep.run();
    full = false;
    await sweep.run();
    assert.deepEqual(looks, [[], [...deliveryTopics]]);
  });
});

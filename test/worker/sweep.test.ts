import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveryTopics } from '../../src/contracts/domain.js';
import type { Runtime } from '../../src/runtime.js';
import { createDeliverySweep } from '../../src/worker/sweep.js';

describe('a sweep', () => {
  /** Which topics each sweep looked for at the start of their queues. */
  const sweeping = (isFull: () => boolean, took: () => Promise<unknown>) => {
    const looks: string[][] = [];
    const run = async (_statement: unknown, { open }: { open: string[] }) => {
      looks.push(open);
      await took();
      return [];
    };
    return { looks, sweep: createDeliverySweep({ db: { run }, jobs: { wake() {} } } as unknown as Runtime, isFull) };
  };

  it('scans the queues less often while that is slow, and keeps scheduling deadlines', async () => {
    const { looks, sweep } = sweeping(
      () => false,
      () => sleep(100),
    );
    await sweep.run();
    await sweep.run();
    assert.deepEqual(looks, [[...deliveryTopics], []]);
  });

  it('is not delayed by a queue that it skipped because the worker has no room', async () => {
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

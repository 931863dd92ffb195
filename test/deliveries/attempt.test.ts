import assert from 'node:assert/strict';
import { createDeliveryAttempt } from '../../src/deliveries/attempt.js';
import type { ClaimedDelivery } from '../../src/deliveries/claim.js';

describe('a delivery that was claimed more often than it may be called', () => {
  const runtime = { config: { worker: { callbackTimeoutMs: 1000, maxAttempts: 3 } } } as never;
  const attempt = createDeliveryAttempt(runtime, 'outbound', {
    method: 'm',
    load: async () => new Map(),
    failure: () => null,
  });
  const row = (attempts: number, leases_lost: number) => ({ id: 'd', attempts, leases_lost }) as ClaimedDelivery;
  const never = () => assert.fail('it is not called');

  it('is discarded with the reason that maxAttempts was lowered, and the number of attempts', async () => {
    const error = 'the delivery was tried 3 times, and worker.maxAttempts is 3 now';
    assert.deepEqual(await attempt(row(4, 0), never, performance.now()), { kind: 'exhausted', error });
  });

  it('is discarded with the reason that a worker died', async () => {
    const error = 'the worker died at the last attempt';
    assert.deepEqual(await attempt(row(4, 1), never, performance.now()), { kind: 'exhausted', error });
  });
});

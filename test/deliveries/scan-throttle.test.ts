import assert from 'node:assert/strict';
import { createQueueScanThrottle } from '../../src/deliveries/scan-throttle.js';

describe('the scan throttle', () => {
  it('is due at first, and again once the last scan takes no more than its share of the time', async () => {
    let now = 1000;
    const throttle = createQueueScanThrottle(() => now);
    assert.ok(throttle.isDue());
    assert.equal(
      await throttle.run(async () => {
        now += 100;
        return 'found';
      }),
      'found',
    );
    assert.ok(!throttle.isDue());
    now += 100 * 19 - 1;
    assert.ok(!throttle.isDue());
    now += 1;
    assert.ok(throttle.isDue());
  });

  it('does not postpone the next scan for long after one slow scan, as by a lock or a frozen process', async () => {
    let now = 0;
    const throttle = createQueueScanThrottle(() => now);
    await throttle.run(async () => {
      now += 30_000;
    });
    assert.ok(!throttle.isDue());
    now += 5000;
    assert.ok(throttle.isDue());
  });

  it('is due again at once after a scan that took no time or failed', async () => {
    const throttle = createQueueScanThrottle(() => 1000);
    await throttle.run(async () => {});
    assert.ok(throttle.isDue());
    await assert.rejects(throttle.run(() => Promise.reject(new Error('away'))));
    assert.ok(throttle.isDue());
  });
});

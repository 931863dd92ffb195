import assert from 'node:assert/strict';
import { createScanThrottle } from '../../src/deliveries/scan-throttle.js';

describe('what is done sparingly', () => {
  it('is due at first, and after it was done again when its share of the time allows', async () => {
    let now = 1000;
    const sparing = createScanThrottle(() => now);
    assert.ok(sparing.isDue());
    assert.equal(
      await sparing.run(async () => {
        now += 100;
        return 'found';
      }),
      'found',
    );
    assert.ok(!sparing.isDue());
    now += 100 * 19 - 1;
    assert.ok(!sparing.isDue());
    now += 1;
    assert.ok(sparing.isDue());
  });

  it('is not put off for long by what took long once: a lock, or a process that was frozen', async () => {
    let now = 0;
    const sparing = createScanThrottle(() => now);
    await sparing.run(async () => {
      now += 30_000;
    });
    assert.ok(!sparing.isDue());
    now += 5000;
    assert.ok(sparing.isDue());
  });

  it('is due again at once where it took no time, and still due where it failed', async () => {
    const sparing = createScanThrottle(() => 1000);
    await sparing.run(async () => {});
    assert.ok(sparing.isDue());
    await assert.rejects(sparing.run(() => Promise.reject(new Error('away'))));
    assert.ok(sparing.isDue());
  });
});

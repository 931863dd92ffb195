import assert from 'node:assert/strict';
import { createExpiringCache } from '../../src/context/expiring-cache.js';

describe('context/expiring-cache', () => {
  it('renews a value once it is stale, counted from when it was resolved', async () => {
    let now = 0;
    let made = 0;
    const cache = createExpiringCache<number>({ freshMs: 10, max: 5, now: () => now });
    const slow = async () => {
      now += 100;
      return ++made;
    };
    assert.equal(await cache.get('a', slow), 1);
    now += 9;
    assert.equal(await cache.get('a', slow), 1);
    now += 1;
    assert.equal(await cache.get('a', slow), 2);
  });

  it('removes the oldest value beyond its limit', async () => {
    const made: string[] = [];
    const cache = createExpiringCache<string>({ freshMs: 10, max: 2, now: () => 0 });
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) {
      await cache.get(key, async () => {
        made.push(key);
        return key;
      });
    }
    assert.deepEqual(made, ['a', 'b', 'c', 'a']);
  });
});

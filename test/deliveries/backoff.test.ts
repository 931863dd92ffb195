import assert from 'node:assert/strict';
import { backoffMs } from '../../src/deliveries/backoff.js';

describe('the wait before a retry', () => {
  const shortest = (attempt: number) => backoffMs(attempt, () => 0);
  const longest = (attempt: number) => backoffMs(attempt, () => 1);

  it('NT3 doubles with each attempt, up to an hour', () => {
    assert.deepEqual([1, 2, 3, 4].map(longest), [1000, 2000, 4000, 8000]);
    assert.deepEqual([12, 13, 20, 1000].map(longest), [2_048_000, 3_600_000, 3_600_000, 3_600_000]);
  });

  it('NT3 is half fixed, so that a failing host can rest, and half random, so that retries spread', () => {
    for (const attempt of [1, 5, 20]) assert.equal(shortest(attempt), longest(attempt) / 2);
    assert.equal(
      backoffMs(3, () => 0.25),
      2500,
    );
    assert.ok(new Set(Array.from({ length: 50 }, () => backoffMs(10))).size > 40);
  });
});

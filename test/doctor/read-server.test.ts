import assert from 'node:assert/strict';
import { poolingOf } from '../../src/doctor/read-server.js';

describe('doctor/read-server', () => {
  it('knows a pooler in transaction mode by the sessions that connections share', () => {
    assert.equal(poolingOf({ before: 1, held: 2, after: 1 }), 'none');
    assert.equal(poolingOf({ before: 1, held: 1, after: 2 }), 'transaction');
    assert.equal(poolingOf({ before: 1, held: 1, after: 1 }), 'transaction');
    assert.equal(poolingOf({ before: 1, held: 3, after: 2 }), 'transaction');
  });
});

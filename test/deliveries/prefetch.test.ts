import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPrefetchControl } from '../../src/deliveries/prefetch.js';

const concurrency = 20;

/** A pace whose last claim found all that it asked for and whose calls took so long. */
function paceOf(callMs: number) {
  const pace = createPrefetchControl(concurrency, 20);
  pace.claimed(concurrency, concurrency);
  for (let call = 0; call < 50; call++) pace.took(callMs);
  return pace;
}

describe('how much a worker claims', () => {
  it('is the number of free slots', () => {
    const pace = createPrefetchControl(concurrency, 20);
    assert.equal(pace.room({ called: 0, ahead: 0 }), 20);
    assert.equal(pace.room({ called: 15, ahead: 0 }), 5);
    assert.equal(pace.room({ called: 20, ahead: 0 }), 0);
  });

  it('is no prefetch if few attempts are configured, since a lost claim costs one', () => {
    const pace = createPrefetchControl(concurrency, 2);
    pace.claimed(concurrency, concurrency);
    for (let call = 0; call < 50; call++) pace.took(5);
    assert.equal(pace.room({ called: 20, ahead: 0 }), 0);
  });

  it('is two batches ahead for short calls, while more is due', () => {
    const pace = paceOf(30);
    assert.equal(pace.room({ called: 20, ahead: 0 }), 20);
    assert.equal(pace.room({ called: 20, ahead: 20 }), 20);
    assert.equal(pace.room({ called: 20, ahead: 21 }), 0, 'not one more for every call that ends');
    pace.claimed(3, 20);
    assert.equal(pace.room({ called: 20, ahead: 0 }), 0, 'nothing more is due');
  });

  it('is a hundred at once while calls are very short, with as many unsettled', () => {
    const pace = paceOf(5);
    assert.equal(pace.unsettledLimit, 100);
    assert.equal(pace.room({ called: 100, ahead: 100 }), 100);
    assert.equal(pace.room({ called: 100, ahead: 101 }), 0);
    assert.equal(paceOf(30).unsettledLimit, concurrency);
    assert.equal(createPrefetchControl(concurrency, 20).unsettledLimit, concurrency, 'before any call has ended');
    assert.equal(createPrefetchControl(200, 20).unsettledLimit, 200);
  });

  it('is no prefetch for long calls, for calls that hang, or before the first has ended', () => {
    assert.equal(paceOf(200).room({ called: 20, ahead: 0 }), 0);
    const stalled = paceOf(5);
    stalled.stalled();
    assert.equal(stalled.room({ called: 20, ahead: 0 }), 0);
    const fresh = createPrefetchControl(concurrency, 20);
    fresh.claimed(concurrency, concurrency);
    assert.equal(fresh.room({ called: 20, ahead: 0 }), 0);
  });

  it('never makes a worker hold more than three batches', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(200), fc.nat(300), (called, ahead, callMs) => {
        const pace = paceOf(callMs);
        const batch = pace.unsettledLimit;
        const room = pace.room({ called, ahead });
        assert.ok(room >= 0 && room <= batch && (room === 0 || called + ahead + room <= 3 * batch));
      }),
    );
  });
});

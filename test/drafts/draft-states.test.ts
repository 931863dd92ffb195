import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DraftStatus, draftStatuses } from '../../src/contracts/domain.js';
import { type DraftAction, draftActions, nextDraftStatus } from '../../src/drafts/draft-states.js';

const legalActions = (status: DraftStatus) => draftActions.filter((action) => nextDraftStatus(status, action).ok);

describe('drafts/draft-states', () => {
  it('AP4 lets a draft that waits for approval be approved, edited, discarded or superseded', () => {
    assert.deepEqual(legalActions('pending'), ['approve', 'edit', 'discard', 'supersede']);
    assert.deepEqual(nextDraftStatus('pending', 'approve'), { ok: true, status: 'approved' });
    assert.deepEqual(nextDraftStatus('pending', 'edit'), { ok: true, status: 'edited' });
    assert.deepEqual(nextDraftStatus('pending', 'supersede'), { ok: true, status: 'superseded' });
  });

  it('AP4 refuses what was superseded, with the reason', () => {
    assert.deepEqual(nextDraftStatus('superseded', 'approve'), { ok: false, reason: 'the customer has written since' });
  });

  it('AP3 lets a prepared draft be used or discarded, and not approved', () => {
    assert.deepEqual(legalActions('prepared'), ['discard', 'use']);
    assert.equal(nextDraftStatus('prepared', 'approve').ok, false);
  });

  it('AP5, AP2 allows no action on a denied or sent draft', () => {
    for (const status of ['denied', 'allowed', 'approved', 'edited', 'discarded', 'superseded'] as const)
      assert.deepEqual(legalActions(status), [], status);
  });

  it('F20 for any sequence of actions: stays in the table, sends at most once, refuses with a reason', () => {
    const sent: DraftStatus[] = ['approved', 'edited', 'allowed'];
    fc.assert(
      fc.property(fc.constantFrom(...draftStatuses), fc.array(fc.constantFrom(...draftActions)), (first, actions) => {
        let status: DraftStatus = first;
        let sends = sent.includes(first) ? 1 : 0;
        for (const action of actions) {
          const step = attempt(status, action);
          if (step === undefined) continue;
          if (sent.includes(step)) sends += 1;
          status = step;
        }
        assert.ok(sends <= 1);
        assert.ok(first !== 'denied' || status === 'denied');
      }),
    );
  });
});

function attempt(status: DraftStatus, action: DraftAction): DraftStatus | undefined {
  const step = nextDraftStatus(status, action);
  if (step.ok) {
    assert.ok(draftStatuses.includes(step.status) && step.status !== status);
    return step.status;
  }
  assert.ok(step.reason.length > 0);
  return undefined;
}

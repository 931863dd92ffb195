import assert from 'node:assert/strict';
import type { PolicyOptions } from '../../src/contracts/automation-policy.js';
import type { Proposal } from '../../src/contracts/domain.js';
import { checkAutomationPolicy } from '../../src/testing.js';
import { codesOf } from './codes-of.js';

describe('checkAutomationPolicy', () => {
  it('finds nothing wrong with good policies, sync or async, by risk, tags or context', async () => {
    class ByRisk {
      private readonly tier = 'low';
      async decide(proposal: Proposal) {
        return proposal.riskTier === this.tier ? 'allow' : 'require_approval';
      }
    }
    const byCustomer = {
      decide: (_: Proposal, { context, conversation }: PolicyOptions) =>
        context && !conversation.tags.includes('billing') ? 'draft_only' : 'deny',
    };
    for (const policy of [{ decide: () => 'require_approval' }, new ByRisk(), byCustomer]) {
      const report = await checkAutomationPolicy(policy);
      assert.deepEqual(report.problems, []);
      assert.deepEqual(report.warnings, []);
    }
  });

  it('METHOD_MISSING names the method', async () => {
    const report = await checkAutomationPolicy({ decides: () => 'allow' });
    assert.match(report.problems[0] ?? '', /automationPolicy\.decide: expected a method, found nothing/);
  });

  for (const [answer, found] of [
    ['ALLOW', 'found "ALLOW"; did you mean "allow"\\?'],
    ['allow ', 'found "allow "; did you mean "allow"\\?'],
    [true, 'found true'],
    [null, 'found null'],
    [undefined, 'found undefined'],
  ] as const) {
    it(`UNKNOWN_DECISION: ${JSON.stringify(answer)}`, async () => {
      const report = await checkAutomationPolicy({ decide: () => answer });
      assert.deepEqual(codesOf(report), ['UNKNOWN_DECISION']);
      assert.match(report.problems[0] ?? '', new RegExp(found));
    });
  }

  it('THROWS: a policy that expects context to be present', async () => {
    const policy = {
      decide: (_: Proposal, { context }: PolicyOptions) =>
        (context as Record<string, unknown>).plan ? 'draft_only' : 'deny',
    };
    assert.deepEqual(codesOf(await checkAutomationPolicy(policy)), ['THROWS']);
  });

  it('HANGS: a policy that waits for a person', async () => {
    const report = await checkAutomationPolicy({ decide: () => new Promise(() => {}) }, { timeoutMs: 20 });
    assert.deepEqual(codesOf(report), ['HANGS']);
  });

  it('MUTATES_INPUT: a policy that rewrites the proposal', async () => {
    const decide = (proposal: Proposal) => {
      proposal.content = 'better';
      return 'allow';
    };
    assert.deepEqual(codesOf(await checkAutomationPolicy({ decide })), ['MUTATES_INPUT']);
  });

  it('UNSTABLE_DECISION: a policy that decides differently each time', async () => {
    let calls = 0;
    const decide = () => (calls++ % 2 === 0 ? 'deny' : 'draft_only');
    assert.deepEqual(codesOf(await checkAutomationPolicy({ decide })), ['UNSTABLE_DECISION']);
  });

  it('ALLOWS_HIGH_RISK: a policy that allows everything', async () => {
    const report = await checkAutomationPolicy({ decide: () => 'allow' });
    assert.deepEqual(report.problems, []);
    assert.deepEqual(codesOf(report), ['ALLOWS_HIGH_RISK']);
  });

  it('is called once by a dry check', async () => {
    const asked: Proposal[] = [];
    const decide = (proposal: Proposal) => asked.push(proposal) && 'deny';
    await checkAutomationPolicy({ decide }, { dry: true });
    assert.equal(asked.length, 1);
  });
});

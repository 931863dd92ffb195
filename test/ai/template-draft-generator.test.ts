import assert from 'node:assert/strict';
import { type DraftTemplate, templateDraftGenerator } from '../../src/ai/index.js';
import type { ProposalInput } from '../../src/contracts/domain.js';
import { conversationOf } from './conversation-of.js';

async function draft(text: string | null, templates?: DraftTemplate[], context: Record<string, unknown> | null = null) {
  const about =
    text === null ? conversationOf(['operator', 'Hello']) : conversationOf(['customer', 'First'], ['customer', text]);
  const generator = templateDraftGenerator(templates && { templates });
  const result = await generator.generate(about, { context, signal: new AbortController().signal });
  assert.ok(result.ok);
  return result.value as ProposalInput | null;
}

describe('ai/template-draft-generator', () => {
  it('drafts for every kind of risk, by the newest customer message, the same each time', async () => {
    const tiers = {
      'I want a refund': 'high',
      'Where is my order?': 'medium',
      'I forgot my password': 'low',
      Hm: 'low',
    };
    for (const [text, tier] of Object.entries(tiers)) {
      assert.equal((await draft(text))?.riskTier, tier);
      assert.deepEqual(await draft(text), await draft(text));
    }
    assert.deepEqual((await draft('Hm'))?.evidence, [{ source: 'conversation', quote: 'Hm' }]);
  });

  it("takes the host's own templates, which may write from the facts", async () => {
    const templates: DraftTemplate[] = [
      { when: /plan/g, type: 'reply', riskTier: 'low', content: ({ context }) => `You are on ${context?.plan}.` },
    ];
    for (let time = 0; time < 3; time += 1)
      assert.equal((await draft('my plan?', templates, { plan: 'pro' }))?.content, 'You are on pro.');
    assert.equal(await draft('something else', templates), null);
  });

  it('proposes nothing before the customer has written', async () => {
    assert.equal(await draft(null), null);
  });
});

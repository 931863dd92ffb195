import assert from 'node:assert/strict';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import type { Draft } from '../../src/contracts/domain.js';
import { isCairnloopError } from '../../src/foundation/errors.js';
import { answer, sentTexts } from '../support/drafting.js';
import { operator, useHosts } from '../support/started-host.js';

const hands = 50;
const someone = (index: number) => ({ id: `op-${index}` });

describe('drafts: approve, edit and discard', () => {
  const { startHost } = useHosts();

  const proposed = async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'cus_1', message: 'I forgot my password.' });
    const draft = await host.cairnloop.drafts.propose(id, answer);
    return { host, cairnloop: host.cairnloop, id, draft };
  };

  const outcomes = async (steps: Promise<Draft>[]) => {
    const settled = await Promise.allSettled(steps);
    return {
      won: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
      refused: settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
    };
  };

  const assertRefused = (refused: unknown[]) => {
    for (const error of refused)
      assert.ok(isCairnloopError(error) && error.code === 'DRAFT_NOT_PENDING', String(error));
  };

  it('AP4 of fifty operators who approve at once one succeeds, one message is sent, the others get the reason', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    const { won, refused } = await outcomes(
      Array.from({ length: hands }, (_, index) => cairnloop.drafts.approve(draft.id, { actor: someone(index) })),
    );
    assert.equal(won.length, 1);
    assert.equal(refused.length, hands - 1);
    assertRefused(refused);
    assert.match(refused[0].message, /it is approved \(the draft was sent already\)/);
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: answer.content }]);
    const { items } = await cairnloop.audit.list({ conversationId: id, action: 'draft.sent' });
    assert.equal(items.length, 1);
  });

  it('AP4 a double click of one operator sends once: the second click hears that it was sent already', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    const { won, refused } = await outcomes(
      Array.from({ length: hands }, () => cairnloop.drafts.approve(draft.id, { actor: operator })),
    );
    assert.deepEqual([won.length, refused.length], [1, hands - 1]);
    assertRefused(refused);
    assert.match(refused[0].message, /the draft was sent already/);
    assert.equal((await sentTexts(host, id)).length, 1);
    assert.equal((await cairnloop.audit.list({ conversationId: id, action: 'draft.approved' })).items.length, 1);
  });

  it('AP4 a draft that an operator has edited and sent cannot be approved', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    await cairnloop.drafts.edit(draft.id, { actor: operator, content: 'In my words' });
    await assert.rejects(cairnloop.drafts.approve(draft.id, { actor: operator }), { code: 'DRAFT_NOT_PENDING' });
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: 'In my words' }]);
  });

  it('AP4 of fifty who approve, edit and discard at once one wins, and at most one message is sent', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    const steps = [
      (index: number) => cairnloop.drafts.approve(draft.id, { actor: someone(index) }),
      (index: number) => cairnloop.drafts.edit(draft.id, { actor: someone(index), content: `Edited by ${index}` }),
      (index: number) => cairnloop.drafts.discard(draft.id, { actor: someone(index), reason: 'no' }),
    ];
    const { won, refused } = await outcomes(
      Array.from({ length: hands }, (_, index) => (steps[index % steps.length] as (typeof steps)[0])(index)),
    );
    assert.equal(won.length, 1);
    assertRefused(refused);
    const after = await cairnloop.drafts.get(draft.id);
    assert.deepEqual(after, won[0]);
    const expected = after.status === 'discarded' ? [] : [{ role: 'operator', content: after.content }];
    assert.deepEqual(await sentTexts(host, id), expected);
  });

  it('AP4 an edit sends the operator’s text, keeps the proposed one, and cannot be repeated', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    const edited = await cairnloop.drafts.edit(draft.id, { actor: operator, content: 'In my words' });
    assert.deepEqual([edited.status, edited.content], ['edited', 'In my words']);
    await assert.rejects(cairnloop.drafts.edit(draft.id, { actor: someone(2), content: 'Again' }), {
      code: 'DRAFT_NOT_PENDING',
      message: /it is edited \(the draft was sent already, with an operator's text\)/,
    });
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: 'In my words' }]);
    const { rows } = await host.database.query('SELECT content, proposed_content FROM cairnloop.drafts');
    assert.deepEqual(rows, [{ content: 'In my words', proposed_content: answer.content }]);
  });

  it('AP4 refuses a superseded draft with the reason', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    await cairnloop.conversations.receive(id, { content: 'No, wait, it works again.' });
    const refusal = { code: 'DRAFT_NOT_PENDING', message: /it is superseded \(the customer has written since\)/ };
    await assert.rejects(cairnloop.drafts.approve(draft.id, { actor: operator }), refusal);
    await assert.rejects(cairnloop.drafts.edit(draft.id, { actor: operator, content: 'Mine' }), refusal);
    await assert.rejects(cairnloop.drafts.discard(draft.id, { actor: operator }), refusal);
    assert.deepEqual(await sentTexts(host, id), []);
  });

  it('AP4 refuses on a resolved conversation, and approves once an operator has reopened it', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const refusal = {
      code: 'CONVERSATION_RESOLVED',
      message: /is resolved, so it cannot have a draft (approved|edited)/,
    };
    await assert.rejects(cairnloop.drafts.approve(draft.id, { actor: operator }), refusal);
    await assert.rejects(cairnloop.drafts.edit(draft.id, { actor: operator, content: 'Mine' }), refusal);
    assert.deepEqual(await sentTexts(host, id), []);
    assert.equal((await cairnloop.drafts.get(draft.id)).status, 'pending');
    await cairnloop.conversations.reopen(id, { actor: operator });
    await cairnloop.drafts.approve(draft.id, { actor: operator });
    assert.equal((await sentTexts(host, id)).length, 1);
  });

  it('AP4 refuses unknown ids and wrong input, and writes nothing', async () => {
    const { host, cairnloop, id, draft } = await proposed();
    for (const unknown of ['', 'draft', "'; DROP TABLE drafts", '01890000-0000-7000-8000-000000000000']) {
      await assert.rejects(cairnloop.drafts.get(unknown), { code: 'DRAFT_NOT_FOUND' });
      await assert.rejects(cairnloop.drafts.approve(unknown, { actor: operator }), { code: 'DRAFT_NOT_FOUND' });
      await assert.rejects(cairnloop.drafts.discard(unknown, { actor: operator }), { code: 'DRAFT_NOT_FOUND' });
    }
    const wrong = (steps: Cairnloop['drafts']) => [
      steps.approve(draft.id, {} as never),
      steps.approve(draft.id, { actor: { id: ' ' } }),
      steps.edit(draft.id, { actor: operator, content: ' \0 ' }),
      steps.discard(draft.id, { actor: null } as never),
    ];
    for (const call of wrong(cairnloop.drafts)) await assert.rejects(call, { code: 'INPUT_INVALID' });
    assert.deepEqual(await cairnloop.drafts.get(draft.id), draft);
    assert.deepEqual(await sentTexts(host, id), []);
  });
});

import { strict as assert } from 'node:assert';
import type { ProposalInput } from '../../src/contracts/domain.js';
import { operator, useHosts } from '../support/started-host.js';
import { type HostConfig, threadOpener } from './open-thread.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('the four outcomes of the policy, as an operator sees them', () => {
  const openThread = threadOpener(useHosts().startHost, useWorkspaces());

  const deciding = (decision: string): HostConfig => ({ automationPolicy: { decide: () => decision as never } });
  const proposal: ProposalInput = {
    type: 'reply',
    content: 'Proposed words',
    summary: 'Because',
    evidence: [{ source: 'FAQ' }],
  };

  it('AP2 marks an allowed draft "Sent without review"', async () => {
    const { cairnloop, id, page } = await openThread(deciding('allow'));
    await cairnloop.drafts.propose(id, proposal);
    assert.match(textOf((await page()).text), /Automation Sent without review .*Proposed words/);
  });

  it('AP3 does not ask for approval with draft_only: the draft is under "Prepared drafts", goes into the composer and is sent by hand', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('draft_only'));
    const draft = await cairnloop.drafts.propose(id, proposal);
    const { text } = await page();
    assert.match(textOf(text), /Prepared drafts \(1\)/);
    assert.doesNotMatch(text, /Approve &amp; send|row-draft/);
    assert.match(textOf((await workspace.get('/')).text), /Needs approval 0/);
    const used = await workspace.get(`/c/${id}?use=${draft.id}`);
    assert.match(used.text, /<textarea id="content"[^>]*>Proposed words<\/textarea>/);
    const sent = await workspace.post(`/c/${id}/compose`, {
      mode: 'reply',
      content: 'Proposed words, by hand',
      draft: draft.id,
    });
    assert.equal(sent.status, 303);
    const [, reply] = (await cairnloop.conversations.get(id)).messages ?? [];
    assert.equal(reply?.content, 'Proposed words, by hand');
    assert.deepEqual(reply?.author, operator);
    assert.doesNotMatch(textOf((await page()).text), /Prepared drafts/);
    const { status, messageId, settledBy } = await cairnloop.drafts.get(draft.id);
    assert.deepEqual([status, messageId, settledBy], ['edited', reply?.id, operator]);
    assert.match(textOf((await page()).text), /Edited draft .*What was changed/);
  });

  it('AP3 links one reply to a prepared draft, and keeps the other drafts', async () => {
    const { cairnloop, workspace, id } = await openThread(deciding('draft_only'));
    const draft = await cairnloop.drafts.propose(id, proposal);
    const other = await cairnloop.conversations.open({ actorId: 'c-2', message: 'Hello' });
    const send = (content: string, fields = {}) =>
      workspace.post(`/c/${id}/compose`, { mode: 'reply', content, draft: draft.id, ...fields });
    const answers = await Promise.all([
      send('Mine'),
      send('Yours'),
      send('Again', { nonce: 'n' }),
      send('Again', { nonce: 'n' }),
      workspace.post(`/c/${other.id}/compose`, { mode: 'reply', content: 'Elsewhere', draft: draft.id }),
    ]);
    for (const { status } of answers) assert.equal(status, 303);
    const replies = ((await cairnloop.conversations.get(id)).messages ?? []).filter(({ role }) => role === 'operator');
    assert.deepEqual(replies.map(({ content }) => content).sort(), ['Again', 'Mine', 'Yours']);
    const used = replies.filter(({ metadata }) => metadata.draftId === draft.id);
    assert.deepEqual(
      used.map((message) => message.id),
      [(await cairnloop.drafts.get(draft.id)).messageId],
    );
    const { messages } = await cairnloop.conversations.get(other.id);
    assert.deepEqual([messages?.at(-1)?.content, messages?.at(-1)?.metadata], ['Elsewhere', {}]);
    const { items } = await cairnloop.audit.list({ conversationId: id, action: 'draft.discarded' });
    assert.equal(items.length, 0);
  });

  it('AP4 asks for approval with the draft, its evidence and three actions, and sends once', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
    const draft = await cairnloop.drafts.propose(id, proposal);
    const words = textOf((await page()).text);
    assert.match(
      words,
      /Suggested by automation Reply medium risk .*Proposed words .*1 source Because FAQ Approve & send Edit Discard/,
    );
    const queue = (await workspace.get('/')).text;
    assert.match(textOf(queue), /Needs approval 1/);
    assert.match(queue, /row-draft/, 'the line has a mark for it');
    const seen = await workspace.seen(id);
    const approve = (operatorId: string) =>
      workspace.post(`/drafts/${draft.id}/approve`, seen, { 'x-test-operator': operatorId });
    const answers = await Promise.all(['op-1', 'op-2', 'op-3', 'op-4'].map(approve));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409, 409]);
    const conflict = answers.find(({ status }) => status === 409);
    assert.match(
      textOf(conflict?.text ?? ''),
      /This draft was decided on meanwhile\. The draft is approved; nothing more was sent/,
    );
    const messages = (await cairnloop.conversations.get(id)).messages ?? [];
    assert.equal(messages.filter(({ role }) => role === 'operator').length, 1);
  });

  it('AP4 of concurrent approve, edit and discard one succeeds', async () => {
    const { cairnloop, workspace, id } = await openThread(deciding('require_approval'));
    const draft = await cairnloop.drafts.propose(id, proposal);
    const seen = await workspace.seen(id);
    const answers = await Promise.all([
      workspace.post(`/drafts/${draft.id}/approve`, seen),
      workspace.post(`/drafts/${draft.id}/edit`, { ...seen, content: 'Edited words' }),
      workspace.post(`/drafts/${draft.id}/discard`),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409]);
  });

  it('AP4 refuses a draft superseded by a customer message, and one of a resolved conversation, with the reason', async () => {
    const { cairnloop, workspace, id } = await openThread(deciding('require_approval'));
    const overtaken = await cairnloop.drafts.propose(id, proposal);
    await cairnloop.conversations.receive(id, { content: 'One more thing' });
    const late = await workspace.post(`/drafts/${overtaken.id}/approve`);
    assert.equal(late.status, 409);
    assert.match(textOf(late.text), /The draft is superseded/);
    const second = await cairnloop.drafts.propose(id, proposal);
    await workspace.post(`/c/${id}/resolve`);
    const mine = { ...(await workspace.seen(id)), content: 'My own words' };
    const resolved = await workspace.post(`/drafts/${second.id}/edit`, mine);
    assert.equal(resolved.status, 409);
    assert.match(textOf(resolved.text), /The conversation was resolved meanwhile/);
    assert.match(resolved.text, /<textarea id="content"[^>]*>My own words</, 'what was written is kept');
    const sent = (await cairnloop.conversations.get(id)).messages ?? [];
    assert.equal(sent.filter(({ role }) => role === 'operator').length, 0);
  });

  it('AP4 keeps showing a draft superseded by a customer message, as stale: it can be used but not approved', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
    const draft = await cairnloop.drafts.propose(id, proposal);
    await cairnloop.conversations.receive(id, { content: 'One more thing' });
    const { text } = await page();
    assert.match(
      textOf(text),
      /Suggested by automation .*Stale: the customer has written after this draft.*Proposed words .*Use in/,
    );
    assert.doesNotMatch(text, /Approve &amp; send|\/discard"|row-draft/);
    assert.match(textOf((await workspace.get('/')).text), /Needs approval 0/);
    const used = await workspace.get(`/c/${id}?use=${draft.id}`);
    assert.match(used.text, /<textarea id="content"[^>]*>Proposed words<\/textarea>/);
    const send = { mode: 'reply', content: 'Proposed words', draft: draft.id };
    assert.equal((await workspace.post(`/c/${id}/compose`, send)).status, 303);
    assert.equal((await cairnloop.drafts.get(draft.id)).status, 'superseded');
    assert.doesNotMatch(textOf((await page()).text), /Stale/, 'it was answered');
    await cairnloop.conversations.receive(id, { content: 'Thanks, and another thing' });
    assert.doesNotMatch(textOf((await page()).text), /Stale/, 'the answer came after it');
  });

  it('AP4 hides a stale draft once there is another one, or the conversation was resolved', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
    await cairnloop.drafts.propose(id, { ...proposal, content: 'Old words' });
    await cairnloop.conversations.receive(id, { content: 'One more thing' });
    assert.match(textOf((await page()).text), /Stale.*Old words/);
    await workspace.post(`/c/${id}/resolve`);
    assert.doesNotMatch(textOf((await page()).text), /Stale/);
    await cairnloop.conversations.receive(id, { content: 'Not yet' });
    await cairnloop.drafts.propose(id, { ...proposal, content: 'New words' });
    const words = textOf((await page()).text);
    assert.match(words, /New words .*Approve & send/);
    assert.doesNotMatch(words, /Stale|Old words/);
  });

  it('AP4 opens the newest of several drafts and folds the others; keys and ids belong to one', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
    const older = await cairnloop.drafts.propose(id, { ...proposal, content: 'Older words' });
    await cairnloop.drafts.propose(id, { ...proposal, content: 'Newer words' });
    const { text } = await page();
    assert.match(textOf(text), /Newer words .*Approve & send .*1 more suggestion .*Older words .*Approve & send/);
    assert.match(text, /data-key="a".*<details class="prepared" id="more-drafts">/s);
    assert.equal(text.match(/data-key="a"/g)?.length, 1);
    const ids = Array.from(text.matchAll(/ id="([^"]+)"/g), ([, one]) => one);
    assert.deepEqual(ids, [...new Set(ids)]);
    const editing = textOf((await workspace.get(`/c/${id}?edit=${older.id}`)).text);
    assert.match(
      editing,
      /1 more suggestion .*Newer words .*Editing the suggestion .*Send edited reply/,
      'what is edited stands open',
    );
    await workspace.post(`/drafts/${older.id}/approve`, await workspace.seen(id));
    assert.doesNotMatch(textOf((await page()).text), /more suggestion/);
  });

  it('OA3 a refused approval, edit, reply or resolution shows the messages that its form had not seen', async () => {
    const { cairnloop, workspace, id } = await openThread(deciding('require_approval'));
    const draft = await cairnloop.drafts.propose(id, proposal);
    const seen = await workspace.seen(id);
    await cairnloop.conversations.note(id, { content: 'Wait for the lawyer', actor: { id: 'op-8' } });
    for (const [path, fields] of Object.entries<Record<string, string>>({
      [`/drafts/${draft.id}/approve`]: {},
      [`/drafts/${draft.id}/edit`]: { content: 'My words' },
      [`/c/${id}/compose`]: { mode: 'reply', content: 'My words' },
      [`/c/${id}/resolve`]: {},
    })) {
      const refused = await workspace.post(path, { ...seen, ...fields });
      assert.equal(refused.status, 409, path);
      assert.match(
        textOf(refused.text),
        /not visible to the customer [^·]*Wait for the lawyer .*1 new message since you opened this conversation\./,
        path,
      );
    }
  });

  it('AP4 a resolved conversation offers neither Approve nor Edit for a draft that was waiting and is not stale', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
    await cairnloop.drafts.propose(id, proposal);
    const offers = (text: string) => /Approve &amp; send|\/approve"|[?&;]edit=/.test(text);
    assert.ok(offers((await page()).text));
    await workspace.post(`/c/${id}/resolve`);
    const { text } = await page();
    assert.match(textOf(text), /This conversation is closed.*Proposed words.*Discard/);
    assert.doesNotMatch(text, /draft-stale/);
    assert.ok(!offers(text));
    await workspace.post(`/c/${id}/reopen`);
    assert.ok(offers((await page()).text), 'it can be sent again once the conversation is open');
  });

  it('AP4 shows word by word what an edit changes, before and after it is sent', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
    const draft = await cairnloop.drafts.propose(id, { ...proposal, content: 'It works within the hour' });
    const preview = await workspace.post(`/drafts/${draft.id}/preview`, { content: 'It works today' });
    assert.match(preview.text, /<del>within the hour<\/del><ins>today<\/ins>/);
    assert.match(preview.text, /<textarea id="content"[^>]*>It works today</);
    await workspace.post(`/drafts/${draft.id}/edit`, { ...(await workspace.seen(id)), content: 'It works today' });
    const { text } = await page();
    assert.match(textOf(text), /Edited draft .*What was changed/);
    assert.match(text, /<del>within the hour<\/del><ins>today<\/ins>/);
  });

  it('AP5 shows of a denied draft only that there was one, on every page', async () => {
    const { cairnloop, workspace, id, page } = await openThread(deciding('deny'));
    await cairnloop.drafts.propose(id, proposal);
    for (const path of ['/', '/?q=Proposed', `/c/${id}`, '/audit', '/deliveries']) {
      assert.doesNotMatch((await workspace.get(path)).text, /Proposed words|Because|FAQ/, path);
    }
    assert.match(textOf((await page()).text), /Draft denied by policy/);
  });
});

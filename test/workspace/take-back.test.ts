import { strict as assert } from 'node:assert';
import { eventually } from '../support/eventually.js';
import { useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

const colleague = { id: 'op-2', name: 'Grace' };

describe('taking back what was just sent', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread({ takeBackSeconds = 5, draft = true } = {}) {
    const host = await startHost({}, { worker: false });
    const { cairnloop } = host;
    const { id } = await cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    if (draft) await cairnloop.drafts.propose(id, { type: 'reply', content: 'Drafted reply' });
    const workspace = await serve(host, { takeBackSeconds });
    const page = await open(workspace, `/c/${id}`);
    const message = page.getByRole('textbox', { name: 'Message' });
    const pending = page.locator('#pending');
    const takeBack = pending.getByRole('button', { name: 'Take back' });
    const sent = async () =>
      ((await cairnloop.conversations.get(id)).messages ?? [])
        .filter(({ role }) => role !== 'customer' && role !== 'system')
        .map(({ role, content }) => `${role}: ${content}`);
    const status = async () => (await cairnloop.conversations.get(id)).status;
    const told = (text: string) => page.locator('#notice').getByText(text).waitFor();
    const reply = async (text: string) => {
      await message.fill(text);
      await message.press('Control+Enter');
      await pending.getByText(text).waitFor();
    };
    return { ...host, id, workspace, page, message, pending, takeBack, sent, status, told, reply };
  }

  it('OA4 a reply is shown at once with the remaining seconds, and is sent when they are over', async () => {
    const { page, pending, reply, sent } = await openThread({ takeBackSeconds: 3 });
    await reply('It is fixed');
    assert.match((await pending.locator('[role="timer"]').textContent()) ?? '', /^Sending in [123] s$/);
    assert.deepEqual(await sent(), []);
    await page.locator('[data-own]', { hasText: 'It is fixed' }).waitFor();
    await pending.getByText('It is fixed').waitFor({ state: 'detached' });
    assert.deepEqual(await sent(), ['operator: It is fixed']);
  });

  it('OA4 a reply that is taken back returns to the composer and is not sent', async () => {
    const { advance, message, takeBack, reply, sent, told, page } = await openThread({ takeBackSeconds: 60 });
    await reply('Too early');
    assert.equal(await message.inputValue(), '');
    await takeBack.click();
    await told('Taken back. Nothing was sent.');
    assert.equal(await message.inputValue(), 'Too early');
    assert.ok(await page.locator('#composer input[value="reply"]').isChecked());
    await advance(61_000);
    await page.reload();
    assert.deepEqual(await sent(), []);
    assert.equal(await message.inputValue(), 'Too early');
  });

  it('OA4 Esc and z, or Ctrl+Z in the empty composer, take an action back', async () => {
    const { page, message, reply, sent, told } = await openThread({ takeBackSeconds: 60 });
    for (const keys of [['Escape', 'z'], ['Control+z']]) {
      await reply('Too early');
      for (const key of keys) await page.keyboard.press(key);
      await told('Taken back. Nothing was sent.');
      assert.equal(await message.inputValue(), 'Too early');
    }
    assert.deepEqual(await sent(), []);
  });

  it('OA4 text begun meanwhile is appended to the text taken back, and a note is kept apart', async () => {
    const { page, message, pending, takeBack, reply, sent, told } = await openThread({ takeBackSeconds: 60 });
    await reply('First');
    await message.fill('and then');
    await takeBack.click();
    await told('Taken back');
    assert.equal(await message.inputValue(), 'First\n\nand then');
    await message.fill('Second');
    await message.press('Control+Enter');
    await pending.getByText('Second').waitFor();
    await page.locator('#composer input[value="note"]').check();
    await message.fill('Do not tell them');
    await takeBack.click();
    await pending.getByText('you took the action back').waitFor();
    assert.equal(await message.inputValue(), 'Do not tell them');
    assert.ok(await page.locator('#composer input[value="note"]').isChecked());
    await message.press('Control+Enter');
    await told('Note added.');
    await pending.getByRole('button', { name: 'Put into the composer' }).click();
    await eventually(async () => assert.equal(await message.inputValue(), 'Second'));
    assert.ok(await page.locator('#composer input[value="reply"]').isChecked());
    assert.deepEqual(await sent(), ['internal_note: Do not tell them']);
  });

  it('OA4 an approval can be taken back: the draft waits again', async () => {
    const { cairnloop, id, page, pending, takeBack, sent, told } = await openThread({ takeBackSeconds: 60 });
    await page.getByRole('button', { name: 'Approve & send' }).click();
    await pending.getByText('Drafted reply').waitFor();
    assert.equal(await page.locator('.draft').count(), 0);
    await takeBack.click();
    await told('Taken back');
    await page.getByRole('button', { name: 'Approve & send' }).waitFor();
    assert.deepEqual([await sent(), (await cairnloop.drafts.listForConversation(id))[0]?.status], [[], 'pending']);
  });

  it('OA4 an edited draft that is taken back is being edited again, with the operator’s words', async () => {
    const { page, takeBack, sent, told } = await openThread({ takeBackSeconds: 60 });
    await page.getByRole('link', { name: 'Edit' }).click();
    const words = page.getByRole('textbox', { name: 'Your version' });
    await words.fill('My version');
    await words.press('Control+Enter');
    await takeBack.click();
    await told('Taken back');
    assert.equal(await words.inputValue(), 'My version');
    assert.deepEqual(await sent(), []);
  });

  it('OA4 a resolution can be taken back', async () => {
    const { page, pending, takeBack, status, told } = await openThread({ takeBackSeconds: 60 });
    await page.getByRole('button', { name: 'Resolve' }).click();
    await pending.getByText('Resolving in').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Resolve' }).count(), 0);
    await takeBack.click();
    await told('Taken back');
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    assert.equal(await status(), 'open');
  });

  it('OA4 closing the tab does not cancel: the reply is sent and the conversation resolved', async () => {
    const { page, reply, sent, status, pending } = await openThread({ takeBackSeconds: 2 });
    await reply('On my way out');
    await page.getByRole('button', { name: 'Resolve' }).click();
    await pending.getByText('Resolving in').waitFor();
    await page.context().close();
    await eventually(async () => {
      assert.deepEqual([await sent(), await status()], [['operator: On my way out'], 'resolved']);
    });
  });

  it('OA4 OA3 a customer’s message holds it back: the operator sees why, and the text can be restored', async () => {
    const { cairnloop, id, advance, message, pending, reply, sent } = await openThread({ takeBackSeconds: 4 });
    await reply('All done, bye');
    await cairnloop.conversations.receive(id, { content: 'Wait, stop!' });
    await advance(5000);
    await pending.getByText('Not sent: 1 new message since you opened this conversation.').waitFor();
    assert.deepEqual(await sent(), []);
    await pending.getByRole('button', { name: 'Put into the composer' }).click();
    await eventually(async () => assert.equal(await message.inputValue(), 'All done, bye'));
    assert.equal(await pending.getByText('Not sent').count(), 0);
    assert.equal(await message.inputValue(), 'All done, bye');
  });

  it('OA4 a second reply is sent after the first one: an operator’s own message holds nothing back', async () => {
    const { page, reply, sent, message } = await openThread({ takeBackSeconds: 2, draft: false });
    await reply('First');
    await message.pressSequentially('Second');
    await page.locator('[data-own]', { hasText: 'First' }).waitFor();
    assert.equal(await page.locator('#notice').getByText('while you were writing').count(), 0);
    await message.press('Control+Enter');
    await page.locator('[data-own]', { hasText: 'Second' }).waitFor();
    assert.deepEqual(await sent(), ['operator: First', 'operator: Second']);
  });

  it('OA4 a colleague sees what is being sent, and can neither take it back nor send the same draft', async () => {
    const { cairnloop, id, page, workspace, pending } = await openThread({ takeBackSeconds: 60 });
    const [draft] = await cairnloop.drafts.listForConversation(id);
    await page.getByRole('button', { name: 'Approve & send' }).click();
    await pending.getByText('Drafted reply').waitFor();
    const action = /pending-([0-9a-f-]{36})/.exec((await workspace.get(`/c/${id}`)).text)?.[1];
    const as = { 'x-test-operator': colleague.id };
    const seen = await workspace.get(`/c/${id}`, as);
    assert.match(textOf(seen.text), /Sending in/);
    assert.ok(!seen.text.includes('data-take-back'));
    assert.equal((await workspace.post(`/c/${id}/actions/${action}/take-back`, {}, as)).status, 409);
    const approved = await workspace.post(
      `/drafts/${draft?.id}/approve`,
      { later: '1', ...(await workspace.seen(id)) },
      as,
    );
    assert.equal(approved.status, 409);
  });

  it('OA4 without JavaScript, and if the host disabled it, a reply is sent at once', async () => {
    for (const [takeBackSeconds, later] of [
      [5, ''],
      [0, '1'],
    ] as const) {
      const { workspace, id, sent } = await openThread({ takeBackSeconds });
      const fields = { mode: 'reply', content: 'At once', later, ...(await workspace.seen(id)) };
      assert.equal((await workspace.post(`/c/${id}/compose`, fields)).status, 303);
      assert.deepEqual(await sent(), ['operator: At once']);
    }
  });

  it('OA4 an action that no process carries out is shown as waiting', async () => {
    const { cairnloop, database, id, workspace } = await openThread({ takeBackSeconds: 60 });
    await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'Stuck', later: '1', nonce: 'n' });
    await database.query(`UPDATE cairnloop.pending_actions SET due_at = cairnloop.clock() - interval '1 minute'`);
    const words = async () => textOf((await workspace.get(`/c/${id}`)).text);
    assert.match(await words(), /Waiting: due, and not sent yet/);
    await cairnloop.worker.start();
    await eventually(async () => assert.doesNotMatch(await words(), /Waiting: due/));
  });
});

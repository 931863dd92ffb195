import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { hearNothing } from './silence-live-updates.js';
import { usePages } from './use-pages.js';

const colleague = { id: 'op-2', name: 'Grace' };

/** Longer than the rest that acting keys need, and than what counts as read. */
const rest = (page: Page) => page.waitForTimeout(1000);
const mode = (page: Page, value: string) => page.locator(`#composer input[name="mode"][value="${value}"]`);
const readingTime = (page: Page) => page.waitForTimeout(2500);

describe('no action by mistake', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread({ draft = true } = {}) {
    const host = await startHost({ notifier }, { worker: false });
    const { cairnloop } = host;
    const { id } = await cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const propose = (content = 'Drafted reply') => cairnloop.drafts.propose(id, { type: 'reply', content });
    if (draft) await propose();
    const workspace = await serve(host);
    const page = await open(workspace, `/c/${id}`);
    const message = page.getByRole('textbox', { name: 'Message' });
    const told = (text: string) => page.locator('#notice').getByText(text).waitFor();
    const sent = async () =>
      ((await cairnloop.conversations.get(id)).messages ?? [])
        .filter(({ role }) => role !== 'customer' && role !== 'system')
        .map(({ role, content }) => `${role}: ${content}`);
    const status = async () => (await cairnloop.conversations.get(id)).status;
    const receive = async (content: string) => {
      await cairnloop.conversations.receive(id, { content });
      await page.locator('.message', { hasText: content }).waitFor();
    };
    return { ...host, cairnloop, id, workspace, page, message, told, sent, status, receive, propose };
  }

  describe('OA1', () => {
    it('OA1 the focus stays in the composer after sending, so that the next words are text', async () => {
      const { page, message, told, sent, status } = await openThread();
      await message.fill('First');
      await message.press('Control+Enter');
      await told('Reply sent.');
      await page.keyboard.type('what I forgot');
      assert.equal(await message.inputValue(), 'what I forgot');
      assert.deepEqual([await sent(), await status()], [['operator: First'], 'open']);
    });

    for (const words of [
      'Hello',
      'Hola, ya',
      'what I forgot',
      'e',
      'a',
      'ea ae',
      'see a bee',
      'a\nb',
      'aa ee',
      'e e e',
    ]) {
      it(`OA1 ${JSON.stringify(words)}, typed on a page that has just opened, sends and resolves nothing`, async () => {
        const { page, sent, status } = await openThread();
        for (const key of words) await page.keyboard.press(key === '\n' ? 'Shift+Enter' : key, { delay: 40 });
        await page.waitForTimeout(300);
        assert.deepEqual([await sent(), await status()], [[], 'open']);
      });
    }

    for (const words of ['eat an apple', 'a lot', 'e-mail', 'aardvark']) {
      it(`OA1 ${JSON.stringify(words)}, typed after a pause with no field in focus, sends and resolves nothing`, async () => {
        const { page, sent, status } = await openThread();
        await rest(page);
        await page.keyboard.type(words, { delay: 60 });
        await page.keyboard.press('Enter');
        await page.waitForTimeout(300);
        assert.deepEqual([await sent(), await status()], [[], 'open']);
      });
    }

    for (const event of ['focus', 'visibilitychange', 'pageshow'])
      it(`OA1 words that go on from another window do nothing in the first moment: ${event}`, async () => {
        const { page, told, status } = await openThread();
        await rest(page);
        await page.evaluate(`{
          window.dispatchEvent(new Event('blur'));
          const target = '${event}' === 'visibilitychange' ? document : window;
          target.dispatchEvent(new Event('${event}'));
        }`);
        await page.keyboard.press('e');
        await page.waitForTimeout(600);
        await page.keyboard.press('Enter');
        await page.waitForTimeout(300);
        assert.equal(await status(), 'open');
        await rest(page);
        await page.keyboard.press('e');
        await told('Resolve?');
      });

    it('OA1 a click that was meant for Reopen does not resolve what the customer has just written, and the other way round', async () => {
      const { cairnloop, id, page, told, status } = await openThread({ draft: false });
      const step = page.locator('#thread-head [data-key="e"]');
      await cairnloop.conversations.resolve(id, { resolvedBy: colleague });
      await step.getByText('Reopen').waitFor();
      await cairnloop.conversations.receive(id, { content: 'It fails again' });
      await page.evaluate(pressOnceExchanged('Resolve'));
      await told('This conversation has just changed.');
      assert.equal(await status(), 'open');
      await readingTime(page);
      await cairnloop.conversations.resolve(id, { resolvedBy: colleague });
      await page.evaluate(pressOnceExchanged('Reopen'));
      await told('This conversation has just changed.');
      assert.equal(await status(), 'resolved');
      await readingTime(page);
      await step.click();
      await told('Conversation reopened.');
    });

    it('OA1 a key that sends or resolves asks first, and Enter confirms', async () => {
      const { page, told, sent, status } = await openThread();
      await rest(page);
      await page.keyboard.press('a');
      await told('Approve & send?');
      assert.deepEqual(await sent(), []);
      await page.keyboard.press('x');
      await page.locator('.armed').waitFor({ state: 'detached' });
      await rest(page);
      await page.keyboard.press('a');
      await rest(page);
      await page.keyboard.press('Enter');
      await told('Draft approved and sent.');
      await rest(page);
      await page.keyboard.press('e');
      await told('Resolve?');
      assert.equal(await status(), 'open');
      await rest(page);
      await page.keyboard.press('Enter');
      await told('Conversation resolved.');
      assert.equal(await status(), 'resolved');
    });

    for (const keys of [
      ['a', 'Enter'],
      ['e', 'Enter', 'Enter'],
      ['d', 'Enter', 'Enter', 'Enter'],
    ]) {
      it(`OA1 a line of one letter, ${keys.join(' ')}, typed after a rest sends, resolves and discards nothing`, async () => {
        const { page, id, cairnloop, sent, status } = await openThread();
        await rest(page);
        for (const key of keys) await page.keyboard.press(key, { delay: 60 });
        await page.waitForTimeout(700);
        await page.keyboard.press('Enter');
        await page.waitForTimeout(300);
        const [draft] = await cairnloop.drafts.listForConversation(id);
        assert.deepEqual([await sent(), await status(), draft?.status], [[], 'open', 'pending']);
      });
    }

    it('OA1 Ctrl+Enter, which no text holds, confirms the question at once, also behind an Enter that came too soon', async () => {
      const { page, told, status } = await openThread();
      await rest(page);
      await page.keyboard.press('a');
      await page.keyboard.press('Control+Enter');
      await told('Draft approved and sent.');
      await rest(page);
      await page.keyboard.press('e');
      await page.keyboard.press('Enter');
      await told('Enter was pressed before this question could be read');
      assert.equal(await status(), 'open');
      await page.keyboard.press('Control+Enter');
      await told('Conversation resolved.');
    });

    it('OA1 a space in typed text does not press the focused button', async () => {
      const { page, sent } = await openThread();
      await page.getByRole('button', { name: 'Approve & send' }).focus();
      await page.keyboard.type('it is this', { delay: 30 });
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
      assert.deepEqual(await sent(), []);
    });
  });

  describe('OA2', () => {
    for (const again of ['a reload', 'a visit elsewhere']) {
      it(`OA2 an unsent note is restored as a note after ${again}`, async () => {
        const { page, workspace, id, message, sent } = await openThread();
        await mode(page, 'note').check();
        await message.fill('Do not tell them yet');
        if (again === 'a reload') await page.reload();
        else {
          await page.goto(workspace.url('/audit'));
          await page.goto(workspace.url(`/c/${id}`));
        }
        assert.equal(await message.inputValue(), 'Do not tell them yet');
        assert.ok(await mode(page, 'note').isChecked());
        await message.press('Control+Enter');
        await page.locator('#notice').getByText('Note added.').waitFor();
        assert.deepEqual(await sent(), ['internal_note: Do not tell them yet']);
      });
    }

    it('OA2 unsent text of one operator is not shown to another', async () => {
      const { page, workspace, id, message } = await openThread();
      await message.fill('Mine alone');
      await page.setExtraHTTPHeaders({ 'x-test-operator': 'op-2' });
      await page.goto(workspace.url(`/c/${id}`));
      assert.equal(await message.inputValue(), '');
      await page.setExtraHTTPHeaders({});
      await page.goto(workspace.url(`/c/${id}`));
      assert.equal(await message.inputValue(), 'Mine alone');
    });

    it('OA2 a form without its mode is refused', async () => {
      const { workspace, id, sent } = await openThread();
      for (const mode of [[], 'everybody', 'REPLY']) {
        const { status } = await workspace.post(`/c/${id}/compose`, { content: 'For whom?', mode });
        assert.equal(status, 422);
      }
      assert.deepEqual(await sent(), []);
    });
  });

  describe('OA3', () => {
    it('OA3 a live update does not replace a draft: the newer one is offered', async () => {
      const { cairnloop, page, id, propose, sent, told } = await openThread();
      await propose('Second draft');
      await page.getByRole('button', { name: 'There is a newer draft' }).waitFor();
      assert.equal(await page.locator('.draft', { hasText: 'Drafted reply' }).count(), 1);
      assert.equal(await page.getByText('Second draft').count(), 0);
      await page.getByRole('button', { name: 'There is a newer draft' }).click();
      await page.getByText('Second draft').waitFor();
      await page.getByRole('button', { name: 'Approve & send' }).first().click();
      await told('This draft has only just appeared.');
      assert.deepEqual(await sent(), []);
      await page.waitForTimeout(1600);
      await page.getByRole('button', { name: 'Approve & send' }).first().click();
      await told('Draft approved and sent.');
      assert.deepEqual(await sent(), ['operator: Second draft']);
      assert.equal((await cairnloop.drafts.listForConversation(id)).length, 2);
    });

    it('OA3 a draft that somebody else has decided on is not replaced, and cannot be sent', async () => {
      const { cairnloop, page, id, workspace, propose } = await openThread();
      const [draft] = await cairnloop.drafts.listForConversation(id);
      // Both changes reach the page at once.
      const hearAgain = await hearNothing(page);
      await page.goto(workspace.url(`/c/${id}`));
      await cairnloop.drafts.discard(draft?.id ?? '', { actor: colleague });
      await propose('Second draft');
      await hearAgain();
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await page.getByRole('button', { name: 'There is a newer draft' }).waitFor();
      assert.ok(await page.getByRole('button', { name: 'Approve & send' }).isDisabled());
    });

    it('OA3 an approval is refused with the new messages if the operator has not seen them', async () => {
      const { cairnloop, id, workspace, sent } = await openThread();
      const [draft] = await cairnloop.drafts.listForConversation(id);
      const seen = /name="seen" value="([^"]+)"/.exec((await workspace.get(`/c/${id}`)).text)?.[1] ?? '';
      assert.ok(seen);
      await cairnloop.conversations.note(id, { content: 'Wait for the lawyer', actor: colleague });
      for (const fields of [{ seen }, { seen: '' }, {}] as Record<string, string>[]) {
        const refused = await workspace.post(`/drafts/${draft?.id}/approve`, fields);
        assert.equal(refused.status, 409);
        assert.match(refused.text, /new messages? since you opened this conversation/);
        const edit = await workspace.post(`/drafts/${draft?.id}/edit`, { ...fields, content: 'My words' });
        assert.equal(edit.status, 409);
        assert.match(edit.text, /My words/);
      }
      assert.deepEqual(await sent(), ['internal_note: Wait for the lawyer']);
    });

    it('OA3 a draft is stale after a colleague’s reply and in a resolved conversation', async () => {
      const { cairnloop, id, page, workspace } = await openThread();
      await cairnloop.conversations.reply(id, { content: 'I took it', actor: colleague });
      await page.locator('.draft-stale').getByText('somebody has replied after this draft').waitFor();
      const approve = page.getByRole('button', { name: 'Approve & send' });
      assert.equal(await approve.count(), 0);
      await cairnloop.conversations.resolve(id, { resolvedBy: colleague });
      await page.goto(workspace.url(`/c/${id}`));
      await page.locator('.draft').getByText('This conversation is closed').waitFor();
      assert.equal(await approve.count(), 0);
    });
  });

  describe('OA5', () => {
    it('OA5 a message that arrives during writing is announced, and the reply is held once', async () => {
      const { page, message, told, sent, receive } = await openThread({ draft: false });
      await message.pressSequentially('It is fixed');
      await receive('Wait, stop!');
      await told('Read the new message before you send.');
      await readingTime(page);
      await message.press('Control+Enter');
      await told('1 new message since you opened this conversation.');
      assert.deepEqual([await sent(), await message.inputValue()], [[], 'It is fixed']);
      await page.waitForTimeout(600);
      await message.press('Control+Enter');
      await told('Reply sent.');
      assert.deepEqual(await sent(), ['operator: It is fixed']);
    });

    for (const way of ['two presses', 'a double click'])
      it(`OA5 ${way} cannot go past the warning that the first has caused`, async () => {
        const { cairnloop, id, workspace, page, message, told, sent } = await openThread({ draft: false });
        await hearNothing(page);
        await page.goto(workspace.url(`/c/${id}`));
        await message.fill('It is fixed');
        await cairnloop.conversations.receive(id, { content: 'Wait, stop!' });
        const again = page.waitForResponse('**/compose');
        if (way === 'two presses') await message.press('Control+Enter');
        else await page.getByRole('button', { name: 'Send reply' }).click();
        await again;
        // As a hand that presses twice: right after the answer, before anybody can have read it.
        await page.evaluate(`new Promise((resolve) => {
          const press = () => {
            if (!document.querySelector('.notice-conflict')) return requestAnimationFrame(press);
            document.getElementById('composer').requestSubmit();
            resolve();
          };
          press();
        })`);
        await told('1 new message since you opened this conversation.');
        await page.waitForTimeout(600);
        assert.deepEqual([await sent(), await message.inputValue()], [[], 'It is fixed']);
        await message.press('Control+Enter');
        await told('Reply sent.');
      });

    it('OA5 a message that was on screen before writing began holds nothing back', async () => {
      const { page, message, told, sent, receive } = await openThread({ draft: false });
      await receive('One more thing');
      await readingTime(page);
      await message.pressSequentially('Both are fixed');
      await message.press('Control+Enter');
      await told('Reply sent.');
      assert.deepEqual(await sent(), ['operator: Both are fixed']);
    });

    it('OA5 if a colleague resolves the conversation the composer keeps its mode, says so and sends nothing', async () => {
      const { cairnloop, id, page, message, told, sent } = await openThread({ draft: false });
      await message.pressSequentially('Almost done');
      await cairnloop.conversations.resolve(id, { resolvedBy: colleague });
      await told('This conversation was resolved meanwhile.');
      assert.ok(await mode(page, 'reply').isChecked());
      await message.press('Control+Enter');
      await page.waitForTimeout(300);
      assert.deepEqual([await sent(), await message.inputValue()], [[], 'Almost done']);
      await readingTime(page);
      await page.getByRole('button', { name: 'Reopen' }).click();
      await told('Conversation reopened.');
      await message.press('Control+Enter');
      await told('Reply sent.');
      assert.deepEqual(await sent(), ['operator: Almost done']);
    });
  });
});

/** Presses the step of the conversation as soon as it says `name`: as a hand that was already on its way. */
const pressOnceExchanged = (name: string) => `new Promise((resolve) => {
  const press = () => {
    const step = document.querySelector('#thread-head [data-key="e"]');
    if (step.innerText.trim() !== '${name}') return requestAnimationFrame(press);
    step.click();
    resolve();
  };
  press();
})`;

const notifier = {
  onConversationResolved: () => {},
  onSlaBreach: () => {},
  onOutboundTriggered: () => {},
};

import { strict as assert } from 'node:assert';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ok } from '../../src/contracts/result.js';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('reading a thread', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function start(message: string) {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message });
    return { ...host, id, workspace: await serve(host) };
  }

  const inView = (text: string) => `(() => {
    const found = [...document.querySelectorAll('.message')].find((one) => one.textContent.includes(${JSON.stringify(text)}));
    const [box, room] = [found.getBoundingClientRect(), document.getElementById('scroll').getBoundingClientRect()];
    return box.top >= room.top - 1 && box.top < room.bottom;
  })()`;

  it('folds quotations and signatures, and formats code and links, all as text', async () => {
    const { id, workspace } = await start(
      [
        'See `<b>x</b>` and https://example.com/a, mailto:a@b.test, javascript:alert(1)',
        '```',
        '<img src=x onerror=alert(1)>',
        '```',
        '-- ',
        'Zoe',
        'On Tue, 3 Mar 2026 at 10:12, Ada wrote:',
        '> [x](https://example.com/quoted)',
      ].join('\n'),
    );
    const page = await open(workspace, `/c/${id}`);
    const message = page.locator('.message-customer');
    assert.equal(await message.locator('pre code').textContent(), '<img src=x onerror=alert(1)>');
    assert.equal(await message.locator('.prose code').textContent(), '<b>x</b>');
    assert.deepEqual(
      await message
        .locator('.prose:visible a')
        .evaluateAll((links: { href: string }[]) => links.map(({ href }) => href)),
      ['https://example.com/a', 'mailto:a@b.test'],
    );
    assert.ok(!(await message.getByText('https://example.com/quoted').isVisible()));
    await message.getByText('Quoted text (2 lines)').click();
    assert.ok(await message.getByText('https://example.com/quoted').isVisible());
    await message.getByText('Signature').click();
    assert.ok(await message.getByText('Zoe').isVisible());
    await page.reload();
    assert.equal(await page.locator('.message-customer details[open]').count(), 0);
  });

  it('runs Hebrew text from right to left in an English page: in thread, queue, draft and composer', async () => {
    const { cairnloop, workspace } = await start('Hello');
    const { id } = await cairnloop.conversations.open({
      actorId: 'c-2',
      subject: 'חשבונית שגויה',
      message: 'שלום, קוד 42:\n- ראשון\n- שני',
    });
    await cairnloop.drafts.propose(id, { type: 'reply', content: 'תודה, נבדוק.' });
    const page = await open(workspace, `/c/${id}`);
    await page.locator('#content').fill('היי');
    const directions = (selector: string) =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => getComputedStyle(one).direction)`,
      );
    const here = '.row:has([aria-current])';
    for (const selector of ['.message-customer .prose', '.thread-title h1', '.draft .prose', '#content'])
      assert.deepEqual(await directions(selector), ['rtl'], selector);
    for (const selector of ['.row-subject', '.row-preview'])
      assert.deepEqual(await directions(`${here} ${selector}`), ['rtl'], selector);
    assert.deepEqual(await directions(`.row:not(:has([aria-current])) :is(.row-subject, .row-preview)`), [
      'ltr',
      'ltr',
    ]);
    assert.deepEqual(await directions('html'), ['ltr']);
    await cairnloop.conversations.reply(id, { content: 'תודה, נבדוק.', actor: operator });
    const preview = page.locator(`${here} .row-preview`, { hasText: 'תודה' });
    await preview.waitFor();
    // The word before it says in the operator's language who wrote it.
    assert.deepEqual(await directions(`${here} .row-preview bdi`), ['rtl']);
  });

  it('opens at the first message that was not read, below a line that says so', async () => {
    const { cairnloop, id, workspace } = await start('It fails');
    const long = (text: string) => `${text}\n${'line\n'.repeat(25)}`;
    await cairnloop.conversations.reply(id, { content: long('Answered'), actor: { id: 'op-2' } });
    await cairnloop.conversations.receive(id, { content: long('First question') });
    await cairnloop.conversations.receive(id, { content: long('Second question') });
    const page = await open(workspace, `/c/${id}`);
    await eventually(async () => assert.ok(await page.evaluate(inView('First question'))));
    assert.ok(!(await page.evaluate(inView('Second question'))));
    assert.equal(await page.locator('.unread-line').count(), 1);
    await page.locator('#scroll').evaluate((box: { scrollTop: number }) => {
      box.scrollTop = 0;
    });
    await page.waitForTimeout(2600);
    await cairnloop.conversations.receive(id, { content: long('Third question') });
    await page.goto(workspace.url('/audit'));
    await page.goto(workspace.url(`/c/${id}`));
    await eventually(async () => assert.ok(await page.evaluate(inView('Third question'))));
    assert.ok(!(await page.evaluate(inView('Second question'))));
  });

  it('opens at the newest hit of a search, marked, also if it is on an earlier page or folded', async () => {
    const { cairnloop, id, workspace } = await start('Where is my Zollgebühr?\n> quoted Straußenei');
    for (let n = 0; n < 70; n += 1)
      await cairnloop.conversations.reply(id, { content: `Answer ${n}`, actor: operator });
    const page = await open(workspace, `/c/${id}?q=zollgebuhr`);
    assert.equal(await page.locator('#messages mark').textContent(), 'Zollgebühr');
    assert.ok(await page.evaluate(inView('Zollgebühr')));
    await page.goto(workspace.url(`/c/${id}?q=strau%C3%9Fenei`));
    await page.locator('.message-customer details[open]').waitFor();
    await page.goto(workspace.url(`/c/${id}?q=Answer%2069`));
    await page.locator('mark', { hasText: '69' }).waitFor();
    assert.equal((await workspace.get(`/c/${id}?q=nothing-like-it`)).status, 200);
  });

  it('OA3 at an older hit of a search, only what the page shows counts as read', async () => {
    const { cairnloop, id, workspace } = await start('Where is my Zollgebühr?');
    for (let n = 0; n < 70; n += 1)
      await cairnloop.conversations.note(id, { content: `Note ${n}`, actor: { id: 'op-9' } });
    await cairnloop.conversations.receive(id, { content: 'Wait, stop!' });
    const { text } = await workspace.get(`/c/${id}?q=zollgebuhr`);
    assert.doesNotMatch(text, /id="messages"[\s\S]*Wait, stop!<\/div>/);
    for (const [, seen = ''] of text.matchAll(/name="seen" value="([^"]*)"/g)) {
      for (const path of [`/c/${id}/resolve`, `/c/${id}/compose`]) {
        const answer = await workspace.post(path, { seen, mode: 'reply', content: 'Done' });
        assert.equal(answer.status, 409, path);
      }
    }
    const { status, messages } = await cairnloop.conversations.get(id);
    assert.deepEqual([status, messages?.at(-1)?.content], ['open', 'Wait, stop!']);
  });

  it('aligns long text with the title, and starts a short thread at the top', async () => {
    const { id, workspace } = await start('word '.repeat(200));
    const page = await open(workspace, `/c/${id}`);
    const long = await page.locator('.message-long').boundingBox();
    const title = await page.locator('.thread-title').boundingBox();
    const room = await page.locator('#scroll').boundingBox();
    assert.ok(long && title && room);
    assert.equal(Math.round(long.x), Math.round(title.x));
    assert.ok(long.y - room.y < 80);
    assert.ok(long.width <= 720);
  });
});

describe('saved replies', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function start(files: Record<string, string>) {
    const facts = { 'Active plan': { tier: '<b>Business</b>' }, name: 'Zoe' };
    const host = await startHost({ contextProvider: { getContext: () => ok(facts) } }, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const repliesFolder = await mkdtemp(path.join(tmpdir(), 'cairnloop-replies-'));
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(repliesFolder, name), text);
    const workspace = await serve(host, { repliesFolder });
    return { ...host, id, workspace };
  }

  const files = {
    'refund-delay.md':
      '# Refund takes longer\n\nHello {{customer.name}},\nyour plan is {{ context.Active plan.tier }}.\n{{operator.name}}',
    'unknown.md': 'Order {{context.Order.number}} <img src=x onerror=alert(1)>',
    '.hidden.md': 'no',
    'empty.md': '# Nothing',
    'notes.txt': 'no',
  };

  it('are found while a draft is edited, by typing “/” and by their button', async () => {
    const { cairnloop, id, workspace } = await start({
      'refund.md': '# Refund\nYour money is on its way.\n',
      'welcome.md': 'Hello {{customer.name}}',
    });
    const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: 'Dear customer,' });
    const page = await open(workspace, `/c/${id}?edit=${draft.id}`);
    const content = page.locator('#content');
    await content.press('End');
    await content.pressSequentially(' /ref', { delay: 30 });
    await page.locator('.picker-preview', { hasText: 'Your money is on its way.' }).waitFor();
    await page.keyboard.press('Enter');
    assert.equal((await content.inputValue()).trim(), 'Dear customer, Your money is on its way.');
    await page.locator('#saved-replies').click();
    await page.locator('.picker [role="option"]').nth(1).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Send edited' }).click();
    await eventually(async () => assert.equal((await cairnloop.drafts.get(draft.id)).status, 'edited'));
  });

  it('are found by typing “/”, read with what is filled in, and inserted as text', async () => {
    const { id, workspace, cairnloop } = await start(files);
    const page = await open(workspace, `/c/${id}`);
    const message = page.locator('#content');
    await message.pressSequentially('/');
    const picker = page.locator('#reply-picker');
    await picker.getByRole('option').nth(1).waitFor();
    assert.deepEqual(await picker.getByRole('option').allTextContents(), ['Refund takes longer', 'Unknown']);
    await message.pressSequentially('refund');
    await eventually(async () => assert.equal(await picker.getByRole('option').count(), 1));
    const text = 'Hello Zoe,\nyour plan is <b>Business</b>.\nAda';
    assert.equal(await picker.locator('.prose').textContent(), text);
    await message.press('Enter');
    assert.equal(await message.inputValue(), text);
    assert.equal(await picker.count(), 0);
    assert.equal((await cairnloop.conversations.get(id)).messages?.length, 1);
  });

  it('name unknown placeholders, and a text with a gap is held once', async () => {
    const { id, workspace, cairnloop } = await start(files);
    const page = await open(workspace, `/c/${id}`);
    const message = page.locator('#content');
    await message.pressSequentially('Hi /unk');
    const picker = page.locator('#reply-picker');
    await picker.getByText('No value known for: context.Order.number').waitFor();
    await message.press('Tab');
    const text = 'Hi Order {{context.Order.number}} <img src=x onerror=alert(1)>';
    assert.equal(await message.inputValue(), text);
    await page.locator('#notice').getByText('Not filled in: context.Order.number').waitFor();
    const sent = async () => (await cairnloop.conversations.get(id)).messages?.length;
    await message.press('Control+Enter');
    await page.locator('#notice').getByText('Nothing was sent').waitFor();
    assert.equal(await sent(), 1);
    await page.waitForTimeout(600);
    await message.press('Control+Enter');
    await eventually(async () => assert.equal(await sent(), 2));
  });

  it('are closed by Escape, and no slash of a sentence, a note or an address opens them', async () => {
    const { id, workspace } = await start(files);
    const page = await open(workspace, `/c/${id}`);
    const message = page.locator('#content');
    const picker = page.locator('#reply-picker');
    await message.pressSequentially('/');
    await picker.waitFor();
    await message.press('Escape');
    await picker.waitFor({ state: 'detached' });
    await message.pressSequentially('un and/or https://example.com/unknown');
    assert.equal(await picker.count(), 0);
    assert.equal(await message.inputValue(), '/un and/or https://example.com/unknown');
    await message.fill('');
    await page.locator('#composer input[value="note"]').check();
    await message.pressSequentially('/un');
    await page.waitForTimeout(300);
    assert.equal(await picker.count(), 0);
  });

  it('can be read and used without JavaScript', async () => {
    const { id, workspace } = await start(files);
    const { text } = await workspace.get(`/c/${id}/replies`);
    assert.match(textOf(text), /Refund takes longer Hello Zoe, .*No value known for: context\.Order\.number/);
    assert.doesNotMatch(text, /<img src=x/);
    const used = await workspace.get(`/c/${id}?reply=refund-delay`);
    assert.match(used.text, /<textarea id="content"[^>]*>Hello Zoe,\nyour plan is &lt;b&gt;Business/);
    for (const name of ['../../package', 'none', '%00'])
      assert.equal((await workspace.get(`/c/${id}?reply=${name}`)).status, 200);
  });

  it('need no folder', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ message: 'It fails' });
    const workspace = await serve(host, { repliesFolder: '/no/such/folder' });
    assert.match(textOf((await workspace.get(`/c/${id}/replies`)).text), /There are no saved replies/);
  });
});

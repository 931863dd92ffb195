import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

/** In place of the browser's: keeps what was shown, and returns `answer` when it is asked for leave. */
const recorder = (answer: string) => `
  window.shown = [];
  window.asked = 0;
  window.Notification = class {
    static permission = sessionStorage.getItem('permission') ?? 'default';
    static async requestPermission() {
      window.asked += 1;
      sessionStorage.setItem('permission', '${answer}');
      return (window.Notification.permission = '${answer}');
    }
    constructor(title, options) { window.shown.push({ title, ...options }); }
  };
  window.isHidden = false;
  Object.defineProperty(document, 'hidden', { get: () => window.isHidden });`;

describe('notifications of the workspace', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openInbox(answer = 'granted') {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const page = await open(await serve(host), '/');
    await page.addInitScript(recorder(answer));
    await page.reload();
    await page.locator('html.scripted').waitFor();
    const shown = () => page.evaluate('window.shown') as Promise<{ title: string }[]>;
    return { conversations, id, page, shown, asked: () => page.evaluate('window.asked') };
  }

  async function switchOn(page: Page): Promise<void> {
    await page.locator('[data-help]').click();
    await page.getByLabel('Notify me when customers wait').check();
    await page.getByRole('button', { name: 'Close' }).click();
  }

  const hide = (page: Page, isHidden = true) =>
    page.evaluate(`window.isHidden = ${isHidden}; document.dispatchEvent(new Event('visibilitychange'))`);

  it('ask for leave when the operator switches them on, and never by themselves', async () => {
    const { page, asked, conversations, shown } = await openInbox();
    await hide(page);
    await conversations.open({ actorId: 'c-2', message: 'Hello' });
    await hide(page, false);
    await page.locator('.filter-needs-reply', { hasText: '2' }).waitFor();
    assert.deepEqual([await asked(), await shown()], [0, []]);
    await switchOn(page);
    assert.equal(await asked(), 1);
  });

  it('stay off where the operator has refused them', async () => {
    const { page } = await openInbox('denied');
    await page.locator('[data-help]').click();
    const box = page.getByLabel('Notify me when customers wait');
    await box.click();
    await eventually(async () => assert.equal(await box.isChecked(), false));
  });

  it('come for a new customer and for another message of one who waits, while the page is hidden, without words of theirs', async () => {
    const { page, conversations, id, shown } = await openInbox();
    await switchOn(page);
    await hide(page);
    await conversations.open({ actorId: 'c-2', subject: 'Secret subject', message: 'Secret words' });
    await eventually(async () => assert.equal((await shown()).length, 1));
    await conversations.receive(id, { content: 'More secret words' });
    await eventually(async () => assert.equal((await shown()).length, 2));
    const [first] = await shown();
    assert.equal(first?.title, '2 customers wait for an answer');
    assert.doesNotMatch(JSON.stringify(await shown()), /secret/i);
  });

  it('do not come while the page is in view, nor for what the team does', async () => {
    const { page, conversations, id, shown } = await openInbox();
    await switchOn(page);
    await conversations.receive(id, { content: 'In view' });
    await page.locator('.row-preview', { hasText: 'In view' }).waitFor();
    await hide(page);
    await conversations.note(id, { content: 'Between us', actor: operator });
    await conversations.reply(id, { content: 'Answered', actor: operator });
    await page.locator('.filter-needs-reply .zero').waitFor({ state: 'attached' });
    assert.deepEqual(await shown(), []);
  });
});

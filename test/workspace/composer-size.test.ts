import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

const windows = {
  '1280x720': { width: 1280, height: 720 },
  '1280x720 at 200 % zoom': { width: 640, height: 360 },
  '360x640': { width: 360, height: 640 },
};

const lines = (count: number) => Array.from({ length: count }, (_, index) => `Line ${index + 1} of many`).join('\n');

describe('the dock below the messages', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread(withDraft: boolean) {
    const host = await startHost({}, { worker: false });
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: lines(30) });
    if (withDraft) await drafts.propose(id, { type: 'reply', content: lines(100) });
    const workspace = await serve(host);
    return { host, id, workspace, page: await open(workspace, `/c/${id}`) };
  }

  interface Place {
    height: number;
    inView: boolean;
  }

  /** Where something stands, and whether all of it is on screen and nothing lies above it. */
  const placeOf = (page: Page, selector: string): Promise<Place> =>
    page.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      const { top, bottom, left, right, height } = element.getBoundingClientRect();
      const isShown = [top + 3, bottom - 3].every((y) => {
        const above = document.elementFromPoint((left + right) / 2, y);
        return above === element || element.contains(above);
      });
      return { height, inView: isShown && top >= 0 && left >= 0 && right <= innerWidth && bottom <= innerHeight };
    })()`);

  const cases: [string, { reply: boolean; draft: boolean }][] = [
    ['a reply of 200 lines', { reply: true, draft: false }],
    ['a draft of 100 lines', { reply: false, draft: true }],
    ['a reply of 200 lines and a draft of 100', { reply: true, draft: true }],
  ];

  for (const [what, { reply, draft }] of cases) {
    it(`keeps the button that sends in view and the thread readable with ${what}, at every size`, async () => {
      const { page } = await openThread(draft);
      if (reply) await page.locator('#content').fill(lines(200));
      for (const [name, size] of Object.entries(windows)) {
        await page.setViewportSize(size);
        // With a draft and nothing written, the composer is one line and approving is what stands out.
        const send = await placeOf(page, draft && !reply ? '.draft .button-primary' : '.composer-send');
        const thread = await placeOf(page, '#scroll');
        const text = await placeOf(page, '#content');
        const drafted = draft ? await placeOf(page, '#drafts') : null;
        const found = JSON.stringify({ name, send, thread, text, drafted });
        assert.ok(send.inView, found);
        assert.ok(thread.height >= 88, found);
        assert.ok(text.height >= 30, found);
        if (drafted) assert.ok(drafted.height >= 60, found);
      }
    });
  }

  for (const [name, size] of Object.entries({ ...windows, '360x480': { width: 360, height: 480 } }))
    it(`leaves room to see and edit whose it is, its priority, tags and snooze: ${name}`, async () => {
      const { page, host, id } = await openThread(true);
      await page.setViewportSize(size);
      const shown = async (selector: string) => {
        const place = await placeOf(page, selector);
        assert.ok(place.height > 0 && place.inView, `${selector} ${JSON.stringify(place)}`);
      };
      await shown('.thread-customer');
      for (const editor of ['owner', 'priority', 'tags', 'snooze']) {
        const summary = page.locator(`#edit-${editor} > summary`);
        await shown(`#edit-${editor} > summary`);
        await summary.click();
        await shown(`#edit-${editor} > .edit-panel`);
        await summary.click();
      }
      await page.waitForTimeout(1000);
      await page.keyboard.press('t');
      await page.locator('#add-tags:focus').waitFor();
      await shown('#add-tags');
      await page.keyboard.type('billing');
      await page.keyboard.press('Enter');
      await eventually(async () => assert.deepEqual((await host.cairnloop.conversations.get(id)).tags, ['billing']));
      await page.keyboard.press('Escape');
      await host.cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-2' } });
      await page.locator('.thread-facts .status-resolved').waitFor();
      await shown('.thread-facts .status-resolved');
    });

  it('brings every button of a long draft into view by its own scrolling, in a small window', async () => {
    const { page } = await openThread(true);
    await page.setViewportSize(windows['1280x720 at 200 % zoom']);
    const approve = page.getByRole('button', { name: 'Approve & send' });
    await approve.scrollIntoViewIfNeeded();
    assert.ok((await placeOf(page, '.draft .button-primary')).inView);
    await page.locator('#content').focus();
    assert.ok((await placeOf(page, '.composer-send')).inView);
  });

  it('shows a draft again once Escape has left the empty composer, in a small window', async () => {
    const { page } = await openThread(true);
    await page.setViewportSize(windows['1280x720 at 200 % zoom']);
    await page.locator('#content').focus();
    await page.locator('.composer-open').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.composer-open').waitFor({ state: 'detached' });
    assert.ok(await page.evaluate(showsDraft));
  });

  it('OA3 sends no draft of which nothing was on screen: its text is brought into view first', async () => {
    const { page, host, id } = await openThread(false);
    await page.setViewportSize(windows['1280x720 at 200 % zoom']);
    await page.locator('#content').fill('A first answer');
    await page.locator('#content').press('Control+Enter');
    await page.locator('#notice').getByText('Reply sent.').waitFor();
    await host.cairnloop.drafts.propose(id, { type: 'reply', content: lines(100) });
    await page.locator('.draft').waitFor();
    await page.waitForTimeout(1600);
    assert.ok(!(await page.evaluate(showsDraft)), 'the notice is to leave no room for the draft');
    const approve = () => page.evaluate(`document.querySelector('[data-key="a"]').click()`);
    await approve();
    await page.locator('#announcer').getByText('This draft was not on screen.').waitFor({ state: 'attached' });
    assert.ok(await page.evaluate(showsDraft));
    assert.equal((await host.cairnloop.drafts.listForConversation(id))[0]?.status, 'pending');
    await approve();
    await page.locator('#notice').getByText('Draft approved and sent.').waitFor();
  });

  it('keeps the button that sends an edited draft in view', async () => {
    const { page, host, id, workspace } = await openThread(true);
    const [draft] = await host.cairnloop.drafts.listForConversation(id);
    await page.goto(workspace.url(`/c/${id}?edit=${draft?.id}`));
    for (const size of Object.values(windows)) {
      await page.setViewportSize(size);
      const place = await placeOf(page, '.composer-edit .button-primary');
      assert.ok(place.inView, JSON.stringify({ size, place }));
    }
  });

  it('keeps both in view with a notice, and with a colleague’s note above', async () => {
    const { page, host, id } = await openThread(true);
    await page.locator('#content').fill(lines(200));
    await host.cairnloop.conversations.note(id, { content: 'Wait for the lawyer', actor: { id: 'op-2' } });
    await page.locator('#notice .notice').waitFor();
    for (const size of Object.values(windows)) {
      await page.setViewportSize(size);
      const send = await placeOf(page, '.composer-send');
      const thread = await placeOf(page, '#scroll');
      assert.ok(send.inView && thread.height >= 60, JSON.stringify({ size, send, thread }));
    }
  });
});

/** Whether a line of the draft can be seen. */
const showsDraft = `(() => {
  const body = document.querySelector('.draft-body');
  const { left, top, bottom } = body.getBoundingClientRect();
  for (let y = top + 4; y < bottom; y += 4) if (body.contains(document.elementFromPoint(left + 10, y))) return true;
  return false;
})()`;

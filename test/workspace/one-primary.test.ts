import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { recordingNotifier } from '../support/recording-notifier.js';
import { useHosts } from '../support/started-host.js';
import { filledButtons } from './filled-buttons.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('a thread has one filled button at a time', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  /** A conversation in which nothing but the composer waits for the operator. */
  async function openThread() {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const workspace = await serve(host);
    const propose = (content: string) => drafts.propose(id, { type: 'reply', content });
    return { ...host, id, workspace, propose };
  }

  const withScript = { reducedMotion: 'reduce' } as const;
  const withoutScript = { ...withScript, javaScriptEnabled: false };

  it('without JavaScript: Send, Approve while a draft waits, and Send again once something is written', async () => {
    const { id, workspace, propose } = await openThread();
    const path = `/c/${id}`;
    const page = await open(workspace, path, withoutScript);
    assert.deepEqual(await filledButtons(page), ['Send reply']);
    await propose('Soon');
    await page.reload();
    assert.deepEqual(await filledButtons(page), ['Approve & send']);
    await page.locator('#content').fill('Mine');
    assert.deepEqual(await filledButtons(page), ['Send reply']);
  });

  it('with JavaScript: the same, also with text that comes back with the page', async () => {
    const { id, workspace, propose } = await openThread();
    await propose('Soon');
    const page = await open(workspace, `/c/${id}`, withScript);
    assert.deepEqual(await filledButtons(page), ['Approve & send']);
    await page.locator('#content').fill('Mine');
    assert.deepEqual(await filledButtons(page), ['Send reply']);
    await page.reload();
    await page.locator('html.scripted').waitFor();
    assert.equal(await page.locator('#content').inputValue(), 'Mine');
    assert.deepEqual(await filledButtons(page), ['Send reply']);
  });

  for (const [script, options] of Object.entries({ with: withScript, without: withoutScript }))
    it(`${script} JavaScript, with further suggestions unfolded, and while a draft is edited`, async () => {
      const { id, workspace, propose } = await openThread();
      await propose('An older one');
      const draft = await propose('The newest');
      const page = await open(workspace, `/c/${id}`, options);
      await page.locator('#more-drafts summary').click();
      assert.equal(await page.getByRole('button', { name: 'Approve & send' }).count(), 2);
      assert.deepEqual(await filledButtons(page), ['Approve & send']);
      assert.equal(await page.locator('#more-drafts .button-primary').count(), 0);
      await page.goto(workspace.url(`/c/${id}?edit=${draft.id}`));
      await page.locator('#more-drafts summary').click();
      assert.deepEqual(await filledButtons(page), ['Send edited reply']);
    });

  for (const [script, options] of Object.entries({ with: withScript, without: withoutScript }))
    it(`${script} JavaScript, with the question of “Send now…” open beside the composer or a draft`, async () => {
      const { id, workspace, propose, cairnloop } = await openThread();
      for (const content of ['In an hour', 'In an hour, too'])
        await cairnloop.outbound.trigger(id, { templateId: 't', content, scheduleInSeconds: 3600 });
      const page = await open(workspace, `/c/${id}`, options);
      const questions = page.locator('.send-now > summary');
      await questions.first().click();
      const confirm = (await filledButtons(page)).join();
      assert.notEqual(confirm, 'Send reply');
      assert.equal((await filledButtons(page)).length, 1, confirm);
      await questions.last().click();
      assert.deepEqual(await filledButtons(page), [confirm], 'one question at a time');
      await propose('Soon');
      if (options === withoutScript) await page.reload();
      await page.getByRole('button', { name: 'Approve & send' }).waitFor();
      if (options === withoutScript) await questions.first().click();
      assert.deepEqual(await filledButtons(page), [confirm]);
      await page.locator('#content').fill('Mine');
      assert.deepEqual(await filledButtons(page), ['Send reply']);
      await page.locator('#content').fill('');
      await page.keyboard.press('Escape');
      await questions.and(page.locator('details[open] > summary')).click();
      assert.deepEqual(await filledButtons(page), ['Approve & send']);
    });

  it('and green is for what acts: no state, rating or notice has it', async () => {
    const { id, workspace, cairnloop } = await openThread();
    const { conversations, outbound, worker } = cairnloop;
    await outbound.trigger(id, { templateId: 't', content: 'A follow-up' });
    await conversations.submitCsat(id, 'positive');
    await worker.start();
    const page = await open(workspace, `/c/${id}`, withScript);
    await page.locator('.outbound-sent').waitFor();
    await page.locator('#content').fill('Mine');
    await page.locator('#content').press('Control+Enter');
    await page.locator('.notice-done').waitFor();
    await page.locator('#messages').evaluate((list) => list.querySelector('li')?.classList.add('unread-line'));
    assert.deepEqual(await greenBesideControls(page), []);
  });
});

/** What is green and no control: a link, a button, a field, a choice. The mark of the product and marked additions are left out. */
function greenBesideControls(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const probe = document.createElement('span');
    document.body.append(probe);
    const greens = new Set(['accent', 'accent-fill', 'accent-soft', 'accent-line'].map((name) => {
      probe.style.color = 'var(--cl-' + name + ')';
      return getComputedStyle(probe).color;
    }));
    probe.remove();
    return [...document.querySelectorAll('body *')]
      .filter((one) => one.checkVisibility() && !one.closest('a, button, summary, label, input, textarea, .composer, .mark, ins'))
      .filter((one) => ['color', 'backgroundColor'].some((name) => greens.has(getComputedStyle(one)[name])))
      .map((one) => one.tagName + '.' + one.getAttribute('class'));
  })()`);
}

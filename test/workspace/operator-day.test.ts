import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { ok } from '../../src/contracts/result.js';
import type { SlaPolicy } from '../../src/contracts/sla-policy-provider.js';
import { openPage, type WatchedPage } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { policies, type StartedHost, useHosts } from '../support/started-host.js';
import { type ServedWorkspace, useWorkspaces } from './served-workspace.js';

describe('an operator’s day in a real browser', () => {
  // Before their host: a page that looks for news while its database goes would complain.
  const opened: WatchedPage[] = [];
  afterEach(async () => {
    for (const { context, complaints } of opened.splice(0)) {
      await context.close();
      assert.deepEqual(complaints, [], 'nothing was refused, reported or failed in the page');
    }
  });
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  interface Day extends StartedHost {
    workspace: ServedWorkspace;
    page: Page;
    /** A conversation that a customer waits in. */
    open(subject: string): Promise<string>;
    /** The roles and texts of a conversation, without lines of the system. */
    said(id: string): Promise<string[]>;
  }

  /** A host with everything configured, its worker running, and an operator in front of it. */
  async function startDay(options: { javaScriptEnabled?: boolean } = {}): Promise<Day> {
    let bounces = true;
    const { notifier } = recordingNotifier(({ message }) => {
      if (message?.content.includes('bounce') && bounces) {
        bounces = false;
        throw new Error('550 mailbox unavailable');
      }
      return undefined;
    });
    const provider = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });
    provider.setPolicy = ((priority: string, terms: Partial<SlaPolicy>) => {
      provider.active = provider.active.map((one) => (one.priority === priority ? { ...one, ...terms } : one));
      return ok(provider.active[0]);
    }) as never;
    const host = await startHost({
      notifier,
      slaPolicyProvider: provider,
      contextProvider: { getContext: (id) => ok({ 'User Details': { name: 'Zoë Brontë', id } }) },
      automationPolicy: { decide: ({ summary }) => (summary === 'prepared' ? 'draft_only' : 'require_approval') },
      worker: { maxAttempts: 1 },
    });
    const workspace = await serve(host);
    const watched = await openPage(workspace.origin, options);
    opened.push(watched);
    const { cairnloop } = host;
    return {
      ...host,
      workspace,
      page: watched.page,
      open: async (subject) =>
        (await cairnloop.conversations.open({ actorId: 'cust-1', subject, message: 'It fails' })).id,
      said: async (id) => {
        const messages = (await cairnloop.conversations.get(id)).messages ?? [];
        return messages.filter(({ role }) => role !== 'system').map(({ role, content }) => `${role}: ${content}`);
      },
    };
  }

  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  const told = (page: Page, text: string) => page.locator('#notice').getByText(text).waitFor();
  /** What has just appeared on an open page can be acted on once it can have been read. */
  const read = async (page: Page, text: string) => {
    await page.locator('.draft', { hasText: text }).waitFor();
    await page.waitForTimeout(1600);
  };

  it('by mouse: open, read, reply, note, approve, edit, discard, use, resolve, reopen', async () => {
    const { page, workspace, cairnloop, open, said } = await startDay();
    const id = await open('Cannot export');
    await page.goto(workspace.url('/'));
    await page.getByRole('link', { name: /Cannot export/ }).click();
    await heading(page, 'Cannot export');
    await page.locator('#context').getByText('Zoë Brontë').waitFor();

    await page.getByRole('textbox', { name: 'Message' }).fill('Which browser?');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await told(page, 'Reply sent.');
    assert.equal(await page.getByRole('textbox', { name: 'Message' }).inputValue(), '');

    await page.getByText('Internal note', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('Known bug');
    await page.getByRole('button', { name: 'Add note' }).click();
    await told(page, 'Note added.');

    await cairnloop.drafts.propose(id, { type: 'reply', content: 'Use Firefox' });
    await read(page, 'Use Firefox');
    await page.getByRole('button', { name: 'Approve & send' }).click();
    await told(page, 'Draft approved and sent.');

    await cairnloop.drafts.propose(id, { type: 'reply', content: 'It is fixed within the hour' });
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Your version' }).fill('It is fixed today');
    await page.locator('ins', { hasText: 'today' }).waitFor();
    await page.getByRole('button', { name: 'Send edited reply' }).click();
    await told(page, 'Edited reply sent.');
    await page.getByText('What was changed').click();
    await page.locator('.edited del', { hasText: 'within the hour' }).waitFor();

    await cairnloop.drafts.propose(id, { type: 'reply', content: 'Nonsense' });
    await read(page, 'Nonsense');
    await page.getByRole('button', { name: 'Discard' }).click();
    await told(page, 'Draft discarded.');
    assert.equal(await page.getByText('Nonsense').count(), 0);

    await cairnloop.drafts.propose(id, { type: 'reply', content: 'Prepared words', summary: 'prepared' });
    await page.getByText('Prepared drafts (1)').click();
    await page.getByRole('link', { name: 'Use in composer' }).click();
    await page.getByRole('button', { name: 'Send reply' }).click();
    await told(page, 'Reply sent.');

    await page.getByRole('button', { name: 'Resolve' }).click();
    await told(page, 'Conversation resolved.');
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    await cairnloop.conversations.receive(id, { content: 'It fails again' });
    await page.getByText('It fails again').first().waitFor();
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    assert.deepEqual(await said(id), [
      'customer: It fails',
      'operator: Which browser?',
      'internal_note: Known bug',
      'operator: Use Firefox',
      'operator: It is fixed today',
      'operator: Prepared words',
      'customer: It fails again',
    ]);
  });

  it('by mouse: follow up, bulk send with preview, retry a discarded delivery, edit a policy', async () => {
    const { page, workspace, open, said, cairnloop } = await startDay();
    const ids = [await open('First'), await open('Second'), await open('Third')];
    await page.goto(workspace.url(`/c/${ids[0]}`));
    await page.getByText('Follow-up', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('This will bounce once');
    await page.getByRole('button', { name: 'Send follow-up' }).click();
    await told(page, 'Follow-up written');
    await page.getByText('550 mailbox unavailable').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.locator('.outbound-sent').waitFor();

    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('link', { name: 'Select' }).click();
    await page.getByRole('checkbox', { name: 'Select First' }).check();
    await page.getByRole('checkbox', { name: 'Select Third' }).check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Send follow-up' }).click();
    await page.getByLabel('The exact text that each customer gets').fill('We have news');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('region', { name: 'The text as it will be delivered' }).getByText('We have news').waitFor();
    await page.getByRole('button', { name: 'Send to 2 conversations' }).click();
    await page.getByText('2 of 2 conversations accepted').waitFor();
    assert.equal((await said(ids[2] ?? '')).at(-1), 'outbound: We have news');
    assert.equal((await said(ids[1] ?? '')).length, 1);

    await page.getByRole('link', { name: 'SLA' }).click();
    await page.getByLabel('Reply due after').fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await told(page, 'Policy saved.');
    assert.equal((await cairnloop.sla.activePolicies())[0]?.responseMinutes, 30);
  });

  it('by mouse: a discarded delivery is retried from the list of deliveries', async () => {
    const { page, workspace, cairnloop, open } = await startDay();
    const id = await open('Bouncing');
    await cairnloop.outbound.trigger(id, { templateId: 't', content: 'bounce', actor: { id: 'op-1' } });
    await eventually(async () =>
      assert.equal((await cairnloop.deliveries.list({ state: 'discarded' })).items.length, 1),
    );
    await page.goto(workspace.url('/deliveries?state=discarded'));
    await page.getByRole('button', { name: 'Retry' }).click();
    await told(page, 'The delivery is tried again.');
    await eventually(async () => {
      const messages = (await cairnloop.conversations.get(id)).messages ?? [];
      assert.equal(messages.find(({ role }) => role === 'outbound')?.status, 'sent');
    });
  });

  it('by keyboard only', async () => {
    const { page, workspace, cairnloop, open, said } = await startDay();
    const id = await open('Lower');
    const first = await open('Upper');
    await page.goto(workspace.url('/'));
    await page.locator('html.scripted').waitFor();
    const keys = page.keyboard;

    await keys.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await keys.press('Escape');
    await keys.press('j');
    await keys.press('j');
    await keys.press('k');
    await keys.press('j');
    await keys.press('Enter');
    const subject = await page.getByRole('heading', { level: 1 }).textContent();
    assert.ok(subject === 'Lower' || subject === 'Upper');
    const current = subject === 'Lower' ? id : first;
    await page.locator('html.scripted').waitFor();

    await keys.press('r');
    await keys.type('Typed reply');
    await keys.press('Control+Enter');
    await told(page, 'Reply sent.');
    await keys.press('Escape');
    await keys.press('n');
    await keys.type('Typed note');
    await keys.press('Control+Enter');
    await told(page, 'Note added.');
    await keys.press('Escape');

    await cairnloop.drafts.propose(current, { type: 'reply', content: 'Drafted reply' });
    await read(page, 'Drafted reply');
    await keys.press('a');
    await told(page, 'Approve & send?');
    await page.waitForTimeout(1000);
    await keys.press('Enter');
    await told(page, 'Draft approved and sent.');

    await cairnloop.drafts.propose(current, { type: 'reply', content: 'Second draft' });
    await page.getByRole('link', { name: 'Edit' }).waitFor();
    await tabTo(page, 'Edit');
    await keys.press('Enter');
    await page.locator('#content:focus').waitFor();
    await page.locator('html.scripted').waitFor();
    await keys.press('Control+A');
    await keys.type('Second, edited');
    await keys.press('Control+Enter');
    await told(page, 'Edited reply sent.');
    await keys.press('Escape');

    // Acting keys do nothing on a page that has only just opened.
    await page.waitForTimeout(1000);
    await keys.press('e');
    await page.waitForTimeout(1000);
    await keys.press('Enter');
    await told(page, 'Conversation resolved.');
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    await keys.press('e');
    await told(page, 'Reopen?');
    await page.waitForTimeout(1000);
    await keys.press('Enter');
    await told(page, 'Conversation reopened.');
    assert.deepEqual(await said(current), [
      'customer: It fails',
      'operator: Typed reply',
      'internal_note: Typed note',
      'operator: Drafted reply',
      'operator: Second, edited',
    ]);

    await keys.press('/');
    await keys.type('upper');
    await keys.press('Enter');
    await page.getByText('Results for').waitFor();
    assert.equal(await page.locator('.row').count(), 1);
    await page.locator('html.scripted').waitFor();
    await keys.press('Control+K');
    await page.locator('.search input:focus').waitFor();
  });

  /** Presses Tab until what has the focus is called so, as someone without a mouse would. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      if (
        (
          await page
            .locator(':focus')
            .textContent()
            .catch(() => '')
        )?.trim() === name
      )
        return;
    }
    assert.fail(`"${name}" cannot be reached with Tab`);
  }

  it('without JavaScript, by plain forms and links', async () => {
    const { page, workspace, cairnloop, open, said } = await startDay({ javaScriptEnabled: false });
    const id = await open('Plain');
    const other = await open('Other');
    await page.goto(workspace.url('/'));
    await page.getByRole('link', { name: /Plain/ }).click();
    await heading(page, 'Plain');
    await page.locator('#context').getByText('Zoë Brontë').waitFor();
    await page.getByRole('textbox', { name: 'Message' }).fill('A plain reply');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await told(page, 'Reply sent.');
    await page.getByText('Internal note', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('A plain note');
    await page.getByRole('button', { name: 'Add note' }).click();
    await told(page, 'Note added.');

    await cairnloop.drafts.propose(id, { type: 'reply', content: 'Soon' });
    await page.reload();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Your version' }).fill('Today');
    await page.getByRole('button', { name: 'Show changes' }).click();
    await page.locator('ins', { hasText: 'Today' }).waitFor();
    await page.getByRole('button', { name: 'Send edited reply' }).click();
    await told(page, 'Edited reply sent.');

    await cairnloop.drafts.propose(id, { type: 'reply', content: 'Prepared', summary: 'prepared' });
    await page.reload();
    await page.getByText('Prepared drafts (1)').click();
    await page.getByRole('link', { name: 'Use in composer' }).click();
    await page.getByRole('button', { name: 'Send reply' }).click();
    await told(page, 'Reply sent.');

    await page.getByRole('button', { name: 'Resolve' }).click();
    await told(page, 'Conversation resolved.');
    await page.getByRole('button', { name: 'Reopen' }).click();
    await told(page, 'Conversation reopened.');

    await page.goto(workspace.url('/?select=1'));
    await page.getByRole('checkbox', { name: 'Select Plain' }).check();
    await page.getByRole('checkbox', { name: 'Select Other' }).check();
    await page.getByRole('button', { name: 'Send follow-up' }).click();
    await page.getByLabel('The exact text that each customer gets').fill('Plain news');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('button', { name: 'Send to 2 conversations' }).click();
    await page.getByText('2 of 2 conversations accepted').waitFor();
    assert.equal((await said(other)).at(-1), 'outbound: Plain news');

    await page.getByRole('button', { name: /Colours: follows the system/ }).click();
    await page.locator('html[data-theme="light"]').waitFor();
    assert.deepEqual(await said(id), [
      'customer: It fails',
      'operator: A plain reply',
      'internal_note: A plain note',
      'operator: Today',
      'operator: Prepared',
      'outbound: Plain news',
    ]);
  });

  it('typed text is kept if somebody else was faster, with a message', async () => {
    const { page, workspace, cairnloop, open } = await startDay();
    const id = await open('Contested');
    const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: 'Contested draft' });
    await page.goto(workspace.url(`/c/${id}?edit=${draft.id}`));
    await page.getByRole('textbox', { name: 'Your version' }).fill('My careful words');
    await cairnloop.drafts.approve(draft.id, { actor: { id: 'op-2', name: 'Grace' } });
    await page.locator('#notice').getByText('This draft was decided on meanwhile.').waitFor();
    await page.getByRole('button', { name: 'Send edited reply' }).click();
    await page.locator('#notice').getByText('The draft is approved').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Message' }).inputValue(), 'My careful words');
  });

  it('a reply is held back if a new message arrived out of view, and sent once that was read', async () => {
    const { page, workspace, cairnloop, open, said } = await startDay();
    const id = await open('Busy');
    const long = Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n');
    await cairnloop.conversations.receive(id, { content: long });
    await page.goto(workspace.url(`/c/${id}`));
    await page.locator('html.scripted').waitFor();
    await page.locator('#scroll').evaluate((box) => box.scrollTo({ top: -600 }));
    await page.getByRole('textbox', { name: 'Message' }).fill('An answer to the old one');
    await cairnloop.conversations.receive(id, { content: 'Never mind' });
    await page.getByText('1 new message', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Send reply' }).click();
    await told(page, '1 new message since you opened this conversation.');
    assert.equal(await page.getByRole('textbox', { name: 'Message' }).inputValue(), 'An answer to the old one');
    await page.waitForTimeout(600);
    await page.getByRole('button', { name: 'Send reply' }).click();
    await told(page, 'Reply sent.');
    assert.equal((await said(id)).at(-1), 'operator: An answer to the old one');
  });
});

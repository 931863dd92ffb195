import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

const colleague = { id: 'op-2', name: 'Grace' };

/** Longer than the rest that acting keys need, and than a question takes to be read. */
const rest = (page: Page) => page.waitForTimeout(1000);

describe('the question of a key while the page is brought up to date', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function start({ takeBackSeconds = 0 } = {}) {
    const host = await startHost(
      {
        automationPolicy: { decide: ({ summary }) => (summary === 'prepared' ? 'draft_only' : 'require_approval') },
      },
      { worker: false },
    );
    const workspace = await serve(host, { takeBackSeconds });
    return { ...host, workspace, page: await open(workspace, '/') };
  }

  /** A conversation of its own, with a draft, on the page that is there. */
  async function showThread({ cairnloop, workspace, page }: Awaited<ReturnType<typeof start>>) {
    const { conversations, drafts } = cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const propose = (content: string, summary = 'why') =>
      drafts.propose(id, { type: 'reply', content, summary, evidence: [{ source: 'Handbook' }] });
    const draft = await propose('Drafted reply');
    await page.goto(workspace.url(`/c/${id}`));
    await page.locator('html.scripted #composer').waitFor();
    const notice = page.locator('#notice');
    /** What the answers to questions have caused. */
    const done = async () => {
      const { status, messages = [] } = await conversations.get(id);
      const sent = messages.filter(({ role, author }) => role === 'operator' && author?.id === operator.id).length;
      const [first] = (await drafts.listForConversation(id)).filter((one) => one.id === draft.id);
      return { status, sent, draft: first?.status };
    };
    const ask = async (key: string, words: string) => {
      await rest(page);
      await page.keyboard.press(key);
      await notice.getByText(words).waitFor();
    };
    return { cairnloop, id, draft, propose, page, notice, done, ask };
  }

  type Thread = Awaited<ReturnType<typeof showThread>>;
  interface Change {
    make(thread: Thread): Promise<unknown>;
    /** What shows that the page has heard of it. */
    shows: string;
  }

  /** Changes of which no question is about. */
  const beside: Record<string, Change> = {
    'a new priority': {
      make: ({ cairnloop, id }) => cairnloop.conversations.update(id, { priority: 'urgent', actor: colleague }),
      shows: '#edit-priority summary .priority-urgent',
    },
    'a new tag': {
      make: ({ cairnloop, id }) => cairnloop.conversations.update(id, { addTags: ['billing'], actor: colleague }),
      shows: '#thread-head a >> text=billing',
    },
    'a prepared draft': {
      make: ({ propose }) => propose('Prepared', 'prepared'),
      shows: '#drafts >> text=Prepared drafts (1)',
    },
  };

  const answers = {
    e: { words: 'Resolve?', told: 'Conversation resolved.' },
    a: { words: 'Approve & send?', told: 'Draft approved and sent.' },
    d: { words: 'Discard?', told: 'Draft discarded.' },
  };

  for (const [key, { words, told }] of Object.entries(answers))
    it(`${key}: changes beside it leave it, also where they renew its button, and Enter answers it`, async () => {
      const thread = await showThread(await start());
      const { page, notice, ask } = thread;
      // Notices that have been read make room with an update; this is none.
      await page.evaluate('{ const now = Date.now; Date.now = () => now() + 10_000; }');
      await page.locator(`[data-key="${key}"]`).focus();
      for (const { make, shows } of Object.values(beside)) {
        await ask(key, words);
        await make(thread);
        await page.locator(shows).waitFor();
        assert.equal(await notice.getByText(words).count(), 1);
        assert.equal(await page.locator('.armed').count(), 1);
        if (shows !== Object.values(beside).at(-1)?.shows) await page.keyboard.press('Escape');
      }
      await page.keyboard.press('Control+Enter');
      await notice.getByText(told).waitFor();
    });

  it('it stays over the operator’s own reply that goes out meanwhile', async () => {
    const { page, notice, ask } = await showThread(await start({ takeBackSeconds: 4 }));
    await page.locator('#content').fill('Fixed');
    await page.locator('#content').press('Control+Enter');
    await page.locator('#pending').getByText('Fixed').waitFor();
    await page.keyboard.press('Escape');
    await ask('e', 'Resolve?');
    await page.locator('.message[data-own]', { hasText: 'Fixed' }).waitFor();
    assert.equal(await notice.getByText('Resolve?').count(), 1);
    await page.keyboard.press('Control+Enter');
    await page.locator('#pending').getByText('Resolving in').waitFor();
  });

  /** Changes of what a question is about, and the keys whose questions they end. */
  const about: Record<string, Change & { keys: (keyof typeof answers)[] }> = {
    'the customer writes': {
      make: ({ cairnloop, id }) => cairnloop.conversations.receive(id, { content: 'Wait, stop!' }),
      shows: '#messages >> text=Wait, stop!',
      keys: ['e', 'a', 'd'],
    },
    'a colleague replies': {
      make: ({ cairnloop, id }) => cairnloop.conversations.reply(id, { content: 'I took it', actor: colleague }),
      shows: '#messages >> text=I took it',
      keys: ['e', 'a', 'd'],
    },
    'a colleague leaves a note': {
      make: ({ cairnloop, id }) => cairnloop.conversations.note(id, { content: 'Ask legal', actor: colleague }),
      shows: '#messages >> text=Ask legal',
      keys: ['e', 'a'],
    },
    'a colleague resolves': {
      make: ({ cairnloop, id }) => cairnloop.conversations.resolve(id, { resolvedBy: colleague }),
      shows: '#thread-head >> text=Reopen',
      keys: ['e', 'a', 'd'],
    },
    'a newer draft comes': {
      make: ({ propose }) => propose('Second draft'),
      shows: '#newer-draft',
      keys: ['a', 'd'],
    },
    'a colleague discards the draft': {
      make: ({ cairnloop, draft }) => cairnloop.drafts.discard(draft.id, { actor: colleague }),
      shows: '#drafts:not(:has(.draft))',
      keys: ['a', 'd'],
    },
  };

  for (const key of ['e', 'a', 'd'] as const)
    it(`${key}: a change of what it is about drops it, and Enter does nothing`, async () => {
      const started = await start();
      for (const [what, { make, shows, keys }] of Object.entries(about)) {
        if (!keys.includes(key)) continue;
        const thread = await showThread(started);
        const { page, notice, done, ask } = thread;
        await ask(key, answers[key].words);
        await make(thread);
        await page.locator(shows).waitFor({ state: 'attached' });
        const before = await done();
        for (const answer of ['Control+Enter', 'Enter']) await page.keyboard.press(answer);
        assert.equal(await notice.getByText(answers[key].words).count(), 0, what);
        assert.equal(await page.locator('.armed').count(), 0, what);
        await page.waitForTimeout(300);
        assert.deepEqual(await done(), before, what);
      }
    });

  it('a warning that takes its place ends it, and stays', async () => {
    const { page, notice, done, ask } = await showThread(await start());
    let lose = () => {};
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    await page.route('**/compose', (route) => lost.then(() => route.abort('connectionreset')));
    await page.locator('#content').fill('Never arrives');
    await page.locator('#content').press('Control+Enter');
    await page.keyboard.press('Escape');
    await ask('e', 'Resolve?');
    lose();
    await notice.getByText('The server did not respond.').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(500);
    assert.equal((await done()).status, 'open');
    assert.equal(await page.locator('.armed').count(), 0);
    assert.equal(await notice.getByText('The server did not respond.').count(), 1);
  });
});

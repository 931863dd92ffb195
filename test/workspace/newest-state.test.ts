import { strict as assert } from 'node:assert';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';
import { hearNothing } from './silence-live-updates.js';
import { usePages } from './use-pages.js';

const minute = 60_000;
const terms = { priority: 'normal', responseMinutes: 30, breachMinutes: 120 };

describe('pages show the newest state', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread() {
    const host = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    await host.stopClock();
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const workspace = await serve(host);
    const page = async () => textOf((await workspace.get(`/c/${id}`)).text);
    return { ...host, id, workspace, page };
  }

  const reply = ({ cairnloop, id }: StartedHost & { id: string }) =>
    cairnloop.conversations.reply(id, { content: 'Fixed', actor: operator });
  const resolve = ({ cairnloop, id }: StartedHost & { id: string }) =>
    cairnloop.conversations.resolve(id, { resolvedBy: operator });

  describe('of a clock that has run out', () => {
    it('says that the customer waits until somebody answers', async () => {
      const thread = await openThread();
      await thread.advance(121 * minute);
      assert.match(await thread.page(), /Breached at [^;]*; the customer still waits\./);
      assert.match(await thread.page(), /SLA: Breached/);
    });

    it('says that the customer was answered, in the thread, the rail and the queue', async () => {
      const thread = await openThread();
      await thread.advance(121 * minute);
      await reply(thread);
      const text = await thread.page();
      assert.match(text, /Breached at [^;]*; the customer was answered since\./);
      assert.doesNotMatch(text, /still waits|SLA: Breached/);
      assert.equal(text.match(/SLA: Missed/g)?.length, 2);
    });

    it('says neither once it is resolved without an answer or reopened', async () => {
      const thread = await openThread();
      await thread.advance(121 * minute);
      await resolve(thread);
      assert.doesNotMatch(await thread.page(), /still waits|answered since/);
      await thread.cairnloop.conversations.reopen(thread.id, { actor: operator });
      assert.doesNotMatch(await thread.page(), /still waits|answered since/);
    });

    it('says so on an open page at once', async () => {
      const thread = await openThread();
      await thread.advance(121 * minute);
      const page = await open(thread.workspace, `/c/${thread.id}`);
      await page.locator('#rail').getByText('the customer still waits').waitFor();
      await reply(thread);
      await page.locator('#rail').getByText('the customer was answered since').waitFor();
      await page.locator('#thread-head').getByText('Missed').waitFor();
    });
  });

  it('removes the notice that a conversation was resolved when a colleague reopens it', async () => {
    const thread = await openThread();
    const page = await open(thread.workspace, `/c/${thread.id}`);
    await page.locator('#content').fill('Almost done');
    await resolve(thread);
    const told = page.locator('#notice').getByText('This conversation was resolved meanwhile.');
    await told.waitFor();
    await thread.cairnloop.conversations.reopen(thread.id, { actor: operator });
    await told.waitFor({ state: 'detached' });
  });

  describe('of the response target', () => {
    const chips = (text: string) =>
      [...text.matchAll(/SLA: (\w+(?: due)? in [\dhm]+(?: \d+m)?|Breached)/g)].map(([, chip]) => chip);

    it('names the nearer of answer and breach in the queue and in the thread’s head', async () => {
      const thread = await openThread();
      assert.deepEqual(chips(await thread.page()), ['Reply due in 30m', 'Reply due in 30m']);
      await thread.advance(25 * minute);
      assert.deepEqual(chips(await thread.page()), ['Reply due in 5m', 'Reply due in 5m']);
      assert.equal((await thread.workspace.get(`/c/${thread.id}`)).text.match(/chip clock clock-soon/g)?.length, 2);
      await thread.advance(6 * minute);
      assert.deepEqual(chips(await thread.page()), ['Breaches in 1h 29m', 'Breaches in 1h 29m']);
    });

    it('counts down on an open page, past the target and past the breach', async () => {
      const thread = await openThread();
      const page = await open(thread.workspace, `/c/${thread.id}`);
      const chip = page.locator('#thread-head .clock');
      await page.clock.install();
      // The browser's clock alone moves: an update would bring the server's time, and with it the first text.
      await hearNothing(page);
      await page.reload();
      assert.match((await chip.textContent()) ?? '', /Reply due in (?:30|29)m/);
      await page.clock.fastForward('31:00');
      assert.match((await chip.textContent()) ?? '', /Breaches in 1h (?:29|28)m/);
      assert.match((await chip.getAttribute('class')) ?? '', /clock-soon/);
      await page.clock.fastForward('01:31:00');
      assert.match((await chip.textContent()) ?? '', /Breached/);
    });
  });

  describe('of the age of a conversation', () => {
    const ages = (html: string) => [...html.matchAll(/data-age[^>]*>([^<]*)</g)].map(([, age]) => age);

    it('is that of its newest message: notes, tags, drafts and follow-ups do not change it', async () => {
      const thread = await openThread();
      const { cairnloop, id, workspace } = thread;
      await thread.advance(90 * minute);
      const shown = async () => ages((await workspace.get('/')).text);
      assert.deepEqual(await shown(), ['1h 30m']);
      await cairnloop.conversations.note(id, { content: 'A note', actor: operator });
      await cairnloop.conversations.update(id, { tags: ['vip'], actor: operator });
      const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: 'A draft' });
      await cairnloop.drafts.discard(draft.id, { actor: operator });
      assert.deepEqual(await shown(), ['1h 30m']);
      await cairnloop.conversations.receive(id, { content: 'Hello?' });
      assert.deepEqual(await shown(), ['0s']);
      await thread.advance(10 * minute);
      await reply(thread);
      await thread.advance(2 * minute);
      assert.deepEqual(await shown(), ['2m']);
    });

    it('decides the order: a note does not move a conversation ahead of a newer message', async () => {
      const host = await startHost({}, { worker: false });
      await host.stopClock();
      const { conversations, drafts } = host.cairnloop;
      const ids: string[] = [];
      for (const subject of ['Older', 'Newer']) {
        const { id } = await conversations.open({ subject, message: subject });
        await drafts.propose(id, { type: 'reply', content: 'A draft' });
        ids.push(id);
        await host.advance(minute);
      }
      await conversations.note(ids[0] ?? '', { content: 'A note', actor: operator });
      const { text } = await (await serve(host)).get('/?filter=needs-approval');
      assert.deepEqual(
        [...text.matchAll(/data-id="([^"]+)"/g)].map(([, id]) => id),
        ids.toReversed(),
      );
    });
  });
});

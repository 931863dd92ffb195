import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('an open page of a team', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function opened(count = 1) {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1)
      ids.push((await conversations.open({ actorId: 'c-1', subject: `No. ${made}`, message: 'It fails' })).id);
    const workspace = await serve(host);
    return { ...host, conversations, ids, id: ids[0] ?? '', workspace };
  }

  /** Longer than the rest that a key needs. */
  const rest = (page: Page) => page.waitForTimeout(1000);

  it('assigns and unassigns with m, and text typed outside of a field does neither', async () => {
    const { workspace, id, conversations } = await opened();
    const page = await open(workspace, `/c/${id}`);
    const owner = async () => (await conversations.get(id)).assignee?.id;
    await rest(page);
    await page.keyboard.type('my time to stop this', { delay: 60 });
    await rest(page);
    assert.equal(await owner(), undefined);
    assert.equal(await page.locator('details.edit[open]').count(), 0);
    await page.keyboard.press('m');
    await eventually(async () => assert.equal(await owner(), operator.id));
    await page.locator('#edit-owner summary', { hasText: 'Ada' }).waitFor();
    await rest(page);
    await page.keyboard.press('m');
    await eventually(async () => assert.equal(await owner(), undefined));
  });

  it('edits tags, priority and snooze by key', async () => {
    const { workspace, id, conversations } = await opened();
    const page = await open(workspace, `/c/${id}`);
    await rest(page);
    await page.keyboard.press('t');
    await page.locator('#add-tags:focus').waitFor();
    await page.keyboard.type('billing');
    await page.keyboard.press('Enter');
    await eventually(async () => assert.deepEqual((await conversations.get(id)).tags, ['billing']));
    await page.keyboard.press('Escape');
    await rest(page);
    await page.keyboard.press('u');
    await page.locator('.choice:focus', { hasText: 'normal' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await rest(page);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await conversations.get(id)).priority, 'high'));
    await page.keyboard.press('Escape');
    await rest(page);
    await page.keyboard.press('s');
    await page.locator('.choice:focus', { hasText: '1 hour' }).waitFor();
    await rest(page);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.ok((await conversations.get(id)).snoozedUntil, 'it is snoozed'));
  });

  it('gives, removes a tag, snoozes until a date and wakes by keyboard', async () => {
    const { workspace, id, conversations } = await opened();
    await workspace.get('/', { 'x-test-operator': 'Grace' });
    await conversations.update(id, { addTags: ['billing', 'vip'], actor: operator });
    const page = await open(workspace, `/c/${id}`, { timezoneId: 'America/New_York' });
    const now = () => conversations.get(id);
    const edit = async (key: string, editor: string) => {
      await page.keyboard.press('Escape');
      await rest(page);
      await page.keyboard.press(key);
      await page.locator(`#edit-${editor}[open]`).waitFor();
    };
    const until = `${new Date().getUTCFullYear() + 1}-01-15T09:30`;
    await edit('g', 'owner');
    await page.locator('#edit-owner .choice:focus', { hasText: 'Take it' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('#edit-owner .choice:focus', { hasText: 'Give to Grace' }).waitFor();
    await rest(page);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await now()).assignee?.id, 'Grace'));
    await edit('t', 'tags');
    await page.locator('#add-tags:focus').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.locator('#edit-tags [name="remove"][value="vip"]:focus').waitFor();
    await rest(page);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.deepEqual((await now()).tags, ['billing']));
    await edit('s', 'snooze');
    await page.locator('#snooze-until').fill(until);
    await page.locator('#snooze-until').press('Enter');
    // The field holds the operator's own time: winter in New York is five hours behind UTC.
    await eventually(async () =>
      assert.equal((await now()).snoozedUntil?.toISOString(), `${until.replace('T09', 'T14')}:00.000Z`),
    );
    await page.locator('#edit-snooze summary time').waitFor();
    await edit('s', 'snooze');
    await page.locator('#edit-snooze .choice:focus', { hasText: 'Put back into the queue now' }).waitFor();
    await rest(page);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await now()).snoozedUntil, null));
  });

  it('narrows the queue with v and Enter, shows what narrows it, and shows all again', async () => {
    const { workspace, ids, conversations } = await opened(3);
    const [id = '', other = ''] = ids;
    await conversations.update(id, { addTags: ['billing'], assignee: operator, actor: operator });
    await conversations.update(other, { addTags: ['billing'], actor: operator });
    const page = await open(workspace, '/');
    const rows = () =>
      page.locator('.row').evaluateAll((all: { dataset: { id: string } }[]) => all.map(({ dataset }) => dataset.id));
    await rest(page);
    await page.keyboard.press('v');
    await page.locator('#narrow-tag:focus').waitFor();
    await page.keyboard.type('billing');
    await page.locator('#narrow-owner').selectOption({ label: 'Me' });
    await page.locator('#narrow-tag').press('Enter');
    await page.waitForURL(workspace.url(`/?tag=billing&owner=${operator.id}`));
    assert.deepEqual(await rows(), [id]);
    await page.getByTitle('Show all owners').click();
    await page.waitForURL(workspace.url('/?tag=billing'));
    assert.deepEqual((await rows()).toSorted(), [id, other].toSorted());
    await page.getByTitle('Show all tags').click();
    await page.waitForURL(workspace.url('/'));
    assert.equal((await rows()).length, 3);
    assert.equal(await page.locator('.narrowed').count(), 0);
  });

  it('opens the customer’s newest other conversation with o', async () => {
    const { workspace, ids, id } = await opened(3);
    const page = await open(workspace, `/c/${id}`);
    await rest(page);
    await page.keyboard.press('o');
    await page.waitForURL(workspace.url(`/c/${ids[2]}`));
  });

  it('ticks a range with Shift and all with one box, and opens a page that asks', async () => {
    const { workspace, conversations, ids } = await opened(5);
    const page = await open(workspace, '/?select=1');
    const boxes = page.locator('#bulk input[name="id"]');
    await boxes.nth(1).click();
    await boxes.nth(3).click({ modifiers: ['Shift'] });
    await page.locator('#selected', { hasText: '3 selected' }).waitFor();
    await page.locator('#select-all').check();
    await page.locator('#selected', { hasText: '5 selected' }).waitFor();
    await page.locator('.bulk-bar').getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('heading', { name: 'Resolve 5 conversations?' }).waitFor();
    assert.equal(await conversations.count({ status: 'open' }), ids.length);
    await page.getByRole('button', { name: 'Resolve 5 conversations' }).click();
    await page.getByRole('heading', { name: 'Resolved 5 of 5 conversations' }).waitFor();
    assert.equal(await conversations.count({ status: 'open' }), 0);
  });

  it('ticks the marked conversation with x, from a queue that could not be ticked', async () => {
    const { workspace } = await opened(3);
    const page = await open(workspace, '/');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.locator('#selected', { hasText: '1 selected' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.locator('#selected', { hasText: '2 selected' }).waitFor();
  });

  it('ticks all from the last ticked conversation to the marked one with X', async () => {
    const { workspace } = await opened(5);
    const page = await open(workspace, '/?select=1');
    for (const key of ['j', 'x', 'j', 'j', 'Shift+X']) await page.keyboard.press(key);
    await page.locator('#selected', { hasText: '3 selected' }).waitFor();
    const ticked = page.locator('#bulk input[name="id"]');
    assert.deepEqual(await ticked.evaluateAll((boxes: { checked: boolean }[]) => boxes.map(({ checked }) => checked)), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('has a queue of adjustable width, by mouse and keys, and remembers it', async () => {
    const { workspace } = await opened();
    const page = await open(workspace, '/');
    const width = async () => Math.round((await page.locator('.queue').boundingBox())?.width ?? 0);
    const before = await width();
    await page.locator('#queue-sizer').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await width(), before + 20);
    await page.keyboard.press('End');
    assert.equal(await width(), 640);
    await page.reload();
    await page.locator('html.scripted').waitFor();
    assert.equal(await width(), 640);
    const edge = await page.locator('#queue-sizer').boundingBox();
    assert.ok(edge);
    const [x, y] = [edge.x + edge.width / 2, edge.y + 200];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 100, y, { steps: 5 });
    assert.equal(await width(), 540);
    await page.mouse.move(x - 220, y + 50, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(x, y, { steps: 5 });
    assert.equal(await width(), 420, 'released, it does not follow the mouse any more');
    await page.reload();
    await page.locator('html.scripted').waitFor();
    assert.equal(await width(), 420);
  });

  it('OA5 says once, while one writes, that a colleague changed owner, priority, tags or snooze, and holds nothing back', async () => {
    const { workspace, id, conversations } = await opened();
    const actor = { id: 'op-9', name: 'Grace' };
    const page = await open(workspace, `/c/${id}`);
    const notice = page.locator('#notice');
    await conversations.update(id, { assignee: actor, actor });
    await page.locator('#edit-owner > summary', { hasText: 'Grace' }).waitFor();
    assert.equal(await notice.textContent(), '', 'nobody writes');
    await page.locator('#content').pressSequentially('My ', { delay: 20 });
    await page.waitForTimeout(500);
    for (const [change, said] of [
      [() => conversations.update(id, { assignee: null, actor }), 'Owner: No owner.'],
      [() => conversations.update(id, { priority: 'high', actor }), 'Priority: high.'],
      [() => conversations.update(id, { addTags: ['billing'], actor }), 'Tags: billing.'],
      [() => conversations.snooze(id, { until: new Date(Date.now() + 3_600_000), actor }), 'Snooze: '],
    ] as const) {
      await change();
      await notice.locator('.notice-calm', { hasText: said }).waitFor();
    }
    await page.locator('#content').pressSequentially('answer', { delay: 20 });
    assert.equal(await notice.locator('.notice-calm').count(), 1, 'it stays until it was read');
    await page.locator('#content').press('Control+Enter');
    await eventually(async () => assert.equal((await conversations.get(id)).messages?.at(-1)?.content, 'My answer'));
    await page.locator('#content').pressSequentially('More', { delay: 20 });
    await rest(page);
    await page.locator('#edit-priority > summary').click();
    await page.getByRole('button', { name: 'urgent' }).click();
    await page.locator('#edit-priority > summary', { hasText: 'urgent' }).waitFor();
    await page.waitForTimeout(500);
    assert.equal(await notice.locator('.notice-calm').count(), 0, 'one’s own change is no news');
  });

  describe('with presence', () => {
    const grace = { extraHTTPHeaders: { 'x-test-operator': 'Grace' } };

    it('shows who reads and who writes, in thread and queue, and forgets them when their tab is closed', async () => {
      const { workspace, id, database } = await opened(2);
      const mine = await open(workspace, `/c/${id}`);
      const queue = await open(workspace, '/');
      const hers = await open(workspace, `/c/${id}`, grace);
      await mine.locator('#presence', { hasText: 'Grace reads this too' }).waitFor();
      await queue.locator(`.row[data-id="${id}"] [data-present*="Grace has it open"]`).waitFor();
      assert.equal(await queue.locator('.row [data-present]').count(), 1);
      await hers.locator('#content').pressSequentially('On it', { delay: 20 });
      await mine.locator('#presence', { hasText: 'Grace is writing' }).waitFor();
      await queue.locator(`.row[data-id="${id}"] [data-present*="Grace is writing"]`).waitFor();
      const { rows } = await database.query<{ count: number }>(
        `select count(*)::int from information_schema.tables where table_schema = 'cairnloop' and table_name like '%presence%'`,
      );
      assert.equal(rows[0]?.count, 0, 'nothing of it is stored');
      await hers.close();
      await mine.locator('#presence').waitFor({ state: 'hidden' });
      await queue.locator('.row [data-present]').waitFor({ state: 'detached' });
    });

    it('shows on a queue that is opened later who was there before it', async () => {
      const { workspace, id } = await opened(2);
      const hers = await open(workspace, `/c/${id}`, grace);
      const other = await open(workspace, `/c/${id}`);
      await other.locator('#presence', { hasText: 'Grace reads this too' }).waitFor();
      await other.waitForTimeout(1000);
      const queue = await open(workspace, '/');
      await queue.locator(`.row[data-id="${id}"] [data-present*="Grace has it open"]`).waitFor();
      await hers.close();
      await queue.locator('.row [data-present]').waitFor({ state: 'detached' });
    });

    it('keeps the lines of the queue where they are while colleagues come and write', async () => {
      const { workspace, ids, id } = await opened(3);
      const queue = await open(workspace, '/');
      const places = () =>
        queue.locator('.row').evaluateAll((rows) =>
          rows.map((row) => {
            const { top, height } = row.getBoundingClientRect();
            return [top, height];
          }),
        );
      const before = await places();
      assert.equal(before.length, ids.length);
      const hers = await open(workspace, `/c/${id}`, grace);
      await open(workspace, `/c/${ids[1]}`, grace);
      await hers.locator('#content').pressSequentially('On it', { delay: 20 });
      await queue.locator('.row [data-present*="Grace is writing"]').waitFor();
      assert.equal(await queue.locator('.row [data-present]').count(), 2);
      assert.deepEqual(await places(), before);
      for (const [, height] of before) assert.ok(height && height >= 50 && height <= 54, `${height} px`);
    });

    it('never counts the operator’s own pages', async () => {
      const { workspace, id } = await opened();
      const [first, second] = [await open(workspace, `/c/${id}`), await open(workspace, `/c/${id}`)];
      await open(workspace, `/c/${id}`, grace);
      await first.locator('#presence', { hasText: 'Grace' }).waitFor();
      await second.locator('#presence', { hasText: 'Grace' }).waitFor();
      assert.doesNotMatch((await first.locator('#presence').textContent()) ?? '', /Ada/);
    });
  });
});

import { strict as assert } from 'node:assert';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

/** What is done with a conversation, by its subject: the keys from opening it to having the next one open. */
const plan = {
  resolve: ['e', 'Enter'],
  approve: ['a', 'Enter', 'e', 'Enter'],
  answer: ['r', '/', 'Enter', 'Control+Shift+Enter'],
  snooze: ['s', 'Enter', 'j', 'Enter'],
} as const;

/** Thirty conversations, as a morning brings them. */
const shares: Record<keyof typeof plan, number> = { resolve: 12, approve: 8, answer: 6, snooze: 4 };

const kinds = Object.entries(shares).flatMap(([kind, count]) => Array(count).fill(kind) as (keyof typeof plan)[]);

const sum = (keysOf: (kind: keyof typeof plan) => number) => kinds.reduce((keys, kind) => keys + keysOf(kind), 0);

/** The first two open the first one. */
const wanted = 2 + sum((kind) => plan[kind].length);

const answer = 'Hello, it is fixed';

/**
 * The same work in the first edition, whose keys acted at once: j and Enter led on, e resolved and a approved without a
 * question, and after Ctrl+Enter the next key was a command again. It had no saved replies, so that an answer was typed,
 * and no snooze: such a conversation was only passed over, with j and Enter.
 */
const firstEdition = { resolve: 3, approve: 4, answer: 5 + answer.length, snooze: 2 };
const before = 2 + sum((kind) => firstEdition[kind]);

/** Without the letters of the answers, and without what the first edition could not do. */
const beforeAtLeast = before - shares.answer * answer.length - shares.snooze * firstEdition.snooze;
const wantedOfThese = wanted - shares.snooze * plan.snooze.length;

describe('a morning of conversations by keyboard', function () {
  this.timeout(10 * 60_000);
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it(`takes ${wanted} keys for ${kinds.length} conversations, of which the first edition took ${before}`, async () => {
    const host = await startHost({}, { worker: false });
    const { conversations, drafts } = host.cairnloop;
    const made = [];
    for (const [index, kind] of kinds.entries()) {
      const { id } = await conversations.open({ actorId: `c-${index}`, subject: `${kind} ${index}`, message: 'Hi' });
      if (kind === 'approve') await drafts.propose(id, { type: 'reply', content: 'Drafted' });
      made.push({ id, kind });
    }
    const repliesFolder = await mkdtemp(path.join(tmpdir(), 'cairnloop-replies-'));
    await writeFile(path.join(repliesFolder, 'fixed.md'), answer);
    const page = await open(await serve(host, { repliesFolder }), '/');
    await page.evaluate("localStorage.setItem('cairnloop:auto-advance', '1')");
    let keys = 0;
    const press = async (key: string) => {
      keys += 1;
      await page.keyboard.press(key);
    };
    await press('j');
    await press('Enter');
    for (let done = 0; done < kinds.length; done += 1) await handle(page, press, done === kinds.length - 1);
    for (const { id, kind } of made) {
      const { status, messages = [], snoozedUntil } = await conversations.get(id);
      const sent = messages.filter(({ role }) => role === 'operator').map(({ content }) => content);
      assert.equal(status, kind === 'snooze' ? 'open' : 'resolved', kind);
      assert.equal(snoozedUntil !== null, kind === 'snooze');
      assert.deepEqual(sent, { approve: ['Drafted'], answer: [answer] }[kind as string] ?? []);
    }
    assert.equal(keys, wanted);
    assert.ok(keys < before);
    assert.ok(wantedOfThese < beforeAtLeast, `${wantedOfThese} of ${beforeAtLeast}`);
  });

  /** Does with the open conversation what its subject asks for. */
  async function handle(page: Page, press: (key: string) => Promise<void>, isLast: boolean): Promise<void> {
    await page.locator('html.scripted #composer').waitFor();
    const subject = (await page.locator('.thread-title h1').textContent()) ?? '';
    const kind = subject.split(' ')[0] as keyof typeof plan;
    const here = page.url();
    // Keys that act need a moment of rest, and their question one to be read.
    await page.waitForTimeout(1000);
    for (const [index, key] of plan[kind].entries()) {
      await press(key);
      if (key === '/') await page.locator('#reply-picker').waitFor();
      if (key === 's') await page.locator('.choice:focus').waitFor();
      if ('ae'.includes(key)) await page.locator('.armed').waitFor();
      if (kind === 'approve' && index === 1) await page.locator('#notice').getByText('Draft approved').waitFor();
      if (kind === 'approve' || 'aes'.includes(key)) await page.waitForTimeout(1000);
      if (kind === 'snooze' && index === 1) await page.locator('#edit-snooze time').waitFor();
    }
    if (!isLast) await page.waitForURL((url) => url.href !== here);
    else await page.locator('.status-resolved, #edit-snooze time').first().waitFor();
  }
});

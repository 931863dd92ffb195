import { strict as assert } from 'node:assert';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ok } from '../../src/contracts/result.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

/** The long form types forty sentences into each state; else more than forty are spread over all of them. */
const sentencesPerState = process.env.CAIRNLOOP_TYPING === 'long' ? 40 : 2;
const seed = Number(process.env.CAIRNLOOP_SEED ?? 20260727);

const words = [
  ...['a', 'e', 'I', 'see', 'an', 'apple', 'eat', 'already', 'and', 'eh', 'what', 'forgot', 'approve', 'Error'],
  ...['er', 'aber', 'eine', 'an', 'Straße', 'für', 'jeder', 'ja', 'na', 'Äpfel', 'kein', 'Rückgabe'],
  ...['ya', 'y', 'a', 'e', 'hola', 'mañana', 'está', 'aquí', '¿Qué', 'nada', 'respuesta', 'jerez'],
];
/** With the letters of the newer keys. */
const moreWords = [...words, 'zu', 'zurück', 'der', 'pfeifen', 'war', 'dass', 'wie', 'faul'];
const marks = ['. ', ', ', '? ', '! ', '/', '-', ' ', ' ', ' ', ' ', ' ', '\n', '\t', '\n\n', '; '];

describe('text typed without a focused field', function () {
  this.timeout(20 * 60_000);
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  /** Everything that an operator can cause. */
  async function stateOf({ cairnloop, database }: StartedHost, ids: string[]) {
    const { rows: pending } = await database.query<{ id: string; content: string; held: boolean }>(
      'SELECT conversation_id AS id, content, held IS NOT NULL AS held FROM cairnloop.pending_actions ORDER BY id',
    );
    const threads = ids.map(async (id) => {
      const { status, messages = [] } = await cairnloop.conversations.get(id);
      const drafts = await cairnloop.drafts.listForConversation(id);
      const told = messages.filter(({ role }) => role !== 'customer').map(({ role, content }) => `${role}: ${content}`);
      // What was sent on purpose goes out when its time comes, and nothing takes it back; what is held stays held.
      for (const { content, held } of pending.filter((action) => action.id === id))
        told.push(`${held ? 'held' : 'operator'}: ${content}`);
      return { status, told, drafts: drafts.map((draft) => draft.status) };
    });
    const deliveries = (await cairnloop.deliveries.list({ limit: 200 })).items;
    return {
      threads: await Promise.all(threads),
      deliveries: deliveries.map(({ id, state, attempts, availableAt }) => [
        id,
        state,
        attempts,
        availableAt.getTime(),
      ]),
    };
  }

  type Arrange = (host: StartedHost, id: string) => Promise<unknown>;
  type Prepare = (page: Page) => Promise<unknown>;
  const told = (page: Page, text: string) => page.locator('#notice').getByText(text).waitFor();
  const sendReply: Prepare = async (page) => {
    await page.locator('#content').fill('On purpose');
    await page.locator('#content').press('Control+Enter');
    await told(page, 'Reply sent.');
  };

  /** Text of an operator that was not sent, because the customer had written first. */
  const hold: Arrange = ({ database }, id) =>
    database.query(
      `INSERT INTO cairnloop.pending_actions
         (conversation_id, kind, then_resolve, content, actor, dedupe_key, held, due_at, created_at)
       VALUES ($1, 'reply', false, 'Held back', $2, 'held', '{"code": "CONVERSATION_CHANGED", "details": {"newer": 1}}',
         cairnloop.clock(), cairnloop.clock())`,
      [id, operator],
    );

  const writeMuch: Arrange = ({ database }, id) =>
    database.query(
      `INSERT INTO cairnloop.messages (conversation_id, role, content, created_at)
       SELECT $1, 'customer', 'Message ' || n, cairnloop.clock() - make_interval(secs => n) FROM generate_series(1, 60) n`,
      [id],
    );

  const states: {
    name: string;
    path?: string | ((id: string) => string);
    canTakeBack?: boolean;
    newer?: boolean;
    arrange?: Arrange;
    prepare?: Prepare;
  }[] = [
    { name: 'a fresh thread with a draft' },
    { name: 'a draft whose button has the focus', prepare: (page) => focusOn(page, 'Approve & send') },
    { name: 'after sending', prepare: sendReply },
    {
      name: 'after approving',
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Approve & send' }).click();
        await told(page, 'Draft approved and sent.');
      },
    },
    { name: 'a reply half written', prepare: (page) => page.locator('#content').fill('Half a reply') },
    {
      name: 'a note half written',
      prepare: async (page) => {
        await page.locator('#composer .mode:has([value="note"])').click();
        await page.locator('#content').fill('Half a note');
      },
    },
    {
      name: 'a resolved conversation',
      arrange: ({ cairnloop }, id) => cairnloop.conversations.resolve(id, { resolvedBy: operator }),
    },
    {
      name: 'a snoozed conversation',
      arrange: ({ cairnloop }, id) =>
        cairnloop.conversations.snooze(id, { until: new Date(Date.now() + 86_400_000), actor: operator }),
    },
    { name: 'text that was held back', arrange: hold },
    {
      name: 'an older page of a long thread',
      arrange: writeMuch,
      prepare: async (page) => {
        await page.locator('.pager-link', { hasText: 'Earlier' }).click();
        await page.waitForURL(/[?&]before=/);
      },
    },
    { name: 'a search', path: '/?q=fails' },
    { name: 'a follow-up to many', path: (id) => `/bulk?id=${id}` },
    { name: 'the question of a bulk resolution', path: (id) => `/bulk/resolve?id=${id}` },
    { name: 'the audit', path: '/audit' },
    { name: 'the SLA policies', path: '/sla' },
    { name: 'the report', path: '/report' },
    { name: 'lines that can be ticked', path: (id) => `/c/${id}?select=1` },
    { name: 'a queue alone', path: '/' },
    { name: 'the deliveries', path: '/deliveries' },
    { name: 'the list of keys', prepare: (page) => page.keyboard.press('?') },
    {
      name: 'a reply that can be taken back',
      canTakeBack: true,
      newer: true,
      prepare: async (page) => {
        await page.locator('#content').fill('On purpose');
        await page.locator('#content').press('Control+Enter');
        await page.locator('#pending').getByText('On purpose').waitFor();
      },
    },
    {
      name: 'a draft that is edited',
      prepare: (page) => page.getByRole('link', { name: 'Edit', exact: true }).click(),
    },
    {
      name: 'a list of saved replies',
      newer: true,
      prepare: async (page) => {
        await page.locator('#content').pressSequentially('/');
        await page.locator('#reply-picker').waitFor();
      },
    },
    { name: 'the whole list of saved replies', newer: true, path: (id) => `/c/${id}/replies` },
  ];

  const focusOn = (page: Page, name: string) => page.getByRole('button', { name }).focus();

  /** Numbers from 0 to 1 that are the same for each run. */
  function random(from: number): () => number {
    let state = from;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  }

  function sentence(next: () => number, vocabulary: string[]): string {
    const pick = <T>(list: T[]) => list[Math.floor(next() * list.length)] as T;
    return Array.from({ length: 2 + Math.floor(next() * 3) }, () => pick(vocabulary) + pick(marks)).join('');
  }

  async function type(page: Page, text: string, next: () => number): Promise<void> {
    for (const character of text) {
      const key = { '\n': 'Enter', '\t': 'Tab' }[character];
      if (key) await page.keyboard.press(key);
      else await page.keyboard.type(character);
      const isPause = next() < 0.04;
      await page.waitForTimeout(isPause ? 800 + next() * 1200 : 40 + next() * 210);
    }
  }

  /** The focus where a stray hand may have left it: nowhere, in a field, or on anything that can have it. */
  async function focusAnywhere(page: Page, next: () => number): Promise<void> {
    const place = next();
    if (place < 0.4) await page.evaluate('document.activeElement.blur()');
    else if (place < 0.55) await page.evaluate("document.getElementById('content')?.focus()");
    else
      await page.evaluate(`(() => {
        const all = [...document.querySelectorAll('a, button, input, summary, [tabindex="0"]')];
        all[Math.floor(${next()} * all.length)]?.focus();
      })()`);
  }

  it('OA1 forty random sentences, typed at human speed into every page state, send, resolve, approve and discard nothing', async () => {
    const slaPolicyProvider = editablePolicies();
    const host = await startHost({ notifier, slaPolicyProvider }, { worker: false });
    const { conversations, drafts, outbound } = host.cairnloop;
    const repliesFolder = await mkdtemp(path.join(tmpdir(), 'cairnloop-replies-'));
    await writeFile(path.join(repliesFolder, 'an-apple.md'), 'Hello {{customer.name}}');
    const atOnce = await serve(host, { repliesFolder });
    const later = await serve(host, { repliesFolder, takeBackSeconds: 60 });
    const ids: string[] = [];
    for (const { name, arrange } of states) {
      const { id } = await conversations.open({ actorId: name, subject: name, message: 'It fails' });
      ids.push(id);
      await drafts.propose(id, { type: 'reply', content: 'Drafted reply' });
      await arrange?.(host, id);
      await outbound.trigger(id, { templateId: 't', content: 'Hi', actor: operator, scheduleInSeconds: 86_400 });
    }
    const address = (path: (typeof states)[number]['path'], id: string) =>
      typeof path === 'string' ? path : (path?.(id) ?? `/c/${id}`);
    const pages: Page[] = [];
    for (const [index, state] of states.entries()) {
      const page = await open(state.canTakeBack ? later : atOnce, address(state.path, ids[index] ?? ''));
      await state.prepare?.(page);
      pages.push(page);
    }
    const before = [await stateOf(host, ids), [...slaPolicyProvider.active]];
    await Promise.all(
      pages.map(async (page, index) => {
        const next = random(seed + index);
        for (let count = 0; count < sentencesPerState; count += 1) {
          // The first one meets the page as its state left it.
          if (count > 0) await focusAnywhere(page, next);
          await type(page, sentence(next, states[index]?.newer ? moreWords : words), next);
        }
      }),
    );
    assert.deepEqual([await stateOf(host, ids), slaPolicyProvider.active], before, `seed ${seed}`);
  });

  for (const [what, keys] of Object.entries({
    'a word, Tab and Space': ['h', 'o', 'Tab', ' '],
    'a word, Tab and a paragraph': ['h', 'o', 'Tab', 'Enter', 'Enter', 'Enter'],
    'one letter, Tab and Enter': ['I', 'Tab', 'Enter', 'x'],
  })) {
    it(`OA1 ${what} in the composer send nothing, although Tab leads to the button that sends`, async () => {
      const { page, id, host } = await openReply();
      for (const key of keys) await page.keyboard.press(key, { delay: 20 });
      await page.waitForTimeout(300);
      assert.deepEqual((await stateOf(host, [id])).threads[0]?.told, []);
    });
  }

  for (const pauseMs of [450, 900, 2000]) {
    it(`OA1 a word, Tab and two Enters ${pauseMs} ms apart send nothing`, async () => {
      const { page, id, host } = await openReply();
      await page.keyboard.type('so', { delay: 60 });
      for (const key of ['Tab', 'Enter', 'Enter', 'Enter']) {
        await page.keyboard.press(key);
        await page.waitForTimeout(pauseMs);
      }
      assert.deepEqual((await stateOf(host, [id])).threads[0]?.told, []);
    });
  }

  it('OA1 a single letter that is a command elsewhere, Tab and a slow Enter send nothing: in the composer it is text', async () => {
    const { page, id, host } = await openReply();
    for (const key of ['a', 'Tab', 'Enter', 'Enter']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(1900);
    }
    assert.deepEqual((await stateOf(host, [id])).threads[0]?.told, []);
  });

  it('OA1 a sentence with a pause in it, a lone “a” and Enter approve nothing', async () => {
    const { page, id, host } = await openReply();
    await page.evaluate('document.activeElement.blur()');
    await page.waitForTimeout(1000);
    for (const words of ['what ', 'I ', 'e ']) {
      await page.keyboard.type(words, { delay: 60 });
      await page.waitForTimeout(2000);
      await page.keyboard.press('a');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(3200);
    }
    await page.waitForTimeout(300);
    assert.deepEqual((await stateOf(host, [id])).threads[0]?.drafts, ['pending']);
  });

  it('OA1 the button that sends still works by keyboard: right after words Enter asks and Ctrl+Enter sends, after a rest it sends at once', async () => {
    const { page, id, host } = await openReply();
    await page.keyboard.type('Fixed', { delay: 40 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await told(page, 'Send reply?');
    await page.keyboard.press('Control+Enter');
    await told(page, 'Reply sent.');
    await page.keyboard.type('Again', { delay: 40 });
    await page.keyboard.press('Tab');
    await page.waitForTimeout(3200);
    await page.keyboard.press(' ');
    await page.locator('.message:not(.message-sending)', { hasText: 'Again' }).waitFor();
    assert.deepEqual((await stateOf(host, [id])).threads[0]?.told, ['operator: Fixed', 'operator: Again']);
  });

  /** A provider that takes every policy it is given. */
  function editablePolicies() {
    const provider = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });
    provider.setPolicy = (priority, { responseMinutes = 0, breachMinutes = 0 }) => {
      const policy = { priority, responseMinutes, breachMinutes };
      provider.active = [...provider.active.filter((one) => one.priority !== priority), policy];
      return ok(policy);
    };
    return provider;
  }

  async function openReply() {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Drafted reply' });
    const page = await open(await serve(host), `/c/${id}`);
    await page.locator('#content').focus();
    return { host, id, page };
  }
});

const notifier = { onConversationResolved: () => {}, onSlaBreach: () => {}, onOutboundTriggered: () => {} };

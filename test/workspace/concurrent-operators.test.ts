import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../../src/contracts/domain.js';
import { eventually } from '../support/eventually.js';
import { useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';

/** `CAIRNLOOP_AT_ONCE_SECONDS=300` is the long form. */
const seconds = Number(process.env.CAIRNLOOP_AT_ONCE_SECONDS ?? 8);
const seed = Number(process.env.CAIRNLOOP_SEED ?? 20260727);

/** Numbers from 0 to 1 that are the same for each run. */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What one look at a conversation shows, and what its forms say. */
interface SeenPage {
  token: string;
  nonce: string;
  seen: string;
  /** By id, the text of each draft that can be approved. */
  drafts: Map<string, string>;
  takeBacks: string[];
}

function read(text: string): SeenPage {
  const all = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, found = '']) => found);
  return {
    token: all(/name="token" value="([^"]+)"/g)[0] ?? '',
    nonce: all(/name="nonce" value="([^"]+)"/g)[0] ?? '',
    seen: all(/name="seen" value="([^"]*)"/g)[0] ?? '',
    drafts: draftsOf(text),
    takeBacks: all(/action="[^"]*(\/c\/[0-9a-f-]+\/actions\/[0-9a-f-]+\/take-back)"/g),
  };
}

function draftsOf(text: string): Map<string, string> {
  const sections = text.split(/(?=id="draft-)/).slice(1);
  const found = sections.map((section) => [
    /action="[^"]*\/drafts\/([0-9a-f-]+)\/approve"/.exec(section)?.[1],
    /class="draft-body"[^>]*>[\s\S]*?(draft \d+)/.exec(section)?.[1],
  ]);
  return new Map(found.filter((one): one is [string, string] => one.every(Boolean)));
}

interface Asked {
  operator: string;
  /** The text, or the draft that was approved. */
  what: string;
  seen: string;
  /** What stood in the draft when it was approved. */
  shown?: string | undefined;
}

describe('two operators and a customer at once', function () {
  this.timeout((seconds + 180) * 1000);
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it(`OA3 OA4 OA5 for ${seconds} s of random acts: no reply is sent twice, no note reaches the customer, and nothing is sent that its sender had not read up to`, async () => {
    const handedOver: Message[] = [];
    const host = await startHost({
      notifier: {
        onConversationResolved: () => {},
        onSlaBreach: () => {},
        onOutboundTriggered: () => {},
        onReply: (message: Message) => void handedOver.push(message),
      },
    });
    const { cairnloop, database } = host;
    const workspace = await serve(host, { takeBackSeconds: 1 });
    const ids = await Promise.all(
      [1, 2, 3].map(
        async (n) => (await cairnloop.conversations.open({ actorId: `c-${n}`, message: `Question ${n}` })).id,
      ),
    );
    const until = performance.now() + seconds * 1000;
    const asked: Asked[] = [];
    const notes: string[] = [];
    const takenBack: string[] = [];
    let number = 0;
    /** Pages that were left open in another tab. */
    const kept = new Map<string, SeenPage>();

    const post = (operator: string, path: string, fields: Record<string, string>) =>
      fetch(workspace.url(path), {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: workspace.origin, 'x-test-operator': operator },
        body: new URLSearchParams({ later: '1', ...fields }),
      });

    async function act(operator: string, next: () => number): Promise<void> {
      const id = ids[Math.floor(next() * ids.length)] as string;
      const old = kept.get(operator + id);
      const isOld = old !== undefined && next() < 0.2;
      const page = isOld ? old : read((await workspace.get(`/c/${id}`, { 'x-test-operator': operator })).text);
      if (next() < 0.3) kept.set(operator + id, page);
      const [draftId, shown] = [...page.drafts][0] ?? [];
      // Reading and writing takes a while, in which the page gets old.
      await sleep(next() * 400);
      number += 1;
      const { token, nonce, seen } = page;
      const form = { token, nonce, seen };
      const times = next() < 0.2 ? 2 : 1;
      const send = (path: string, fields: Record<string, string>) =>
        Promise.all(Array.from({ length: times }, () => post(operator, path, { ...form, ...fields })));
      const way = next();
      if (way < 0.35) {
        const content = `reply ${number}`;
        asked.push({ operator, what: content, seen });
        const also = next() < 0.2 ? { also: 'resolve' } : ({} as Record<string, string>);
        await send(`/c/${id}/compose`, { mode: 'reply', content, ...also });
      } else if (way < 0.5) {
        notes.push(`note ${number}`);
        await send(`/c/${id}/compose`, { mode: 'note', content: `note ${number}` });
      } else if (way < 0.7 && draftId) {
        asked.push({ operator, what: draftId, seen, shown });
        await send(`/drafts/${draftId}/approve`, {});
      } else if (way < 0.75 && draftId) {
        asked.push({ operator, what: `edited ${number}`, seen });
        await send(`/drafts/${draftId}/edit`, { content: `edited ${number}` });
      } else if (way < 0.77 && draftId) {
        await send(`/drafts/${draftId}/discard`, {});
      } else if (way < 0.9 && page.takeBacks[0]) {
        const [answer] = await send(page.takeBacks[0], {});
        const text = /<textarea id="content"[^>]*>([^<]+)</.exec((await answer?.text()) ?? '')?.[1];
        if (answer?.status === 200 && text) takenBack.push(text);
      } else if (way < 0.95) await send(`/c/${id}/resolve`, {});
      else await send(`/c/${id}/reopen`, {});
    }

    async function customer(next: () => number): Promise<void> {
      const id = ids[Math.floor(next() * ids.length)] as string;
      number += 1;
      await cairnloop.conversations.receive(id, { content: `customer ${number}` });
      if (next() < 0.8) await cairnloop.drafts.propose(id, { type: 'reply', content: `draft ${number}` });
      await sleep(next() * 900);
    }

    async function repeat(work: () => Promise<void>): Promise<void> {
      while (performance.now() < until) await work();
    }

    const [ada, grace, writer] = [random(seed), random(seed + 1), random(seed + 2)] as const;
    await Promise.all([
      repeat(() => act('op-ada', ada)),
      repeat(() => act('op-grace', grace)),
      repeat(() => customer(writer)),
    ]);
    await eventually(async () => {
      const { rows } = await database.query('SELECT FROM cairnloop.pending_actions WHERE held IS NULL');
      assert.equal(rows.length, 0);
      assert.equal((await cairnloop.deliveries.list({ state: 'pending', topic: 'reply' })).items.length, 0);
    });

    let [sentCount, approvedCount] = [0, 0];
    for (const id of ids) {
      const messages = (await cairnloop.conversations.get(id)).messages ?? [];
      const sent = messages.filter(({ role }) => role === 'operator');
      sentCount += sent.length;
      assert.deepEqual(sent.length, new Set(sent.map(({ content }) => content)).size, `seed ${seed}: sent twice`);
      const ofDrafts = sent.map(({ metadata }) => metadata.draftId).filter(Boolean);
      assert.deepEqual(ofDrafts.length, new Set(ofDrafts).size, `seed ${seed}: a draft was sent twice`);
      approvedCount += sent.filter(({ metadata }) => metadata.draftStatus === 'approved').length;
      for (const message of sent) wasReadUpTo(message, messages);
      const customerSees = JSON.stringify(
        await cairnloop.conversations.getForCustomer(messages[0]?.author?.id ?? '', id),
      );
      assert.deepEqual(
        notes.filter((note) => customerSees.includes(`"${note}"`)),
        [],
      );
    }
    // The long form is to have met every case.
    assert.ok(sentCount > 0 && (seconds < 60 || approvedCount > 0));
    assert.equal(handedOver.length, new Set(handedOver.map(({ id }) => id)).size, 'handed over twice');
    assert.deepEqual(handedOver.length, sentCount);
    assert.deepEqual(
      handedOver
        .filter(({ content }) => notes.includes(content) || takenBack.includes(content))
        .map(({ content }) => content),
      [],
    );

    /** Between what its sender had read last and the message itself, nobody else has written. */
    function wasReadUpTo(message: Message, messages: readonly Message[]): void {
      const isApproved = message.metadata.draftStatus === 'approved';
      const what = isApproved ? message.metadata.draftId : message.content;
      const about = asked.filter((one) => one.what === what && one.operator === message.author?.id);
      if (isApproved) assert.ok(about.some(({ shown }) => shown === message.content));
      const at = messages.findIndex(({ id }) => id === message.id);
      const isFine = about.some(({ seen }) => {
        const from = messages.findIndex(({ id }) => id === seen);
        const between = messages.slice(from + 1, at).filter(({ role }) => role !== 'system');
        return (
          from >= 0 && between.every(({ role, author }) => role !== 'customer' && author?.id === message.author?.id)
        );
      });
      assert.ok(isFine, `seed ${seed}: ${message.content} by ${message.author?.id} was sent past what it had not seen`);
    }
  });
});

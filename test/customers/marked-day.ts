import { randomBytes } from 'node:crypto';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import type { Conversation, Draft } from '../../src/contracts/domain.js';
import type { Notifier } from '../../src/contracts/notifier.js';
import { err, ok } from '../../src/contracts/result.js';
import { isCairnloopError } from '../../src/foundation/errors.js';

/** A customer of whom every text that is stored can be told from those of all others. */
export interface PlantedCustomer {
  actorId: string;
  /** A new text for a field of this name; each is kept. */
  text(field: string): string;
  planted: string[];
}

export function plantedCustomer(name: string): PlantedCustomer {
  const word = () => `${name}${randomBytes(5).toString('hex')}`;
  const planted: string[] = [];
  const plant = (text: string) => {
    planted.push(text);
    return text;
  };
  const actorId = plant(`${word()}@example.org`);
  return { actorId, planted, text: (field) => `${field} of ${plant(word())} at ${plant(`${word()} Street`)}` };
}

/**
 * A Notifier whose callbacks fail now and then, and always for the first conversation of each customer, with words of the
 * customer's in what they throw and return.
 */
export function forgetfulNotifier(random: () => number): Notifier {
  const unreachable = new Map<string | null, string>();
  const said = async ({ id, actorId, subject }: Conversation, text: string) => {
    if (!unreachable.has(actorId)) unreachable.set(actorId, id);
    const chance = unreachable.get(actorId) === id ? 0 : random();
    if (chance < 0.2) throw new Error(`no mailbox for ${actorId}: ${text}`);
    return chance < 0.4 ? err(`${subject}: ${text}`) : ok(null);
  };
  return {
    onConversationResolved: (conversation, metadata) => said(conversation, JSON.stringify(metadata)),
    onSlaBreach: (conversation, sla) => said(conversation, sla.priority),
    onOutboundTriggered: (message, conversation) => said(conversation, message.content),
    onReply: (message, conversation) => said(conversation, message.content),
  };
}

/** Numbers below 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Who acts stays in the audit record, unless it is the customer. */
const operator = { id: 'op-1', name: 'Oscar' };

/** What may happen to one conversation of a customer; each puts a text of theirs into every field that it has. */
const steps: Record<string, (c: Cairnloop, who: PlantedCustomer, id: string) => Promise<unknown>> = {
  receive: ({ conversations }, { text }, id) =>
    conversations.receive(id, {
      content: text('content'),
      metadata: { [text('key')]: { deep: [text('value')] } },
      dedupeKey: text('dedupe'),
    }),
  reply: ({ conversations }, { text }, id) =>
    conversations.reply(id, {
      content: text('reply'),
      actor: operator,
      dedupeKey: text('dedupe'),
    }),
  note: ({ conversations }, { text }, id) => conversations.note(id, { content: text('note'), actor: operator }),
  update: ({ conversations }, { text }, id) =>
    conversations.update(id, {
      priority: text('priority'),
      subject: text('subject'),
      tags: [text('tag'), text('tag')],
      assignee: { id: 'op-2', name: text('assignee') },
      metadata: { [text('key')]: text('value') },
      actor: operator,
    }),
  snooze: ({ conversations }, _, id) =>
    conversations.snooze(id, { until: new Date(Date.now() + 3_600_000), actor: { id: 'op-1' } }),
  resolve: ({ conversations }, { text, actorId }, id) =>
    conversations.resolve(id, {
      resolvedBy: { id: actorId, name: text('resolver') },
      metadata: { [text('key')]: text('v') },
    }),
  reopen: ({ conversations }, _, id) => conversations.reopen(id, { actor: operator }),
  archive: ({ conversations }, _, id) => conversations.archive(id, { actor: operator }),
  rate: ({ conversations }, _, id) => conversations.submitCsat(id, 'negative'),
  read: ({ conversations }, { actorId }, id) => conversations.markReadForCustomer(actorId, id),
  pause: ({ sla }, { text }, id) => sla.pause(id, { reason: text('pause'), actor: operator }),
  resume: ({ sla }, _, id) => sla.resume(id, { actor: { id: 'op-1' } }),
  outbound: ({ outbound }, { text }, id) =>
    outbound.trigger(id, {
      content: text('outbound'),
      templateId: text('template'),
      dedupeKey: text('dedupe'),
      actor: operator,
    }),
  scheduled: async ({ outbound }, { text }, id) => {
    const { message } = await outbound.trigger(id, {
      content: text('later'),
      templateId: 't',
      scheduleInSeconds: 3600,
    });
    if (message.content.length % 2) await outbound.cancel(message.id, { actor: { id: 'op-1' } });
  },
  bulk: ({ outbound }, { text }, id) =>
    outbound.bulkTrigger([id], { content: text('bulk'), templateId: text('template'), dedupeKey: text('dedupe') }),
  tooLarge: ({ outbound }, { text }, id) =>
    outbound.bulkTrigger([id, ...Array.from({ length: 30 }, (_, n) => `${id}${n}`)], {
      content: text('refused'),
      templateId: 't',
    }),
  draft: async (c, who, id) => {
    const draft = await c.drafts.propose(id, {
      type: 'reply',
      content: who.text('draft'),
      riskTier: 'low',
      summary: who.text('summary'),
      evidence: [{ source: who.text('source'), quote: who.text('quote') }],
    });
    await decideOn(c, who, draft);
  },
};

async function decideOn({ drafts }: Cairnloop, { text, planted }: PlantedCustomer, draft: Draft): Promise<void> {
  const decisions = [
    () => drafts.approve(draft.id, { actor: operator }),
    () => drafts.edit(draft.id, { actor: operator, content: text('edited') }),
    () => drafts.discard(draft.id, { actor: operator, reason: text('reason') }),
    async () => draft,
  ];
  await decisions[planted.length % decisions.length]?.();
}

/** Codes of calls that the state of the conversation does not allow. */
const notNow = /_RESOLVED|_PENDING|NOT_ACTIVE|TOO_LARGE/;

/** A day of one customer: `count` steps, in three conversations or more. */
export async function liveDay(c: Cairnloop, who: PlantedCustomer, random: () => number, count: number): Promise<void> {
  const { actorId, text } = who;
  const open = async () =>
    (
      await c.conversations.open({
        actorId,
        hostUserId: text('host user'),
        subject: text('subject'),
        priority: 'normal',
        tags: [text('tag')],
        message: text('first'),
        metadata: { [text('key')]: text('value') },
        dedupeKey: text('dedupe'),
      })
    ).id;
  const ids = [await open(), await open(), await open()];
  const names = Object.keys(steps);
  for (let n = 0; n < count; n += 1) {
    const name = names[n < names.length ? n : Math.floor(random() * names.length)] ?? '';
    const id = ids[Math.floor(random() * ids.length)] ?? '';
    try {
      await steps[name]?.(c, who, id);
    } catch (error) {
      if (!isCairnloopError(error) || !notNow.test(error.code)) throw error;
      if (random() < 0.5) ids.push(await open());
    }
  }
}

/** Every way in which a text may stand in a dump: as it is, in any case, in hexadecimal, in base64 at any place. */
export function tracesIn(dump: string, text: string): string[] {
  const bytes = Buffer.from(text);
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // What depends on neighbours is cut off.
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  const lower = dump.toLowerCase();
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 9);
  return [
    ...[text.toLowerCase(), bytes.toString('hex'), ...words].filter((form) => lower.includes(form)),
    ...shifted
      .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
      .filter((form) => dump.includes(form)),
  ];
}

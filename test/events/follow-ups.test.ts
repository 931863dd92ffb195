import assert from 'node:assert/strict';
import type { Actor, Conversation, Draft, Message, Sla } from '../../src/contracts/domain.js';
import {
  type AnnouncementServices,
  announce,
  announceDeferredFollowUps,
  announceFollowUpsSafeWithoutCommit,
  type DeferredFollowUps,
} from '../../src/events/announce.js';
import type { AnnouncedChangeType, ChangeDataByType } from '../../src/events/changes.js';
import { followUps } from '../../src/events/follow-ups.js';
import { domainEventNames } from '../../src/telemetry/event-names.js';

const actor: Actor = { id: 'op-1' };
const conversationId = 'c1';
const at = new Date('2026-02-03T10:00:00Z');
const later = new Date(at.getTime() + 90_000);
const conversation = { id: conversationId, createdAt: at, resolvedAt: later, hostUserId: 'u1' } as Conversation;
const message = { id: 'm1', conversationId, author: actor, metadata: { templateId: 't1' } } as unknown as Message;
const sla = {
  id: 's1',
  conversationId,
  priority: 'high',
  status: 'fulfilled',
  breachAt: at,
  completedAt: later,
} as Sla;
const late: Sla = { ...sla, status: 'breached' };
const draft = { id: 'd1', conversationId, decision: 'allow', status: 'approved', messageId: 'm1' } as Draft;
const delivery = { topic: 'reply', deliveryId: 'x1', conversationId } as const;

/** What follows, in words: the wake-up, who sees it, the metrics, the events. */
interface Expected {
  wake?: string;
  show?: 'visible' | 'internal';
  count?: string;
  publish?: string;
}

type Row = {
  [Type in AnnouncedChangeType]: [type: Type, change: ChangeDataByType[Type], follows: Expected];
}[AnnouncedChangeType];

const table: Row[] = [
  ['conversation.opened', { conversation }, { show: 'visible', publish: 'conversation.opened' }],
  ['conversation.replied', { message }, { show: 'visible', publish: 'conversation.replied' }],
  [
    'conversation.replied',
    { message: { ...message, status: 'pending' } },
    { wake: 'reply', show: 'visible', publish: 'conversation.replied' },
  ],
  ['conversation.noted', { conversationId }, { show: 'internal' }],
  [
    'conversation.updated',
    { conversation, actor, changed: ['tags'] },
    { show: 'internal', publish: 'conversation.updated' },
  ],
  [
    'conversation.updated',
    { conversation, actor, changed: ['tags', 'subject'] },
    { show: 'visible', publish: 'conversation.updated' },
  ],
  [
    'conversation.snoozed',
    { conversation, actor, until: later },
    { show: 'internal', publish: 'conversation.snoozed' },
  ],
  ['conversation.woken', { conversationId, because: 'time' }, { show: 'internal', publish: 'conversation.woken' }],
  [
    'conversation.resolved',
    { conversation, actor, owed: false },
    { show: 'visible', count: 'conversationResolved 90', publish: 'conversation.resolved' },
  ],
  [
    'conversation.resolved',
    { conversation, actor, owed: true },
    {
      wake: 'conversation_resolved',
      show: 'visible',
      count: 'conversationResolved 90',
      publish: 'conversation.resolved',
    },
  ],
  ['conversation.archived', { conversation, actor }, { show: 'visible', publish: 'conversation.archived' }],
  ['conversation.reopened', { conversationId }, { show: 'visible' }],
  ['conversation.rated', { conversationId }, { show: 'visible' }],
  ['conversation.read', { conversationId }, { show: 'visible' }],
  [
    'conversation.removed',
    { conversationId },
    { show: 'internal', count: 'conversationsRemoved 1', publish: 'conversation.removed' },
  ],
  ['conversation.erased', { conversationId }, { show: 'internal' }],
  ['message.received', { conversationId, messageId: 'm1' }, { show: 'visible', publish: 'message.received' }],
  [
    'message.settled',
    { conversationId, topic: 'reply', messageId: 'm1', outcome: 'sent' },
    { show: 'internal', publish: 'reply.sent' },
  ],
  [
    'message.settled',
    { conversationId, topic: 'reply', messageId: 'm1', outcome: 'failed' },
    { show: 'internal', publish: 'reply.failed' },
  ],
  [
    'message.settled',
    { conversationId, topic: 'outbound', messageId: 'm1', outcome: 'sent' },
    { show: 'visible', count: 'outboundSettled sent', publish: 'outbound.sent' },
  ],
  [
    'message.settled',
    { conversationId, topic: 'outbound', messageId: 'm1', outcome: 'failed' },
    { show: 'internal', count: 'outboundSettled failed', publish: 'outbound.failed' },
  ],
  ['sla.started', { sla }, { publish: 'sla.started' }],
  ['sla.paused', { conversationId }, { show: 'internal' }],
  ['sla.resumed', { conversationId }, { show: 'internal' }],
  ['sla.ended', { sla }, { publish: 'sla.fulfilled' }],
  ['sla.ended', { sla: late }, { wake: 'sla_breach', count: 'slaBreached high 90', publish: 'sla.breached' }],
  ['sla.breached', { sla: late }, { show: 'internal', count: 'slaBreached high 90', publish: 'sla.breached' }],
  ['draft.decided', { decision: 'deny' }, { count: 'draftDecided deny' }],
  ['draft.proposed', { draft, messageId: null }, { show: 'internal', publish: 'draft.created' }],
  ['draft.proposed', { draft, messageId: 'm1' }, { show: 'internal', publish: 'draft.created draft.sent' }],
  [
    'draft.proposed',
    { draft: { ...draft, status: 'denied' }, messageId: null },
    { show: 'internal', publish: 'draft.denied' },
  ],
  ['draft.sent', { draft }, { publish: 'draft.approved draft.sent' }],
  ['draft.sent', { draft: { ...draft, status: 'edited' } }, { publish: 'draft.edited draft.sent' }],
  ['draft.discarded', { conversationId, draftId: 'd1', actor }, { show: 'internal', publish: 'draft.discarded' }],
  ['outbound.triggered', { message, isDue: false }, { show: 'internal', publish: 'outbound.triggered' }],
  [
    'outbound.triggered',
    { message, isDue: true },
    { wake: 'outbound', show: 'internal', publish: 'outbound.triggered' },
  ],
  [
    'delivery.attempted',
    { topic: 'draft', outcome: 'retried', seconds: 1, lagSeconds: 2 },
    { count: 'deliveryAttempted draft retried 1 2' },
  ],
  ['delivery.given_up', { topic: 'draft', deliveryId: 'x1', attempts: 20 }, { publish: 'delivery.discarded' }],
  ['delivery.discarded', { ...delivery, actor }, { show: 'internal', publish: 'delivery.discarded' }],
  ['delivery.retried', { ...delivery, actor }, { wake: 'reply', show: 'internal', publish: 'delivery.retried' }],
  [
    'customer.erased',
    { actor, counts: { conversations: 1, messages: 2, drafts: 0, auditEvents: 3, deliveries: 0 }, owed: true },
    { wake: 'customer_erased', count: 'customerErased', publish: 'customer.erased' },
  ],
  ['pending_action.changed', { conversationId }, { show: 'internal' }],
];

/** A runtime that writes down what is done with it. */
function recording(held?: DeferredFollowUps) {
  const seen: string[] = [];
  const note =
    (what: string) =>
    (...given: unknown[]) =>
      void seen.push([what, ...given.filter((one) => typeof one !== 'object')].join(' '));
  const metrics = new Proxy({}, { get: (_, name) => note(`count ${String(name)}`) });
  const runtime = {
    jobs: { wake: note('wake') },
    changeFeed: { changed: note('show') },
    telemetry: { publish: note('publish') },
    metrics,
    ...(held && { held }),
  } as unknown as AnnouncementServices;
  return { runtime, seen };
}

function expectedOf({ wake, show, count, publish }: Expected): string[] {
  return [
    ...(wake ? [`wake ${wake}`] : []),
    ...(show ? [`show ${conversationId} ${show}`] : []),
    ...(count ? [`count ${count}`] : []),
    ...(publish?.split(' ') ?? []).map((event) => `publish ${event}`),
  ];
}

const announceRow = (runtime: AnnouncementServices, [type, change]: Row) =>
  (announce as (runtime: AnnouncementServices, type: AnnouncedChangeType, change: unknown) => void)(
    runtime,
    type,
    change,
  );

describe('what follows a change', () => {
  for (const row of table)
    it(`${row[0]}: ${expectedOf(row[2]).join(', ') || 'nothing'}`, () => {
      const { runtime, seen } = recording();
      announceRow(runtime, row);
      assert.deepEqual(seen, expectedOf(row[2]));
    });

  it('is listed above for every kind of change, and every domain event belongs to one', () => {
    assert.deepEqual([...new Set(table.map(([type]) => type))].sort(), Object.keys(followUps).sort());
    const published = new Set(table.flatMap(([, , { publish }]) => publish?.split(' ') ?? []));
    assert.deepEqual([...published].sort(), [...domainEventNames].sort());
  });

  it('waits for the commit of a host, in its order, where that commits', () => {
    const held: DeferredFollowUps = [];
    const { runtime, seen } = recording(held);
    for (const row of table) announceRow(runtime, row);
    held.splice(1, 0, () => seen.push('span'));
    assert.deepEqual(seen, []);
    const { runtime: own, seen: done } = recording();
    announceDeferredFollowUps(own, held);
    assert.deepEqual(seen, ['span']);
    assert.deepEqual(
      done,
      table.flatMap(([, , follows]) => expectedOf(follows)),
    );
  });

  it('is a look that finds nothing, and no event, where nobody knows whether there was a commit', () => {
    const held: DeferredFollowUps = [];
    const { runtime } = recording(held);
    for (const row of table) announceRow(runtime, row);
    const { runtime: own, seen } = recording();
    announceFollowUpsSafeWithoutCommit(own, held);
    assert.ok(seen.length > 20 && seen.every((line) => /^(wake|show) /.test(line)));
  });
});

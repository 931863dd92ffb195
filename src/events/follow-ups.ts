import type { ChangeVisibility } from '../change-feed/change-feed.js';
import type { DeliveryTopic, Sla } from '../contracts/domain.js';
import type { DomainEvent } from '../telemetry/event-names.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { EventMetadata, Measurements } from '../telemetry/telemetry.js';
import type { AnnouncedChangeType, ChangeDataByType } from './changes.js';

/** What follows a change, after its commit: a worker to wake, pages to notify, metrics and telemetry. */
export interface FollowUp {
  /** Wakes a worker: a delivery of this topic is due. */
  wake?: DeliveryTopic | false;
  /** Notifies the open pages that show a conversation of its change. */
  show?: Shown;
  count?: (metrics: Metrics) => void;
  /** Telemetry events to publish, in their order. */
  publish?: readonly Published[];
}

type Shown = readonly [conversationId: string, scope: ChangeVisibility];

type Published = readonly [event: DomainEvent, metadata: EventMetadata, measurements?: Measurements];

/** Notifies the pages of operators and of the customer. */
const visibly = (conversationId: string): Shown => [conversationId, 'visible'];

/** Notifies the pages of operators only. */
const internally = (conversationId: string): Shown => [conversationId, 'internal'];

/** What follows each kind of change. No other code wakes workers, notifies pages, counts or publishes for a change. */
export const followUps: { readonly [Type in AnnouncedChangeType]: (change: ChangeDataByType[Type]) => FollowUp } = {
  'conversation.opened': ({ conversation }) => ({
    show: visibly(conversation.id),
    publish: [['conversation.opened', { conversation }]],
  }),
  'conversation.replied': ({ message: { id: messageId, conversationId, author: actor, status } }) => ({
    wake: status === 'pending' && 'reply',
    show: visibly(conversationId),
    publish: [['conversation.replied', { conversationId, messageId, actor }]],
  }),
  'conversation.noted': ({ conversationId }) => ({ show: internally(conversationId) }),
  'conversation.updated': ({ conversation, actor, changed }) => ({
    show: [conversation.id, changed.includes('subject') ? 'visible' : 'internal'],
    publish: [['conversation.updated', { conversation, actor, changed }]],
  }),
  'conversation.snoozed': ({ conversation, actor, until }) => ({
    show: internally(conversation.id),
    publish: [['conversation.snoozed', { conversation, actor, until }]],
  }),
  'conversation.woken': ({ conversationId, because }) => ({
    show: internally(conversationId),
    publish: [['conversation.woken', { conversationId, because }]],
  }),
  'conversation.resolved': ({ conversation, actor, owed }) => {
    const durationSeconds = (Number(conversation.resolvedAt) - Number(conversation.createdAt)) / 1000;
    const { hostUserId } = conversation;
    return {
      wake: owed && 'conversation_resolved',
      show: visibly(conversation.id),
      count: (metrics) => metrics.conversationResolved(durationSeconds),
      publish: [['conversation.resolved', { conversation, actor, hostUserId }, { durationSeconds }]],
    };
  },
  'conversation.archived': ({ conversation, actor }) => ({
    show: visibly(conversation.id),
    publish: [['conversation.archived', { conversation, actor }]],
  }),
  'conversation.reopened': ({ conversationId }) => ({ show: visibly(conversationId) }),
  'conversation.rated': ({ conversationId }) => ({ show: visibly(conversationId) }),
  'conversation.read': ({ conversationId }) => ({ show: visibly(conversationId) }),
  'conversation.removed': ({ conversationId }) => ({
    show: internally(conversationId),
    count: (metrics) => metrics.conversationsRemoved(1),
    publish: [['conversation.removed', { conversationId }]],
  }),
  'conversation.erased': ({ conversationId }) => ({ show: internally(conversationId) }),

  'message.received': ({ conversationId, messageId }) => ({
    show: visibly(conversationId),
    publish: [['message.received', { conversationId, messageId }]],
  }),
  'message.settled': ({ topic, conversationId, messageId, outcome }) => ({
    // Customers see an outbound message when it is sent; they see a reply when it is written.
    show: [conversationId, topic === 'outbound' && outcome === 'sent' ? 'visible' : 'internal'],
    ...(topic === 'outbound' && { count: (metrics) => metrics.outboundSettled(outcome) }),
    publish: [[`${topic}.${outcome}`, { conversationId, messageId }]],
  }),

  'sla.started': ({ sla }) => ({ publish: [['sla.started', { sla }]] }),
  'sla.paused': ({ conversationId }) => ({ show: internally(conversationId) }),
  'sla.resumed': ({ conversationId }) => ({ show: internally(conversationId) }),
  // `sla.ended` notifies no page: the change that ended the clock, such as a reply, does.
  'sla.ended': ({ sla }) =>
    sla.status === 'breached' ? { wake: 'sla_breach', ...breachOf(sla) } : { publish: [['sla.fulfilled', { sla }]] },
  'sla.breached': ({ sla }) => ({ show: internally(sla.conversationId), ...breachOf(sla) }),

  'draft.decided': ({ decision }) => ({ count: (metrics) => metrics.draftDecided(decision) }),
  'draft.proposed': ({ draft, messageId }) => {
    const about = { conversationId: draft.conversationId, draftId: draft.id, decision: draft.decision };
    const stored: Published = [draft.status === 'denied' ? 'draft.denied' : 'draft.created', about];
    const sent: Published = ['draft.sent', { ...about, messageId }];
    return { show: internally(draft.conversationId), publish: messageId === null ? [stored] : [stored, sent] };
  },
  // `draft.sent` notifies no page: the reply that the draft became does.
  'draft.sent': ({ draft }) => {
    const about = { conversationId: draft.conversationId, draftId: draft.id, actor: draft.settledBy };
    return {
      publish: [
        [draft.status === 'edited' ? 'draft.edited' : 'draft.approved', about],
        ['draft.sent', { ...about, messageId: draft.messageId }],
      ],
    };
  },
  'draft.discarded': ({ conversationId, draftId, actor }) => ({
    show: internally(conversationId),
    publish: [['draft.discarded', { conversationId, draftId, actor }]],
  }),

  'outbound.triggered': ({ message: { id: messageId, conversationId, metadata }, isDue }) => ({
    wake: isDue && 'outbound',
    show: internally(conversationId),
    publish: [['outbound.triggered', { conversationId, messageId, templateId: metadata.templateId }]],
  }),

  'delivery.attempted': ({ topic, outcome, seconds, lagSeconds }) => ({
    count: (metrics) => metrics.deliveryAttempted(topic, outcome, seconds, lagSeconds),
  }),
  'delivery.given_up': ({ topic, deliveryId, attempts }) => ({
    publish: [['delivery.discarded', { topic, deliveryId }, { attempts }]],
  }),
  'delivery.discarded': ({ topic, deliveryId, conversationId, actor }) => ({
    show: internally(conversationId),
    publish: [['delivery.discarded', { topic, deliveryId, actor }]],
  }),
  'delivery.retried': ({ topic, deliveryId, conversationId, actor }) => ({
    wake: topic,
    show: internally(conversationId),
    publish: [['delivery.retried', { topic, deliveryId, actor }]],
  }),

  'customer.erased': ({ actor, counts, owed }) => ({
    wake: owed && 'customer_erased',
    count: (metrics) => metrics.customerErased(),
    publish: [['customer.erased', { actor }, { ...counts }]],
  }),
  'pending_action.changed': ({ conversationId }) => ({ show: internally(conversationId) }),
};

function breachOf(sla: Sla): FollowUp {
  const { priority, breachAt, completedAt } = sla;
  const latenessSeconds = Math.max(0, (Number(completedAt ?? breachAt) - Number(breachAt)) / 1000);
  return {
    count: (metrics) => metrics.slaBreached(priority, latenessSeconds),
    publish: [['sla.breached', { sla }]],
  };
}

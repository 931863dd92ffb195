/** The names of spans. Each span publishes an event `.start`, then `.stop` or `.exception`. */
export const spanNames = [
  'conversation.open',
  'conversation.reply',
  'conversation.resolve',
  'draft.decide',
  'outbound.trigger',
  'outbound.bulk_trigger',
  'delivery.attempt',
  'context.get',
] as const;
export type SpanName = (typeof spanNames)[number];

/** The phases of a telemetry span. Each phase is published as an event. */
export const spanPhases = ['start', 'stop', 'exception'] as const;
export type SpanPhase = (typeof spanPhases)[number];

/** The names of domain events, which are published once, after the commit. */
export const domainEventNames = [
  'conversation.opened',
  'message.received',
  'conversation.replied',
  'conversation.resolved',
  'conversation.archived',
  'conversation.updated',
  'conversation.snoozed',
  'conversation.woken',
  'sla.started',
  'sla.fulfilled',
  'sla.breached',
  'draft.created',
  'draft.approved',
  'draft.edited',
  'draft.discarded',
  'draft.denied',
  'draft.sent',
  'outbound.triggered',
  'outbound.sent',
  'outbound.failed',
  'reply.sent',
  'reply.failed',
  'delivery.retried',
  'delivery.discarded',
  'customer.erased',
  'conversation.removed',
] as const;
export type DomainEvent = (typeof domainEventNames)[number];

export type EventName = `cairnloop.${SpanName}.${SpanPhase}` | `cairnloop.${DomainEvent}`;

/** The names of all events, which are also the names of their diagnostics channels. */
export const eventNames: readonly EventName[] = [
  ...spanNames.flatMap((span) => spanPhases.map((phase) => `cairnloop.${span}.${phase}` as const)),
  ...domainEventNames.map((event) => `cairnloop.${event}` as const),
];

import { Counter, Gauge } from 'prom-client';
import { createMetricSet } from '../../src/ops/metric-set.js';
import type { DomainEvent, SpanName } from '../../src/telemetry/event-names.js';
import { domainEventNames, spanNames } from '../../src/telemetry/event-names.js';
import { escaped, table } from './reference-page.js';

const introduction = `# Telemetry and metrics

Observability only: for side effects that must not be lost use the Notifier. Written by \`npm run docs\` from
\`src/telemetry/event-names.ts\` and \`src/ops/metric-set.ts\`; a test compares them. Traces: [tracing](ops/tracing.md).

## Attaching a handler

\`\`\`ts
cairnloop.telemetry.attach('log-breaches', 'cairnloop.sla.breached', (event, measurements, metadata) => {
  console.log(event, metadata.sla);
});
\`\`\`

The same events are published on \`node:diagnostics_channel\` channels of their own names. A handler runs after the
operation has returned and cannot fail, delay or repeat it. One that throws is detached and logged.

## Spans

Each publishes \`.start\` (with \`systemTime\`, in milliseconds since 1970), then \`.stop\` or \`.exception\` (with
\`duration\`, in milliseconds).
`;

const spans: Record<SpanName, string> = {
  'conversation.open': 'A conversation is opened.',
  'conversation.reply': 'An operator answers.',
  'conversation.resolve': 'A conversation is resolved.',
  'draft.decide': 'The AutomationPolicy decides about a proposal.',
  'outbound.trigger': 'One outbound message is written.',
  'outbound.bulk_trigger': 'Outbound messages for several conversations are written.',
  'delivery.attempt': 'A worker calls a host module.',
  'context.get': 'The ContextProvider is called.',
};

const events: Record<DomainEvent, [when: string, carries: string]> = {
  'conversation.opened': ['A conversation was opened.', 'conversation'],
  'message.received': ['A customer message was stored.', 'conversationId, messageId'],
  'conversation.replied': ['An operator answered.', 'conversationId, messageId, actor'],
  'conversation.resolved': ['A conversation was resolved.', 'conversation, actor, hostUserId'],
  'conversation.archived': ['A conversation was archived.', 'conversation, actor'],
  'conversation.updated': ['Priority, assignee, tags or other fields changed.', 'conversation, actor, changed'],
  'conversation.snoozed': ['A conversation was snoozed.', 'conversation, actor, until'],
  'conversation.woken': ['A snooze ended.', 'conversationId, because'],
  'sla.started': ['An SLA clock started.', 'sla'],
  'sla.fulfilled': ['An SLA clock ended in time.', 'sla'],
  'sla.breached': ['An SLA clock ran out.', 'sla'],
  'draft.created': ['A proposal was stored.', 'conversationId, draftId, decision'],
  'draft.approved': ['An operator approved a draft.', 'conversationId, draftId, actor'],
  'draft.edited': ['An operator edited a draft and approved it.', 'conversationId, draftId, actor'],
  'draft.discarded': ['An operator discarded a draft.', 'conversationId, draftId, actor'],
  'draft.denied': ['The AutomationPolicy denied a proposal.', 'conversationId, draftId, decision'],
  'draft.sent': ['A draft became a reply.', 'conversationId, draftId, messageId; actor after a review, else decision'],
  'outbound.triggered': ['An outbound message was written.', 'conversationId, messageId, templateId'],
  'outbound.sent': ['The Notifier took an outbound message.', 'conversationId, messageId'],
  'outbound.failed': ['An outbound message failed for good.', 'conversationId, messageId'],
  'reply.sent': ['The Notifier took a reply.', 'conversationId, messageId'],
  'reply.failed': ['A reply failed for good.', 'conversationId, messageId'],
  'delivery.retried': ['A delivery was retried by hand.', 'topic, deliveryId, actor'],
  'delivery.discarded': [
    'A delivery was discarded, by hand (with actor) or after its last attempt (with the measurement attempts).',
    'topic, deliveryId, actor',
  ],
  'customer.erased': ['The data of a customer was erased. The measurements count what went.', 'actor'],
  'conversation.removed': ['A conversation was removed by its age.', 'conversationId'],
};

const code = (names: string) =>
  names.replace(/\b(\w*[a-z][A-Z]\w*|conversation|actor|sla|topic|changed|until|because|decision)\b/g, '`$1`');

/** Metrics as they are registered. */
export function metrics(): { name: string; type: string; labels: readonly string[]; help: string }[] {
  // Nothing is scraped, so nothing is read.
  const set = createMetricSet({} as never);
  return Object.values(set).map((metric) => {
    const { name, help, labelNames } = metric as unknown as { name: string; help: string; labelNames: string[] };
    const type = metric instanceof Counter ? 'counter' : metric instanceof Gauge ? 'gauge' : 'histogram';
    return { name, type, labels: labelNames, help };
  });
}

/** docs/telemetry.md. */
export function renderTelemetry(): string {
  const spanTable = table(
    ['span', 'covers'],
    spanNames.map((name) => [`\`cairnloop.${name}\``, spans[name]]),
  );
  const eventTable = table(
    ['event', 'when', 'metadata'],
    domainEventNames.map((name) => [`\`cairnloop.${name}\``, events[name][0], code(events[name][1])]),
  );
  const metricTable = table(
    ['metric', 'type', 'labels', 'meaning'],
    metrics().map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', ') || '–',
      escaped(help),
    ]),
  );
  return [
    introduction,
    `${spanTable}\n`,
    `## Domain events\n\nPublished once, after the commit.\n\n${eventTable}\n`,
    `## Metrics\n\n\`metrics: prometheus()\` in the config serves them at \`/metrics\`. Alerts: [docs/ops](ops/README.md).\n\n${metricTable}\n`,
  ].join('\n');
}

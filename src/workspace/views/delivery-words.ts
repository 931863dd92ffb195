import type { DeliveryTopic } from '../../contracts/domain.js';

/** The calls that are owed to a host, in words. */
export const topicNames: Record<DeliveryTopic, string> = {
  conversation_resolved: 'Resolved callback',
  sla_breach: 'Breach callback',
  outbound: 'Outbound message',
  reply: 'Reply',
  draft: 'Draft request',
};

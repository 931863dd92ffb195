import type { DeliveryTopic } from '../../contracts/domain.js';
import type { WorkspaceTextKey } from '../strings/strings.js';

/** The keys of the displayed names of delivery topics. */
export const deliveryTopicNames: Record<DeliveryTopic, WorkspaceTextKey> = {
  conversation_resolved: 'topicResolved',
  sla_breach: 'topicBreach',
  outbound: 'topicOutbound',
  reply: 'topicReply',
  draft: 'topicDraft',
  customer_erased: 'topicErased',
};

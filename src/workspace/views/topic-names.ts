import type { DeliveryTopic } from '../../contracts/domain.js';
import type { TextKey } from '../strings/strings.js';

/** The keys of the displayed names of delivery topics. */
export const topicNames: Record<DeliveryTopic, TextKey> = {
  conversation_resolved: 'topicResolved',
  sla_breach: 'topicBreach',
  outbound: 'topicOutbound',
  reply: 'topicReply',
  draft: 'topicDraft',
  customer_erased: 'topicErased',
};

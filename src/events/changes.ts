import type { ErasureCounts } from '../contracts/customer-data.js';
import type { Actor, Conversation, Decision, DeliveryTopic, Draft, Message, Sla } from '../contracts/domain.js';
import type { MessageTopic } from '../deliveries/message-topics.js';
import type { DeliveryOutcome } from '../telemetry/metrics.js';

interface OfConversation {
  conversationId: string;
}

interface OfDelivery {
  topic: DeliveryTopic;
  deliveryId: string;
}

/** The kinds of change that have follow-ups, with the data that the follow-ups need. */
export interface ChangeDataByType {
  'conversation.opened': { conversation: Conversation };
  'conversation.replied': { message: Message };
  'conversation.noted': OfConversation;
  'conversation.updated': { conversation: Conversation; actor: Actor; changed: readonly string[] };
  'conversation.snoozed': { conversation: Conversation; actor: Actor; until: Date };
  'conversation.woken': OfConversation & { because: 'time' | 'customer' | 'operator' };
  /** `owed`: whether `notifier.onConversationResolved` is owed. */
  'conversation.resolved': { conversation: Conversation; actor: Actor; owed: boolean };
  'conversation.archived': { conversation: Conversation; actor: Actor };
  'conversation.reopened': OfConversation;
  'conversation.rated': OfConversation;
  /** The customer has read the conversation. */
  'conversation.read': OfConversation;
  /** Retention has removed the conversation. */
  'conversation.removed': OfConversation;
  /** The conversation was erased with its customer. */
  'conversation.erased': OfConversation;
  'message.received': OfConversation & { messageId: string };
  /** The host has accepted the message, or its delivery was discarded. */
  'message.settled': OfConversation & { topic: MessageTopic; messageId: string | null; outcome: 'sent' | 'failed' };
  'sla.started': { sla: Sla };
  'sla.paused': OfConversation;
  'sla.resumed': OfConversation;
  /** A reply, a resolution or an archiving has ended the clock: fulfilled, or breached if it came too late. */
  'sla.ended': { sla: Sla };
  /** A worker has recorded a breach at the deadline of the clock. */
  'sla.breached': { sla: Sla };
  'draft.decided': { decision: Decision };
  /** A proposal was stored; `messageId` where the policy allowed it to be sent. */
  'draft.proposed': { draft: Draft; messageId: string | null };
  /** An operator has sent the draft, as proposed or edited. */
  'draft.sent': { draft: Draft };
  'draft.discarded': OfConversation & { draftId: string; actor: Actor };
  'outbound.triggered': { message: Message; isDue: boolean };
  'delivery.attempted': { topic: DeliveryTopic; outcome: DeliveryOutcome; seconds: number; lagSeconds: number };
  /** The delivery failed its last attempt. */
  'delivery.given_up': OfDelivery & { attempts: number };
  /** An operator has discarded the delivery. */
  'delivery.discarded': OfDelivery & OfConversation & { actor: Actor };
  'delivery.retried': OfDelivery & OfConversation & { actor: Actor };
  /** `owed`: whether `notifier.onCustomerErased` is owed. */
  'customer.erased': { actor: Actor; counts: ErasureCounts; owed: boolean };
  /** A pending action was scheduled, carried out, taken back, held or dropped. */
  'pending_action.changed': OfConversation;
}

export type AnnouncedChangeType = keyof ChangeDataByType;

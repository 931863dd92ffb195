import type { Calls, ConversationCalls, DeliveryCalls, DraftCalls, SlaCalls } from '../contracts/cairnloop.js';

/** The public library calls that an operator can cause. The workspace changes conversations only through them. */
export interface WorkspaceApi extends Pick<Calls, 'outbound'> {
  conversations: Pick<ConversationCalls, 'reply' | 'note' | 'resolve' | 'reopen' | 'update' | 'snooze'>;
  drafts: Pick<DraftCalls, 'approve' | 'edit' | 'use' | 'discard'>;
  sla: Pick<SlaCalls, 'setPolicy' | 'pause' | 'resume'>;
  deliveries: Pick<DeliveryCalls, 'retry' | 'discard'>;
}

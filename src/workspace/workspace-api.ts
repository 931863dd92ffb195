import type { Actor } from '../contracts/domain.js';
import type { SlaPolicy } from '../contracts/sla-policy-provider.js';
import type { ReopenInput } from '../conversations/reopen.js';
import type { NoteInput, ReplyInput } from '../conversations/reply.js';
import type { ResolveInput } from '../conversations/resolve.js';
import type { InterveneInput, RetryInput } from '../deliveries/retry-discard.js';
import type { ApproveInput, DiscardInput, EditInput, UseInput } from '../drafts/operator-decisions.js';
import type { BulkEnvelope, BulkInput, BulkResult } from '../outbound/bulk-trigger.js';
import type { CancelInput } from '../outbound/cancel.js';
import type { TriggerInput } from '../outbound/trigger.js';
import type { PauseInput, ResumeInput } from '../sla/pause.js';

/** The public operations that an operator can cause; the workspace changes nothing but through them. */
export interface WorkspaceApi {
  conversations: {
    reply(id: string, input: ReplyInput): Promise<unknown>;
    note(id: string, input: NoteInput): Promise<unknown>;
    resolve(id: string, input: ResolveInput): Promise<unknown>;
    reopen(id: string, input: ReopenInput): Promise<unknown>;
  };
  drafts: {
    approve(id: string, input: ApproveInput): Promise<unknown>;
    edit(id: string, input: EditInput): Promise<unknown>;
    use(id: string, input: UseInput): Promise<unknown>;
    discard(id: string, input: DiscardInput): Promise<unknown>;
  };
  outbound: {
    trigger(conversationId: string, input: TriggerInput): Promise<unknown>;
    bulkTrigger(
      conversationIds: readonly string[],
      input: BulkInput,
    ): Promise<{ envelope: BulkEnvelope; results: BulkResult[] }>;
    cancel(messageId: string, input: CancelInput): Promise<unknown>;
  };
  sla: {
    setPolicy(priority: string, attrs: Partial<SlaPolicy>, by: { actor: Actor }): Promise<unknown>;
    pause(conversationId: string, input: PauseInput): Promise<unknown>;
    resume(conversationId: string, input: ResumeInput): Promise<unknown>;
  };
  deliveries: {
    retry(id: string, input: RetryInput): Promise<unknown>;
    discard(id: string, input: InterveneInput): Promise<unknown>;
  };
}

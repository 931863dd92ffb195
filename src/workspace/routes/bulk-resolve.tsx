/** Resolves several conversations in one bulk action, and takes back those that are still pending. */
import { schedulePendingAction } from '../../pending-actions/schedule.js';
import { takeBackAction } from '../../pending-actions/take-back.js';
import type { WorkspaceContext, WorkspaceHandler, WorkspaceServices } from '../handler.js';
import { findBulkRecipients } from '../queries/recipients.js';
import { toTickedConversations } from '../ticked.js';
import { translate } from '../translate.js';
import type { BulkOutcome, BulkRecipient, PendingBulkAction } from '../views/bulk.js';
import { TakenBackResultView } from '../views/bulk-taken-back.js';
import { WorkspacePage } from '../views/page.js';
import { bulkActionPageContext } from './bulk-page-context.js';
import { dueTimerMarginMs, takeBackDelayMs } from './schedule-or-run.js';

/**
 * Delay added for each conversation, in milliseconds, so that the first can still be taken back when the last is
 * stored.
 */
const perConversationMs = 25;

/**
 * Returns a function that resolves one of `total` conversations, at once or after the take-back time; it returns the
 * pending action, if any.
 */
export function createBulkConversationResolver(c: WorkspaceContext, services: WorkspaceServices, total: number) {
  const actor = c.get('pageContext').operator;
  const delayMs = takeBackDelayMs(c, services);
  return async ({ id, newestMessageId = null }: BulkRecipient): Promise<PendingBulkAction | undefined> => {
    if (delayMs === 0) {
      await services.api.conversations.resolve(id, { resolvedBy: actor });
      return undefined;
    }
    const asked = {
      conversationId: id,
      kind: 'resolve',
      dedupeKey: 'resolve',
      actor,
      lastSeen: newestMessageId,
    } as const;
    const whole = { ...asked, thenResolve: false, draftId: null, content: null };
    const action = await schedulePendingAction(services.runtime, whole, delayMs + total * perConversationMs);
    if (!action) return undefined;
    services.actions.arm(action.inMs + dueTimerMarginMs);
    return { id: action.id, conversationId: id, dueAt: action.dueAt };
  };
}

/** Takes back every resolve of a bulk action that is still pending. */
export const takeBackBulkResolve: WorkspaceHandler = async (c, services) => {
  const pageContext = bulkActionPageContext(c);
  const named = c.get('form').all('action').slice(0, maxAtOnce).map(parseName);
  const taken = await Promise.all(
    named.map((one) => takeBackAction(services.runtime, { ...one, operatorId: pageContext.operator.id })),
  );
  const recipients = await findBulkRecipients(
    services.runtime,
    toTickedConversations(named.map(({ conversationId }) => conversationId)),
  );
  const outcomes: BulkOutcome[] = recipients.map((recipient) => {
    const isTaken = taken.some((action) => action?.conversationId === recipient.id);
    return { recipient, failure: isTaken ? null : translate('tooLate') };
  });
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('done')} view="inbox">
      <TakenBackResultView pageContext={pageContext} outcomes={outcomes} />
    </WorkspacePage>,
  );
};

const maxAtOnce = 200;

function parseName(name: string): { conversationId: string; id: string } {
  const [conversationId = '', id = ''] = name.split(' ');
  return { conversationId, id };
}

/** Resolves several conversations in one bulk action, and takes back those that are still pending. */
import { scheduleAction } from '../../pending-actions/schedule.js';
import { takeBackAction } from '../../pending-actions/take-back.js';
import type { Handler, Services, WorkspaceContext } from '../handler.js';
import { findRecipients } from '../queries/recipients.js';
import { tickedWithoutSeen } from '../ticked.js';
import { t } from '../translate.js';
import type { BulkOutcome, PendingBulk, Recipient } from '../views/bulk.js';
import { TakenBackView } from '../views/bulk-taken-back.js';
import { Page } from '../views/page.js';
import { tickedPageContext } from './bulk-page-context.js';
import { takeBackMs, timerMarginMs } from './schedule-or-run.js';

/**
 * Delay added for each conversation, in milliseconds, so that the first can still be taken back when the last is
 * stored.
 */
const perConversationMs = 25;

/**
 * Returns a function that resolves one of `total` conversations, at once or after the take-back time; it returns the
 * pending action, if any.
 */
export function resolveNowOrLater(c: WorkspaceContext, services: Services, total: number) {
  const actor = c.get('pageContext').operator;
  const delayMs = takeBackMs(c, services);
  return async ({ id, newestMessageId = null }: Recipient): Promise<PendingBulk | undefined> => {
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
    const action = await scheduleAction(services.runtime, whole, delayMs + total * perConversationMs);
    if (!action) return undefined;
    services.actions.arm(action.inMs + timerMarginMs);
    return { id: action.id, conversationId: id, dueAt: action.dueAt };
  };
}

/** Takes back every resolve of a bulk action that is still pending. */
export const takeBackBulk: Handler = async (c, services) => {
  const pageContext = tickedPageContext(c);
  const named = c.get('form').all('action').slice(0, maxAtOnce).map(parseName);
  const taken = await Promise.all(
    named.map((one) => takeBackAction(services.runtime, { ...one, operatorId: pageContext.operator.id })),
  );
  const recipients = await findRecipients(
    services.runtime,
    tickedWithoutSeen(named.map(({ conversationId }) => conversationId)),
  );
  const outcomes: BulkOutcome[] = recipients.map((recipient) => {
    const isTaken = taken.some((action) => action?.conversationId === recipient.id);
    return { recipient, failure: isTaken ? null : t('tooLate') };
  });
  return c.html(
    <Page pageContext={pageContext} title={t('done')} view="inbox">
      <TakenBackView pageContext={pageContext} outcomes={outcomes} />
    </Page>,
  );
};

const maxAtOnce = 200;

function parseName(name: string): { conversationId: string; id: string } {
  const [conversationId = '', id = ''] = name.split(' ');
  return { conversationId, id };
}

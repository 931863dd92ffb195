import type { PendingAction } from '../../pending-actions/pending-action.js';
import { deletePendingActionOnHold, takeBackAction } from '../../pending-actions/take-back.js';
import { successNotice } from '../done-notices.js';
import { pathParameter, readQueueView, redirectWithNotice, type WorkspaceHandler } from '../handler.js';
import type { PageNotice } from '../page-context.js';
import { queueQueryString } from '../queue-filters.js';
import { translate } from '../translate.js';
import { renderConversationPage } from './conversation.js';
import type { ConversationPageState } from './load-conversation-page.js';

/** Takes back a pending or held action; its text returns to the composer. */
export const takeBackPendingAction: WorkspaceHandler = async (c, services) => {
  const conversationId = pathParameter(c, 'id');
  const asked = { conversationId, id: pathParameter(c, 'action'), operatorId: c.get('pageContext').operator.id };
  // The composer holds other text: keep this action's text in the thread until the composer is free.
  const keep = c.get('form').text('keep') === '1';
  const action = await takeBackAction(services.runtime, { ...asked, keep });
  if (!action) return renderConversationPage(c, services, conversationId, { status: 409, notice: tooLate() });
  const restored = keep ? {} : restoredFrom(action);
  return renderConversationPage(c, services, conversationId, {
    notice: successNotice('taken-back') as PageNotice,
    ...restored,
  });
};

/** Deletes a held action together with its text. */
export const submitPendingActionDeletion: WorkspaceHandler = async (c, services) => {
  const id = pathParameter(c, 'id');
  const isDropped = await deletePendingActionOnHold(services.runtime, id, pathParameter(c, 'action'));
  if (!isDropped) return renderConversationPage(c, services, id, { status: 409, notice: tooLate() });
  return redirectWithNotice(c, `/c/${id}${queueQueryString(readQueueView(c))}`, 'dropped');
};

const tooLate = (): PageNotice => ({ tone: 'conflict', title: translate('tooLate'), text: translate('tooLateHint') });

function restoredFrom({ kind, content, draftId }: PendingAction): ConversationPageState {
  if (content === null) return {};
  const composing = { composing: { mode: 'reply', content, draftId: draftId ?? undefined } as const };
  if (kind === 'edit' && draftId) return { editing: { draftId, content }, orElse: composing };
  return composing;
}

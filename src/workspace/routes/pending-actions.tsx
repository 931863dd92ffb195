import type { PendingAction } from '../../pending-actions/pending-action.js';
import { dropHeldAction, takeBackAction } from '../../pending-actions/take-back.js';
import { doneNotice } from '../done-notices.js';
import { type Handler, param, queueViewOf, redirect } from '../handler.js';
import type { Notice } from '../page-context.js';
import { queueQuery } from '../queue-filters.js';
import { t } from '../translate.js';
import { conversationPage } from './conversation.js';
import type { ThreadState } from './load-conversation-page.js';

/** Takes back a pending or held action; its text returns to the composer. */
export const takeBack: Handler = async (c, services) => {
  const conversationId = param(c, 'id');
  const asked = { conversationId, id: param(c, 'action'), operatorId: c.get('pageContext').operator.id };
  // The composer holds other text: keep this action's text in the thread until the composer is free.
  const keep = c.get('form').text('keep') === '1';
  const action = await takeBackAction(services.runtime, { ...asked, keep });
  if (!action) return conversationPage(c, services, conversationId, { status: 409, notice: tooLate() });
  const restored = keep ? {} : restoredFrom(action);
  return conversationPage(c, services, conversationId, { notice: doneNotice('taken-back') as Notice, ...restored });
};

/** Deletes a held action together with its text. */
export const dropAction: Handler = async (c, services) => {
  const id = param(c, 'id');
  const isDropped = await dropHeldAction(services.runtime, id, param(c, 'action'));
  if (!isDropped) return conversationPage(c, services, id, { status: 409, notice: tooLate() });
  return redirect(c, `/c/${id}${queueQuery(queueViewOf(c))}`, 'dropped');
};

const tooLate = (): Notice => ({ tone: 'conflict', title: t('tooLate'), text: t('tooLateHint') });

function restoredFrom({ kind, content, draftId }: PendingAction): ThreadState {
  if (content === null) return {};
  const composing = { composing: { mode: 'reply', content, draftId: draftId ?? undefined } as const };
  if (kind === 'edit' && draftId) return { editing: { draftId, content }, orElse: composing };
  return composing;
}

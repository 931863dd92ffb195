import { randomUUID } from 'node:crypto';
import type { Actor } from '../../contracts/domain.js';
import { findDraft } from '../../drafts/find.js';
import { CairnloopError, isCairnloopError } from '../../foundation/errors.js';
import { requireNoNewerMessages } from '../../pending-actions/execute-action.js';
import { dedupeKeyOfForm } from '../form-dedupe-key.js';
import {
  pathParameter,
  readQueueView,
  redirectWithNotice,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import { findWholeMessage } from '../queries/thread-messages.js';
import { queueQueryString } from '../queue-filters.js';
import { toActionRefusal } from '../refusals.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate } from '../translate.js';
import { type ComposerMode, composerModes, followUpDelays } from '../views/composer.js';
import { renderConversationPage } from './conversation.js';
import type { ConversationPageState } from './load-conversation-page.js';
import { scheduleOrRunAction, takeBackDelayMs } from './schedule-or-run.js';

/** Sends the composer's text as a reply to the customer, as a note to colleagues, or as a follow-up. */
export const sendFromComposer: WorkspaceHandler = async (c, services) => {
  const id = pathParameter(c, 'id');
  const form = c.get('form');
  const mode = composerModes.find((known) => known === form.text('mode'));
  const written = { content: form.text('content'), draftId: form.text('draft') || undefined };
  // Browsers do not send a disabled mode of the composer: refuse, rather than guess who will read the text.
  if (!mode)
    return renderConversationPage(c, services, id, { ...modeMissing(), composing: { mode: 'reply', ...written } });
  const composing = { mode, ...written };
  const message: Written = {
    content: composing.content,
    actor: c.get('pageContext').operator,
    dedupeKey: dedupeKeyOfForm(c, mode, composing.content),
  };
  return redirectOrShowError(c, services, id, { composing }, () => send[mode](c, services, id, message));
};

const modeMissing = (): ConversationPageState => ({
  status: 422,
  notice: { tone: 'conflict', title: translate('nothingSent'), text: translate('modeMissing') },
});

/** An operator's text with its dedupe key. */
type Written = { content: string; actor: Actor; dedupeKey: string | undefined };

/** A reply, with the id of the newest message that its sender had read. */
type Reply = Written & { lastSeenMessageId: string | null | undefined };

/**
 * Reads from the form the id of the newest message that its sender had read; null, for none, if the form has no such
 * field.
 */
export const newestSeenMessageId = (c: WorkspaceContext): string | null => c.get('form').text('seen') || null;

/**
 * Like `newestSeenMessageId`, for a form that may leave the field out: then undefined, and newer messages do not
 * matter.
 */
const newestSeenIfSaid = (c: WorkspaceContext): string | null | undefined =>
  c.get('form').all('seen').length > 0 ? newestSeenMessageId(c) : undefined;

type Send = (c: WorkspaceContext, services: WorkspaceServices, id: string, written: Written) => Promise<string>;

const send: Record<ComposerMode, Send> = {
  reply: async (c, services, id, written) => {
    const form = c.get('form');
    const lastSeen = newestSeenIfSaid(c);
    const reply = { ...written, lastSeenMessageId: lastSeen };
    const draft = await findDraft(services.runtime.db, form.text('draft'));
    const draftId = draft?.conversationId === id ? draft.id : null;
    const thenResolve = form.text('also') === 'resolve';
    const asked = { ...replyOf(id, draftId, written), thenResolve, lastSeen };
    return scheduleOrRunAction(c, services, asked, async () => {
      const used = draftId !== null && (await useDraft(services, draftId, reply));
      if (!used) await services.api.conversations.reply(id, reply);
      return thenResolve ? resolveConversationNow(c, services, id) : 'reply';
    });
  },
  note: async (_, { api }, id, written) => {
    await api.conversations.note(id, written);
    return 'note';
  },
  'follow-up': async (c, { api }, id, written) => {
    const asked = c.get('form').text('delay');
    const delay = followUpDelays.find(({ seconds }) => String(seconds) === asked)?.seconds ?? 0;
    await api.outbound.trigger(id, { templateId: followUpTemplateId, scheduleInSeconds: delay, ...written });
    return delay > 0 ? 'scheduled' : 'follow-up';
  },
};

function replyOf(conversationId: string, draftId: string | null, { content, dedupeKey = randomUUID() }: Written) {
  return { conversationId, kind: draftId ? 'use' : 'reply', content, draftId, dedupeKey } as const;
}

/** The template id of follow-ups, whose text operators write by hand. */
export const followUpTemplateId = 'follow_up';

/**
 * Sends the reply and marks its draft as used. Returns false if the draft was decided meanwhile; the caller then sends
 * an ordinary reply.
 */
async function useDraft({ api }: WorkspaceServices, draftId: string, written: Reply): Promise<boolean> {
  try {
    await api.drafts.use(draftId, written);
    return true;
  } catch (error) {
    if (isCairnloopError(error) && error.code === 'DRAFT_NOT_PENDING') return false;
    throw error;
  }
}

export const resolveConversation: WorkspaceHandler = (c, services) =>
  change(
    c,
    services,
    async (id) => {
      const asked = {
        conversationId: id,
        kind: 'resolve',
        content: null,
        draftId: null,
        dedupeKey: 'resolve',
      } as const;
      const lastSeen = newestSeenIfSaid(c);
      return scheduleOrRunAction(c, services, { ...asked, lastSeen }, async () => {
        const actor = c.get('pageContext').operator;
        if (lastSeen !== undefined)
          await requireNoNewerMessages(services.runtime.db, { conversationId: id, lastSeen, actor });
        return resolveConversationNow(c, services, id);
      });
    },
    'hintUnread',
  );

export async function resolveConversationNow(
  c: WorkspaceContext,
  { api }: WorkspaceServices,
  id: string,
): Promise<string> {
  await api.conversations.resolve(id, { resolvedBy: c.get('pageContext').operator });
  return 'resolved';
}

export const reopenConversation: WorkspaceHandler = (c, services) =>
  change(c, services, async (id) => {
    await services.api.conversations.reopen(id, { actor: c.get('pageContext').operator });
    return 'reopened';
  });

export const pauseSla: WorkspaceHandler = (c, services) =>
  change(c, services, async (id) => {
    await services.api.sla.pause(id, { reason: c.get('form').text('reason'), actor: c.get('pageContext').operator });
    return 'paused';
  });

export const resumeSla: WorkspaceHandler = (c, services) =>
  change(c, services, async (id) => {
    await services.api.sla.resume(id, { actor: c.get('pageContext').operator });
    return 'resumed';
  });

/** Cancels an outbound message; its id must belong to this conversation. */
export const cancelOutboundMessage: WorkspaceHandler = async (c, services) => {
  const id = pathParameter(c, 'id');
  const message = await findWholeMessage(services.runtime, id, pathParameter(c, 'message'));
  if (!message) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return change(c, services, async () => {
    await services.api.outbound.cancel(message.id, { actor: c.get('pageContext').operator });
    return 'cancelled';
  });
};

function change(
  c: WorkspaceContext,
  services: WorkspaceServices,
  work: (id: string) => Promise<string>,
  changed?: WorkspaceTextKey,
): Promise<Response> {
  const id = pathParameter(c, 'id');
  return redirectOrShowError(c, services, id, {}, () => work(id), changed);
}

/** Runs `work` and redirects to the conversation, or renders the conversation with the error. */
export async function redirectOrShowError(
  c: WorkspaceContext,
  services: WorkspaceServices,
  id: string,
  kept: ConversationPageState,
  work: () => Promise<string>,
  /** The hint to show if somebody has written a newer message. */
  changed?: WorkspaceTextKey,
): Promise<Response> {
  try {
    const done = await work();
    if (c.get('form').text('leaving') === '1') return left(c, services, done);
    return redirectWithNotice(c, `/c/${id}${queueQueryString(readQueueView(c))}`, done);
  } catch (error) {
    const refusal = toActionRefusal(error, services.runtime.log, changed);
    if (!refusal) throw error;
    return renderConversationPage(c, services, id, { ...kept, ...refusal });
  }
}

/** Responds to a form sent while leaving its page: a header says until when the action can be taken back. */
function left(c: WorkspaceContext, services: WorkspaceServices, done: string): Response {
  if (done.startsWith('pending-')) {
    c.header('x-cairnloop-until', new Date(Date.now() + takeBackDelayMs(c, services)).toISOString());
  }
  return c.body(null, 204);
}

import { randomUUID } from 'node:crypto';
import type { Actor } from '../../contracts/domain.js';
import { findDraft } from '../../drafts/find.js';
import { CairnloopError, isCairnloopError } from '../../foundation/errors.js';
import { refuseNews } from '../../pending-actions/execute-action.js';
import { type Handler, param, queueViewOf, redirect, type Services, type WorkspaceContext } from '../handler.js';
import { postKey } from '../post-key.js';
import { findWholeMessage } from '../queries/thread-messages.js';
import { queueQuery } from '../queue-filters.js';
import { refusalOf } from '../refusals.js';
import type { TextKey } from '../strings/strings.js';
import { t } from '../translate.js';
import { type ComposerMode, composerModes, followUpDelays } from '../views/composer.js';
import { conversationPage } from './conversation.js';
import type { ThreadState } from './load-conversation-page.js';
import { scheduleOrRun, takeBackMs } from './schedule-or-run.js';

/** Sends the composer's text as a reply to the customer, as a note to colleagues, or as a follow-up. */
export const sendFromComposer: Handler = async (c, services) => {
  const id = param(c, 'id');
  const form = c.get('form');
  const mode = composerModes.find((known) => known === form.text('mode'));
  const written = { content: form.text('content'), draftId: form.text('draft') || undefined };
  // The browser leaves out a disabled mode: refuse, rather than guess who will read the text.
  if (!mode) return conversationPage(c, services, id, { ...modeMissing(), composing: { mode: 'reply', ...written } });
  const composing = { mode, ...written };
  const message: Written = {
    content: composing.content,
    actor: c.get('pageContext').operator,
    dedupeKey: postKey(c, mode, composing.content),
  };
  return redirectOrExplain(c, services, id, { composing }, () => send[mode](c, services, id, message));
};

const modeMissing = (): ThreadState => ({
  status: 422,
  notice: { tone: 'conflict', title: t('nothingSent'), text: t('modeMissing') },
});

/** An operator's text with its dedupe key. */
type Written = { content: string; actor: Actor; dedupeKey: string | undefined };

/** A reply, with the id of the newest message that its sender had read. */
type Reply = Written & { lastSeenMessageId: string | null | undefined };

/**
 * Reads from the form the id of the newest message that its sender had read; null, for none, if the form has no such
 * field.
 */
export const newestSeenMessage = (c: WorkspaceContext): string | null => c.get('form').text('seen') || null;

/**
 * Like `newestSeenMessageId`, for a form that may leave the field out: then undefined, and newer messages do not
 * matter.
 */
const newestSeenIfSaid = (c: WorkspaceContext): string | null | undefined =>
  c.get('form').all('seen').length > 0 ? newestSeenMessage(c) : undefined;

type Send = (c: WorkspaceContext, services: Services, id: string, written: Written) => Promise<string>;

const send: Record<ComposerMode, Send> = {
  reply: async (c, services, id, written) => {
    const form = c.get('form');
    const lastSeen = newestSeenIfSaid(c);
    const reply = { ...written, lastSeenMessageId: lastSeen };
    const draft = await findDraft(services.runtime.db, form.text('draft'));
    const draftId = draft?.conversationId === id ? draft.id : null;
    const thenResolve = form.text('also') === 'resolve';
    const asked = { ...replyOf(id, draftId, written), thenResolve, lastSeen };
    return scheduleOrRun(c, services, asked, async () => {
      const used = draftId !== null && (await useDraft(services, draftId, reply));
      if (!used) await services.api.conversations.reply(id, reply);
      return thenResolve ? resolveNow(c, services, id) : 'reply';
    });
  },
  note: async (_, { api }, id, written) => {
    await api.conversations.note(id, written);
    return 'note';
  },
  'follow-up': async (c, { api }, id, written) => {
    const asked = c.get('form').text('delay');
    const delay = followUpDelays.find(({ seconds }) => String(seconds) === asked)?.seconds ?? 0;
    await api.outbound.trigger(id, { templateId: followUpTemplate, scheduleInSeconds: delay, ...written });
    return delay > 0 ? 'scheduled' : 'follow-up';
  },
};

function replyOf(conversationId: string, draftId: string | null, { content, dedupeKey = randomUUID() }: Written) {
  return { conversationId, kind: draftId ? 'use' : 'reply', content, draftId, dedupeKey } as const;
}

/** The template id of follow-ups, whose text operators write by hand. */
export const followUpTemplate = 'follow_up';

/**
 * Sends the reply and marks its draft as used. Returns false if the draft was decided meanwhile; the caller then sends
 * an ordinary reply.
 */
async function useDraft({ api }: Services, draftId: string, written: Reply): Promise<boolean> {
  try {
    await api.drafts.use(draftId, written);
    return true;
  } catch (error) {
    if (isCairnloopError(error) && error.code === 'DRAFT_NOT_PENDING') return false;
    throw error;
  }
}

export const resolve: Handler = (c, services) =>
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
      return scheduleOrRun(c, services, { ...asked, lastSeen }, async () => {
        const actor = c.get('pageContext').operator;
        if (lastSeen !== undefined) await refuseNews(services.runtime.db, { conversationId: id, lastSeen, actor });
        return resolveNow(c, services, id);
      });
    },
    'hintUnread',
  );

export async function resolveNow(c: WorkspaceContext, { api }: Services, id: string): Promise<string> {
  await api.conversations.resolve(id, { resolvedBy: c.get('pageContext').operator });
  return 'resolved';
}

export const reopen: Handler = (c, services) =>
  change(c, services, async (id) => {
    await services.api.conversations.reopen(id, { actor: c.get('pageContext').operator });
    return 'reopened';
  });

export const pauseSla: Handler = (c, services) =>
  change(c, services, async (id) => {
    await services.api.sla.pause(id, { reason: c.get('form').text('reason'), actor: c.get('pageContext').operator });
    return 'paused';
  });

export const resumeSla: Handler = (c, services) =>
  change(c, services, async (id) => {
    await services.api.sla.resume(id, { actor: c.get('pageContext').operator });
    return 'resumed';
  });

/** Cancels an outbound message; its id must belong to this conversation. */
export const cancelOutbound: Handler = async (c, services) => {
  const id = param(c, 'id');
  const message = await findWholeMessage(services.runtime, id, param(c, 'message'));
  if (!message) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return change(c, services, async () => {
    await services.api.outbound.cancel(message.id, { actor: c.get('pageContext').operator });
    return 'cancelled';
  });
};

function change(
  c: WorkspaceContext,
  services: Services,
  work: (id: string) => Promise<string>,
  changed?: TextKey,
): Promise<Response> {
  const id = param(c, 'id');
  return redirectOrExplain(c, services, id, {}, () => work(id), changed);
}

/** Runs `work` and redirects to the conversation, or renders the conversation with the error. */
export async function redirectOrExplain(
  c: WorkspaceContext,
  services: Services,
  id: string,
  kept: ThreadState,
  work: () => Promise<string>,
  /** The hint to show if somebody has written a newer message. */
  changed?: TextKey,
): Promise<Response> {
  try {
    const done = await work();
    if (c.get('form').text('leaving') === '1') return left(c, services, done);
    return redirect(c, `/c/${id}${queueQuery(queueViewOf(c))}`, done);
  } catch (error) {
    const refusal = refusalOf(error, services.runtime.log, changed);
    if (!refusal) throw error;
    return conversationPage(c, services, id, { ...kept, ...refusal });
  }
}

/** Responds to a page that the operator is leaving: only with the time until which the action can be taken back. */
function left(c: WorkspaceContext, services: Services, done: string): Response {
  if (done.startsWith('pending-')) {
    c.header('x-cairnloop-until', new Date(Date.now() + takeBackMs(c, services)).toISOString());
  }
  return c.body(null, 204);
}

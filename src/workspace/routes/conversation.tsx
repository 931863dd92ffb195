import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContextAnswer } from '../../context/context-reader.js';
import { isModuleOwed } from '../../deliveries/announced-modules.js';
import { CairnloopError } from '../../foundation/errors.js';
import { type Changes, createComparer } from '../diff-words.js';
import { doneNotice } from '../done-notices.js';
import { type Handler, param, queueViewOf, type Services, type WorkspaceContext } from '../handler.js';
import { threadWithKnownName, withKnownNames } from '../known-names.js';
import type { ThreadHead } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import { countQueue, findQueuePage } from '../queries/queue.js';
import { findThread } from '../queries/thread.js';
import { findHit, findMessages, findWholeMessage, type MessagePage } from '../queries/thread-messages.js';
import { queueQuery } from '../queue-filters.js';
import type { Refusal } from '../refusals.js';
import { candidates, peopleOf } from '../team.js';
import { type Composing, composerModes } from '../views/composer.js';
import { ContextPanel, type ContextView } from '../views/context.js';
import { Page } from '../views/page.js';
import { Queue } from '../views/queue.js';
import { Rail } from '../views/rail.js';
import { Thread } from '../views/thread.js';
import { WholeMessage } from '../views/whole-message.js';
import { t } from '../words.js';
import { findSavedReply } from './saved-replies.js';

/** State of a page after a refused change, so that the operator's text is not lost. */
export interface ThreadState {
  notice?: Notice;
  composing?: Composing;
  editing?: { draftId: string; content: string };
  /** Shown instead of `editing` if the draft can no longer be edited. */
  orElse?: { composing: Composing };
  status?: 200 | Refusal['status'];
}

export const conversation: Handler = (c, services) => conversationPage(c, services, param(c, 'id'));

/**
 * A conversation with the queue beside it, in four or five parallel statements. Waits for the customer's facts only
 * briefly.
 */
export async function conversationPage(
  c: WorkspaceContext,
  services: Services,
  id: string,
  state: ThreadState = {},
): Promise<Response> {
  const { runtime } = services;
  const view = queueViewOf(c);
  const asked = c.req.query('before') || null;
  const before = asked ?? (await pageOfHit(c, services, id, view.search));
  const thread = findThread(runtime, id);
  const context = thread
    .then((found) => (found ? runtime.context.get(found.conversation.actorId) : undefined))
    // `thread` is awaited below and throws there.
    .catch(() => undefined);
  const [lines, { counts }, known, messages, canFollowUp] = await Promise.all([
    findQueuePage(runtime, view, c.get('frame').operator.id),
    countQueue(runtime, c.get('frame').operator.id),
    thread,
    findMessages(runtime, id, before),
    isModuleOwed(runtime.config, runtime.db, 'notifier'),
  ]);
  if (!known) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const shown = await contextInTime(context, c.req.query('context') === 'wait');
  const page = withKnownNames(lines, runtime.context);
  const head = threadWithKnownName(known, runtime.context);
  const found = before === null ? { ...head, newestMessageId: newestShown(head, messages) } : head;
  const frame = threadFrame(c, id, found.now);
  const editing = state.editing ? editable(state.editing, found) : editingOf(c, found);
  const composing =
    state.composing ?? (editing ? undefined : state.orElse?.composing) ?? (await savedReplyOf(c, services, found));
  // Lets browsers prefetch the neighbouring conversations.
  c.header('speculation-rules', `"${frame.assets.href('neighbours.rules')}"`);
  return c.html(
    <Page frame={frame} title={found.conversation.subject ?? t('conversation')} view="inbox" search={view.search}>
      <div class="inbox inbox-thread" data-page={`c/${id}`}>
        <Queue
          frame={frame}
          view={view}
          page={page}
          counts={counts}
          selecting={view.selecting ?? false}
          openId={id}
          team={services.team.members()}
        />
        <Thread
          frame={frame}
          queue={view}
          thread={found}
          messages={messages}
          newest={before === null}
          composing={composing ?? composingOf(c, found)}
          editing={editing}
          changes={changesOn(found, messages, editing)}
          canFollowUp={canFollowUp}
          maxAttempts={runtime.config.worker.maxAttempts}
          nonce={randomUUID()}
          people={candidates(services.team, peopleOf(found), found.conversation.actorId)}
          notice={state.notice ?? doneNotice(c.req.query('done'))}
        />
        <Rail frame={frame} thread={found} context={shown} />
      </div>
    </Page>,
    state.status ?? 200,
  );
}

/** Finds the page of the newest search hit, which may be an earlier one. */
async function pageOfHit(
  c: WorkspaceContext,
  { runtime }: Services,
  id: string,
  search: string,
): Promise<string | null> {
  if (search === '' || c.req.method !== 'GET') return null;
  const hit = await findHit(runtime, id, search);
  return hit?.isOld ? hit.before : null;
}

/** Two statements, two snapshots: a message in the head that is on no page was not seen by the operator. */
function newestShown({ newestMessageId }: ThreadHead, { messages, earlierCursor }: MessagePage): string | null {
  return messages.findLast(({ role }) => role !== 'system')?.id ?? (earlierCursor ? newestMessageId : null);
}

/**
 * The context of a thread page. After a POST, `path` is that of the conversation, because the form's URL has no GET.
 */
function threadFrame(c: WorkspaceContext, id: string, now: Date): PageContext {
  const frame = c.get('frame');
  const queue = queueQuery(queueViewOf(c));
  return { ...frame, now, queue, path: c.req.method === 'POST' ? `/c/${id}${queue}` : frame.path };
}

/** How long a finished page waits for the customer's facts before it is sent without them, in milliseconds. */
const contextGraceMs = 20;

async function contextInTime(context: Promise<ContextAnswer | undefined>, wait: boolean): Promise<ContextView> {
  const late = sleep(contextGraceMs, undefined, { ref: false });
  return (await (wait ? context : Promise.race([context, late]))) ?? { state: 'loading' };
}

/** The composer's state from the URL: a mode, or a draft's text. */
function composingOf(c: WorkspaceContext, thread: ThreadHead): Composing {
  const used = thread.drafts.find((draft) => draft.id === c.req.query('use'));
  if (used) return { mode: 'reply', content: used.content, draftId: used.id };
  const mode = composerModes.find((known) => known === c.req.query('write'));
  return { mode: mode ?? 'reply', content: '' };
}

/** The saved reply that the URL names. */
async function savedReplyOf(
  c: WorkspaceContext,
  services: Services,
  thread: ThreadHead,
): Promise<Composing | undefined> {
  const name = c.req.query('reply');
  const content = name ? await findSavedReply(c, services, thread, name) : undefined;
  return content === undefined ? undefined : { mode: 'reply', content };
}

function editingOf(c: WorkspaceContext, thread: ThreadHead): ThreadState['editing'] {
  const draft = thread.drafts.find((known) => known.status === 'pending' && known.id === c.req.query('edit'));
  return draft && { draftId: draft.id, content: draft.content };
}

/** Only a pending draft that is not stale can be edited. */
function editable(editing: NonNullable<ThreadState['editing']>, { drafts }: ThreadHead): ThreadState['editing'] {
  return drafts.some(({ id, status, stale }) => id === editing.draftId && status === 'pending' && !stale)
    ? editing
    : undefined;
}

/** Diffs of edited drafts. The draft being edited comes first, then the newest messages, as the budget may run out. */
function changesOn(
  { drafts }: ThreadHead,
  { messages }: MessagePage,
  editing: ThreadState['editing'],
): Map<string, Changes> {
  const comparer = createComparer();
  const changes = new Map<string, Changes>();
  const edited = drafts.find((draft) => draft.id === editing?.draftId);
  if (edited && editing) changes.set(edited.id, comparer.compare(edited.content, editing.content));
  for (const { id, proposed, content, fullLength } of messages.toReversed()) {
    if (proposed === null || proposed === content) continue;
    // `content` is cut, so a diff would be wrong.
    changes.set(id, fullLength > content.length ? 'later' : comparer.compare(proposed, content));
  }
  return changes;
}

/** The customer's facts alone, for a page that was sent without them. */
export const context: Handler = async (c, { runtime }) => {
  const id = param(c, 'id');
  const thread = await findThread(runtime, id);
  if (!thread) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const answer = await runtime.context.get(thread.conversation.actorId);
  const frame = { ...c.get('frame'), queue: queueQuery(queueViewOf(c)) };
  return c.html(<ContextPanel frame={frame} conversationId={id} context={answer} />);
};

/** One message in full, when it is longer than a thread shows. */
export const wholeMessage: Handler = async (c, { runtime }) => {
  const id = param(c, 'id');
  const message = await findWholeMessage(runtime, id, param(c, 'message'));
  if (!message) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const frame = { ...c.get('frame'), queue: queueQuery(queueViewOf(c)) };
  const changes = message.proposed === null ? undefined : createComparer().compare(message.proposed, message.content);
  return c.html(
    <Page frame={frame} title={t('message')} view="inbox">
      <WholeMessage frame={frame} message={message} changes={changes} />
    </Page>,
  );
};

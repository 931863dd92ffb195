import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContextAnswer } from '../../context/context-reader.js';
import { CairnloopError } from '../../foundation/errors.js';
import { doneNotice } from '../done-notices.js';
import { queueViewOf, type Services, type WorkspaceContext } from '../handler.js';
import { threadWithKnownNames, withKnownNames } from '../known-names.js';
import type { ThreadHead } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import { countQueue, findQueuePage } from '../queries/queue.js';
import { findThread } from '../queries/thread.js';
import { findMessages, findMessagesAtHit, type MessagePage } from '../queries/thread-messages.js';
import { queueQuery } from '../queue-filters.js';
import type { Refusal } from '../refusals.js';
import { actorsOf, ownerCandidates } from '../team.js';
import { type ComposerState, composerModes } from '../views/composer.js';
import type { ContextView } from '../views/context.js';
import type { ConversationPageProps } from '../views/conversation-page.js';
import type { QueueProps } from '../views/queue.js';
import type { ThreadProps } from '../views/thread.js';
import { type Changes, createTextComparer } from '../word-diff.js';
import { findSavedReply } from './saved-replies.js';

/** State of a page after a refused change, so that the operator's text is not lost. */
export interface ThreadState {
  notice?: Notice;
  composing?: ComposerState;
  editing?: { draftId: string; content: string };
  /** Shown instead of `editing` if the draft can no longer be edited. */
  orElse?: { composing: ComposerState };
  status?: 200 | Refusal['status'];
}

/** Reads everything that the page of a conversation shows. */
export async function loadConversationPage(
  c: WorkspaceContext,
  services: Services,
  id: string,
  state: ThreadState,
): Promise<ConversationPageProps> {
  const read = await readConversation(c, services, id);
  const pageContext = threadPageContext(c, id, read.head.now);
  // Whoever pages back has come from the newest page; whoever a search led here has not seen it.
  const head = c.req.query('before')
    ? read.head
    : { ...read.head, newestMessageId: newestShown(read.head, read.messages) };
  return {
    pageContext,
    queue: queueBeside(services, pageContext, id, read),
    thread: {
      ...(await composersOf(c, services, head, read, state)),
      pageContext,
      queue: read.view,
      thread: head,
      messages: read.messages,
      maxAttempts: services.runtime.config.worker.maxAttempts,
      nonce: randomUUID(),
      people: ownerCandidates(services.team, actorsOf(head), head.conversation.actorId),
      notice: state.notice ?? doneNotice(c.req.query('done')),
    },
    context: read.context,
  };
}

type ReadConversation = Awaited<ReturnType<typeof readConversation>>;

/** Four parallel statements. The customer's facts are waited for only briefly. */
async function readConversation(c: WorkspaceContext, services: Services, id: string) {
  const { runtime } = services;
  const view = queueViewOf(c);
  const operatorId = c.get('pageContext').operator.id;
  const thread = findThread(runtime, id);
  const context = thread
    .then((found) => (found ? runtime.context.get(found.conversation.actorId) : undefined))
    // `thread` is awaited below and throws there.
    .catch(() => undefined);
  const [lines, { counts }, head, messages] = await Promise.all([
    findQueuePage(runtime, view, operatorId),
    countQueue(runtime, operatorId),
    thread,
    messagesOf(c, services, id, view.search),
  ]);
  if (!head) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return {
    view,
    context: await contextInTime(context, c.req.query('context') === 'wait'),
    queue: { ...lines, rows: withKnownNames(lines.rows, runtime.context) },
    counts,
    head: threadWithKnownNames(head, runtime.context),
    messages,
  };
}

function queueBeside({ team }: Services, pageContext: PageContext, openId: string, read: ReadConversation): QueueProps {
  const { view, queue, counts } = read;
  return { pageContext, view, page: queue, counts, selecting: view.selecting ?? false, openId, team: team.members() };
}

/** What stands in the composer and in the draft being edited: from a refused change, else from the URL. */
async function composersOf(
  c: WorkspaceContext,
  services: Services,
  thread: ThreadHead,
  { messages }: ReadConversation,
  state: ThreadState,
): Promise<Pick<ThreadProps, 'composing' | 'editing' | 'changes'>> {
  const editing = state.editing ? editable(state.editing, thread) : editingOf(c, thread);
  const kept = state.composing ?? (editing ? undefined : state.orElse?.composing);
  const composing = kept ?? (await savedReplyOf(c, services, thread)) ?? composingOf(c, thread);
  return { composing, editing, changes: changesOn(thread, messages, editing) };
}

/** The page of messages that the URL names, else that of the newest search hit, else the newest. */
function messagesOf(c: WorkspaceContext, { runtime }: Services, id: string, search: string): Promise<MessagePage> {
  const before = c.req.query('before') || null;
  const isSearched = before === null && search !== '' && c.req.method === 'GET';
  return isSearched ? findMessagesAtHit(runtime, id, search) : findMessages(runtime, id, before);
}

/** Two statements, two snapshots: a message in the head that is on no page was not seen by the operator. */
function newestShown({ newestMessageId }: ThreadHead, { messages, earlierCursor }: MessagePage): string | null {
  return messages.findLast(({ role }) => role !== 'system')?.id ?? (earlierCursor ? newestMessageId : null);
}

/**
 * The context of a thread page. After a POST, `path` is that of the conversation, because the form's URL has no GET.
 */
function threadPageContext(c: WorkspaceContext, id: string, now: Date): PageContext {
  const pageContext = c.get('pageContext');
  const queue = queueQuery(queueViewOf(c));
  return { ...pageContext, now, queue, path: c.req.method === 'POST' ? `/c/${id}${queue}` : pageContext.path };
}

/** How long a finished page waits for the customer's facts before it is sent without them, in milliseconds. */
const contextGraceMs = 20;

async function contextInTime(context: Promise<ContextAnswer | undefined>, wait: boolean): Promise<ContextView> {
  const late = sleep(contextGraceMs, undefined, { ref: false });
  return (await (wait ? context : Promise.race([context, late]))) ?? { state: 'loading' };
}

/** The composer's state from the URL: a mode, or a draft's text. */
function composingOf(c: WorkspaceContext, thread: ThreadHead): ComposerState {
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
): Promise<ComposerState | undefined> {
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
  const comparer = createTextComparer();
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

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContextResult } from '../../context/context-reader.js';
import { CairnloopError } from '../../foundation/errors.js';
import { successNotice } from '../done-notices.js';
import { readQueueView, type WorkspaceContext, type WorkspaceServices } from '../handler.js';
import { addCustomerNamesToRows, addCustomerNameToThread } from '../known-names.js';
import type { ThreadDetails } from '../model.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import { countQueueByFilter, findQueuePage } from '../queries/queue.js';
import { findThreadDetails } from '../queries/thread.js';
import { findMessagePage, findMessagesAtSearchHit, type MessagePage } from '../queries/thread-messages.js';
import { queueQueryString } from '../queue-filters.js';
import type { ActionRefusal } from '../refusals.js';
import { actorsOfThread, listPossibleOwners } from '../team.js';
import { type ComposerState, composerModes } from '../views/composer.js';
import type { ContextPanelState } from '../views/context.js';
import type { ConversationPageProps } from '../views/conversation-page.js';
import type { QueueProps } from '../views/queue.js';
import type { ConversationThreadProps } from '../views/thread.js';
import { createTextComparer, type TextDiffResult } from '../word-diff.js';
import { findSavedReply } from './saved-replies.js';

/** What the page of a conversation shows after a refused change, so that the operator's text is not lost. */
export interface ConversationPageState {
  notice?: PageNotice;
  composing?: ComposerState;
  editing?: { draftId: string; content: string };
  /** Shown instead of `editing` if the draft can no longer be edited. */
  orElse?: { composing: ComposerState };
  status?: 200 | ActionRefusal['status'];
}

/** Reads everything that the page of a conversation shows. */
export async function loadConversationPage(
  c: WorkspaceContext,
  services: WorkspaceServices,
  id: string,
  state: ConversationPageState,
): Promise<ConversationPageProps> {
  const read = await readConversation(c, services, id);
  const pageContext = threadPageContext(c, id, read.head.now);
  // Whoever opens earlier messages has seen the newest ones; whoever opens a search hit may not have.
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
      people: listPossibleOwners(services.team, actorsOfThread(head), head.conversation.actorId),
      notice: state.notice ?? successNotice(c.req.query('done')),
    },
    context: read.context,
  };
}

type ReadConversation = Awaited<ReturnType<typeof readConversation>>;

/** Runs four statements in parallel, and waits only briefly for the customer's facts. */
async function readConversation(c: WorkspaceContext, services: WorkspaceServices, id: string) {
  const { runtime } = services;
  const view = readQueueView(c);
  const operatorId = c.get('pageContext').operator.id;
  const thread = findThreadDetails(runtime, id);
  const context = thread
    .then((found) => (found ? runtime.context.get(found.conversation.actorId) : undefined))
    // A rejection of the promise `thread` is thrown below, where it is awaited; `context` must not reject as well.
    .catch(() => undefined);
  const [lines, { counts }, head, messages] = await Promise.all([
    findQueuePage(runtime, view, operatorId),
    countQueueByFilter(runtime, operatorId),
    thread,
    messagesOf(c, services, id, view.search),
  ]);
  if (!head) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return {
    view,
    context: await contextInTime(context, c.req.query('context') === 'wait'),
    queue: { ...lines, rows: addCustomerNamesToRows(lines.rows, runtime.context) },
    counts,
    head: addCustomerNameToThread(head, runtime.context),
    messages,
  };
}

function queueBeside(
  { team }: WorkspaceServices,
  pageContext: WorkspacePageContext,
  openId: string,
  read: ReadConversation,
): QueueProps {
  const { view, queue, counts } = read;
  return { pageContext, view, page: queue, counts, selecting: view.selecting ?? false, openId, team: team.members() };
}

/**
 * The texts of the composer and of the draft being edited: those of a refused change, else those that the URL names.
 */
async function composersOf(
  c: WorkspaceContext,
  services: WorkspaceServices,
  thread: ThreadDetails,
  { messages }: ReadConversation,
  state: ConversationPageState,
): Promise<Pick<ConversationThreadProps, 'composing' | 'editing' | 'changes'>> {
  const editing = state.editing ? editable(state.editing, thread) : editingOf(c, thread);
  const kept = state.composing ?? (editing ? undefined : state.orElse?.composing);
  const composing = kept ?? (await savedReplyOf(c, services, thread)) ?? composingOf(c, thread);
  return { composing, editing, changes: changesOn(thread, messages, editing) };
}

/** Reads the page of messages that the URL names, else that of the newest search hit, else the newest page. */
function messagesOf(
  c: WorkspaceContext,
  { runtime }: WorkspaceServices,
  id: string,
  search: string,
): Promise<MessagePage> {
  const before = c.req.query('before') || null;
  const isSearched = before === null && search !== '' && c.req.method === 'GET';
  return isSearched ? findMessagesAtSearchHit(runtime, id, search) : findMessagePage(runtime, id, before);
}

/**
 * Returns the newest message that the page shows; `newestMessageId` comes from another snapshot, and may be on no page.
 */
function newestShown({ newestMessageId }: ThreadDetails, { messages, earlierCursor }: MessagePage): string | null {
  return messages.findLast(({ role }) => role !== 'system')?.id ?? (earlierCursor ? newestMessageId : null);
}

/**
 * The page context of a conversation. After a POST, `path` is the conversation's, because the form's URL accepts no
 * GET.
 */
function threadPageContext(c: WorkspaceContext, id: string, now: Date): WorkspacePageContext {
  const pageContext = c.get('pageContext');
  const queue = queueQueryString(readQueueView(c));
  return { ...pageContext, now, queue, path: c.req.method === 'POST' ? `/c/${id}${queue}` : pageContext.path };
}

/** How long a finished page waits for the customer's facts before it is sent without them, in milliseconds. */
const contextGraceMs = 20;

async function contextInTime(context: Promise<ContextResult | undefined>, wait: boolean): Promise<ContextPanelState> {
  const late = sleep(contextGraceMs, undefined, { ref: false });
  return (await (wait ? context : Promise.race([context, late]))) ?? { state: 'loading' };
}

/** The composer's state that the URL asks for: a mode, or the text of a draft. */
function composingOf(c: WorkspaceContext, thread: ThreadDetails): ComposerState {
  const used = thread.drafts.find((draft) => draft.id === c.req.query('use'));
  if (used) return { mode: 'reply', content: used.content, draftId: used.id };
  const mode = composerModes.find((known) => known === c.req.query('write'));
  return { mode: mode ?? 'reply', content: '' };
}

/** The composer's state with the saved reply that the URL names. */
async function savedReplyOf(
  c: WorkspaceContext,
  services: WorkspaceServices,
  thread: ThreadDetails,
): Promise<ComposerState | undefined> {
  const name = c.req.query('reply');
  const content = name ? await findSavedReply(c, services, thread, name) : undefined;
  return content === undefined ? undefined : { mode: 'reply', content };
}

function editingOf(c: WorkspaceContext, thread: ThreadDetails): ConversationPageState['editing'] {
  const draft = thread.drafts.find((known) => known.status === 'pending' && known.id === c.req.query('edit'));
  return draft && { draftId: draft.id, content: draft.content };
}

/** Returns the edit only if its draft can still be edited: the draft must be pending and not stale. */
function editable(
  editing: NonNullable<ConversationPageState['editing']>,
  { drafts }: ThreadDetails,
): ConversationPageState['editing'] {
  return drafts.some(({ id, status, stale }) => id === editing.draftId && status === 'pending' && !stale)
    ? editing
    : undefined;
}

/**
 * Diffs of edited drafts: the draft being edited first, then the newest messages, because the time budget may run out.
 */
function changesOn(
  { drafts }: ThreadDetails,
  { messages }: MessagePage,
  editing: ConversationPageState['editing'],
): Map<string, TextDiffResult> {
  const comparer = createTextComparer();
  const changes = new Map<string, TextDiffResult>();
  const edited = drafts.find((draft) => draft.id === editing?.draftId);
  if (edited && editing) changes.set(edited.id, comparer.compare(edited.content, editing.content));
  for (const { id, proposed, content, fullLength } of messages.toReversed()) {
    if (proposed === null || proposed === content) continue;
    // `content` is only the beginning of the message, so a diff of it would be wrong.
    changes.set(id, fullLength > content.length ? 'later' : comparer.compare(proposed, content));
  }
  return changes;
}

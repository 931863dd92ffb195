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
import { findSavedReply } from './saved-replies.js';

/** What a refused change leaves on the page, so that nothing an operator wrote is lost. */
export interface ThreadState {
  notice?: Notice;
  composing?: Composing;
  editing?: { draftId: string; content: string };
  /** What is shown in place of `editing` where its draft can no longer be edited. */
  orElse?: { composing: Composing };
  status?: 200 | Refusal['status'];
}

export const conversation: Handler = (c, services) => conversationPage(c, services, param(c, 'id'));

/** A conversation with the queue beside it: four or five statements at once, and the facts about the customer if they are quick. */
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
    // The error of the thread is shown below.
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
  // Browsers that know how fetch the conversations beside this one in advance.
  c.header('speculation-rules', `"${frame.assets.href('neighbours.rules')}"`);
  return c.html(
    <Page frame={frame} title={found.conversation.subject ?? 'Conversation'} view="inbox" search={view.search}>
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

/** A search leads to its newest hit, also where that is on an earlier page of the conversation. */
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

/** The two are read at once and not as one: a message that came between them is on no page, and so was not seen. */
function newestShown({ newestMessageId }: ThreadHead, { messages, earlierCursor }: MessagePage): string | null {
  return messages.findLast(({ role }) => role !== 'system')?.id ?? (earlierCursor ? newestMessageId : null);
}

/** The frame of a thread: a form that was refused is answered below its own address, which no link may lead to. */
function threadFrame(c: WorkspaceContext, id: string, now: Date): PageContext {
  const frame = c.get('frame');
  const queue = queueQuery(queueViewOf(c));
  return { ...frame, now, queue, path: c.req.method === 'POST' ? `/c/${id}${queue}` : frame.path };
}

/** How long a page that is ready otherwise waits for the facts before it goes without them, in milliseconds. */
const contextGraceMs = 20;

async function contextInTime(context: Promise<ContextAnswer | undefined>, wait: boolean): Promise<ContextView> {
  const late = sleep(contextGraceMs, undefined, { ref: false });
  return (await (wait ? context : Promise.race([context, late]))) ?? { state: 'loading' };
}

/** The composer as an address asks for it: in a mode, or with a draft's text to go on from. */
function composingOf(c: WorkspaceContext, thread: ThreadHead): Composing {
  const used = thread.drafts.find((draft) => draft.id === c.req.query('use'));
  if (used) return { mode: 'reply', content: used.content, draftId: used.id };
  const mode = composerModes.find((known) => known === c.req.query('write'));
  return { mode: mode ?? 'reply', content: '' };
}

/** A saved reply that the address names. */
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

/** Nothing is edited in a draft that was sent, dropped or overtaken. */
function editable(editing: NonNullable<ThreadState['editing']>, { drafts }: ThreadHead): ThreadState['editing'] {
  return drafts.some(({ id, status, stale }) => id === editing.draftId && status === 'pending' && !stale)
    ? editing
    : undefined;
}

/** What operators changed in drafts, for one page: first in the one that is being edited, then the newest message first. */
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
    // Only the beginning of a long message is here.
    changes.set(id, fullLength > content.length ? 'later' : comparer.compare(proposed, content));
  }
  return changes;
}

/** The facts about the customer on their own, for a page that went without them. */
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
    <Page frame={frame} title="Message" view="inbox">
      <WholeMessage frame={frame} message={message} changes={changes} />
    </Page>,
  );
};

import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { ThreadDetails, ThreadDraft, ThreadMessage } from '../model.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import type { MessagePage } from '../queries/thread-messages.js';
import { type QueueView, queueQueryString } from '../queue-filters.js';
import { splitSearchIntoWords } from '../search-hits.js';
import { translate } from '../translate.js';
import type { TextDiffResult } from '../word-diff.js';
import { type ComposerState, MessageComposer } from './composer.js';
import { type DraftProps, MoreDraftsList, PendingDraft, PreparedDraftList } from './draft.js';
import { type DraftBeingEdited, DraftEditComposer } from './edit-composer.js';
import { ActionForm, EmptyState, Icon } from './elements.js';
import { MessageItem } from './message.js';
import { NoticeBox } from './page.js';
import { PendingActionList } from './pending-action.js';
import { DateTimeLabel, SlaClockChip } from './time.js';
import { TriageEditors } from './triage.js';

export interface ConversationThreadProps {
  pageContext: WorkspacePageContext;
  queue: QueueView;
  thread: ThreadDetails;
  messages: MessagePage;
  composing: ComposerState;
  /** The draft being edited, with the operator's text. */
  editing?: { draftId: string; content: string } | undefined;
  /** The diffs, by id of a message or of the draft being edited. */
  changes: ReadonlyMap<string, TextDiffResult>;
  /** The number of failed calls after which an outbound message is discarded. */
  maxAttempts: number;
  nonce: string;
  notice?: PageNotice | undefined;
  /** The operators to whom the conversation can be assigned. */
  people: Actor[];
}

/** The centre column of a conversation: header, messages, drafts and composer. */
export const ConversationThread: FC<ConversationThreadProps> = (props) => {
  const edited = editedDraft(props);
  const waiting = waitingDrafts(props, edited);
  // While a draft is edited, no other draft is expanded.
  const first = edited ? undefined : waiting[0];
  const others = edited ? waiting : waiting.slice(1);
  const prepared = props.thread.drafts.filter((draft) => draft.status === 'prepared');
  return (
    <main class="thread" id="main" tabindex={-1}>
      <ThreadHeader {...props} />
      <Messages {...props} />
      <div class="dock" id="dock">
        <NoticeBox notice={props.notice} />
        <div id="drafts" data-live="drafts">
          {first ? <PendingDraft {...first} /> : null}
          <MoreDraftsList drafts={others} />
          <PreparedDraftList
            pageContext={props.pageContext}
            drafts={prepared}
            queue={props.queue}
            open={isOpen(props.thread)}
          />
        </div>
        {edited ? <DraftEditComposer {...props} {...edited} /> : <MessageComposer {...props} />}
      </div>
    </main>
  );
};

/** Returns the draft being edited with the operator's text; undefined if the draft can no longer be edited. */
function editedDraft({ thread, editing, changes }: ConversationThreadProps): DraftBeingEdited | undefined {
  const draft = thread.drafts.find(({ id, stale }) => id === editing?.draftId && !stale);
  if (!draft || !editing || !isOpen(thread)) return undefined;
  return { draft, words: editing.content, difference: changes.get(draft.id) ?? 'none' };
}

/** Returns the drafts to show, newest first, except the one in the composer and those with a pending action. */
function waitingDrafts(
  { pageContext, queue, thread }: ConversationThreadProps,
  edited: DraftBeingEdited | undefined,
): DraftProps[] {
  const isBeingSent = (draft: ThreadDraft) => thread.pending.some(({ draftId, held }) => draftId === draft.id && !held);
  return thread.drafts
    .filter((draft) => draft.status === 'pending' || draft.status === 'superseded')
    .filter((draft) => draft.id !== edited?.draft.id && !isBeingSent(draft))
    .map((draft, index) => ({
      pageContext,
      queue,
      draft,
      first: index === 0 && !edited,
      newestMessageId: thread.newestMessageId,
      open: isOpen(thread),
    }));
}

const isOpen = ({ conversation }: ThreadDetails) => conversation.status === 'open';

const ThreadHeader: FC<ConversationThreadProps> = ({ pageContext, queue, thread, people }) => {
  const { conversation, clock } = thread;
  return (
    <header class="thread-head" id="thread-head" data-live="head">
      <a
        class="icon-button back"
        href={`${pageContext.base}/${queueQueryString(queue)}`}
        aria-label={translate('backToQueue')}
      >
        <Icon name="arrow-left" />
      </a>
      <div class="thread-title">
        <h1 dir="auto">{conversation.subject ?? translate('noSubject')}</h1>
        <TriageEditors pageContext={pageContext} thread={thread} people={people} />
      </div>
      <div class="thread-actions">
        {clock && conversation.status === 'open' ? (
          <SlaClockChip clock={clock} now={thread.now} waiting={thread.waitingSince !== null} />
        ) : null}
        <PrimaryAction pageContext={pageContext} thread={thread} />
        <a class="icon-button rail-open" href="#rail" aria-label={translate('showRail')}>
          <Icon name="panel-right" />
        </a>
      </div>
    </header>
  );
};

const PrimaryAction: FC<{ pageContext: WorkspacePageContext; thread: ThreadDetails }> = ({
  pageContext,
  thread: { conversation, pending, newestMessageId },
}) =>
  pending.some(({ kind, held }) => kind === 'resolve' && !held) ? null : conversation.status === 'open' ? (
    <ActionForm pageContext={pageContext} action={`/c/${conversation.id}/resolve`}>
      <input type="hidden" name="seen" value={newestMessageId ?? ''} />
      <button type="submit" class="button" data-key="e">
        <Icon name="check" /> {translate('resolve')}
      </button>
    </ActionForm>
  ) : (
    <ActionForm pageContext={pageContext} action={`/c/${conversation.id}/reopen`}>
      <button type="submit" class="button" data-key="e">
        <Icon name="rotate-ccw" /> {translate('reopen')}
      </button>
    </ActionForm>
  );

const Messages: FC<ConversationThreadProps> = (props) => {
  const { pageContext, queue, thread, messages } = props;
  const { isNewest } = messages;
  const here = `${pageContext.base}/c/${thread.conversation.id}`;
  const query = queueQueryString(queue);
  return (
    <section class="messages-area" aria-label={translate('messages')}>
      <p class="presence js" id="presence" role="status" hidden></p>
      <div class="messages-scroll" tabindex={0} id="scroll">
        <div id="messages" data-live={isNewest ? 'messages' : undefined} data-newest={thread.newestMessageId}>
          {messages.earlierCursor ? (
            <a class="pager-link" href={`${here}${query}${query ? '&' : '?'}before=${messages.earlierCursor}`}>
              {translate('earlierMessages')}
            </a>
          ) : null}
          {messages.messages.length === 0 ? (
            <EmptyState icon="inbox" title={translate('noMessages')} />
          ) : (
            <ol class="messages">{withDays(props, messages.messages)}</ol>
          )}
          {isNewest ? <PendingActionList pageContext={pageContext} thread={thread} /> : null}
          {isNewest ? null : (
            <a class="pager-link" href={`${here}${query}`}>
              <Icon name="arrow-down" /> {translate('newestMessages')}
            </a>
          )}
        </div>
      </div>
      <a class="pill jump js" id="jump" href="#composer" hidden>
        <Icon name="arrow-down" /> <span>{translate('newMessage')}</span>
      </a>
    </section>
  );
};

/** Renders the messages with a separator between different days. */
function withDays(
  { pageContext, queue, thread, maxAttempts, changes }: ConversationThreadProps,
  messages: ThreadMessage[],
) {
  const hits = splitSearchIntoWords(queue.search);
  const customer = { id: thread.conversation.actorId, name: thread.customer };
  let day = '';
  return messages.map((message) => {
    const own = message.createdAt.toISOString().slice(0, 10);
    const first = own !== day;
    day = own;
    return (
      <>
        {first ? (
          <li class="day">
            <DateTimeLabel at={message.createdAt} as="day" />
          </li>
        ) : null}
        <MessageItem
          pageContext={pageContext}
          message={message}
          customer={customer}
          maxAttempts={maxAttempts}
          changes={changes.get(message.id)}
          hits={hits}
        />
      </>
    );
  });
}

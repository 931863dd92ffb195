import type { FC } from 'hono/jsx';
import { CairnloopError, type ErrorCode } from '../../foundation/errors.js';
import type { PendingActionSummary, ThreadDetails } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { toActionRefusal } from '../refusals.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate } from '../translate.js';
import { ActionForm, ActorName, Icon, MultilineText } from './elements.js';

/** The pending and held actions of operators, below the newest message. */
export const PendingActionList: FC<{ pageContext: WorkspacePageContext; thread: ThreadDetails }> = ({
  pageContext,
  thread,
}) => (
  <div id="pending" data-live="pending">
    {thread.pending.length === 0 ? null : (
      <ol class="messages pending-list">
        {thread.pending.map((line) => (
          <PendingItem pageContext={pageContext} line={line} conversationId={thread.conversation.id} />
        ))}
      </ol>
    )}
  </div>
);

interface ItemProps {
  pageContext: WorkspacePageContext;
  line: PendingActionSummary;
  conversationId: string;
}

const PendingItem: FC<ItemProps> = (props) => {
  const { pageContext, line } = props;
  const isOwn = line.actor.id === pageContext.operator.id;
  const look = line.held ? 'held' : line.content === null ? 'pending-step' : 'message-operator message-pending';
  return (
    <li class={`message ${look}`} id={`pending-${line.id}`}>
      <article aria-label={line.held ? translate('notSent') : translate('notSentYet')}>
        <p class="message-head">
          <Icon name={line.kind === 'resolve' ? 'check' : 'reply'} />
          <span class="message-author">
            <ActorName actor={line.actor} />
          </span>
          {line.held ? <HeldWords line={line} /> : <Countdown line={line} now={pageContext.now} />}
        </p>
        {line.content === null ? null : <MultilineText text={line.content} links={false} />}
        {line.held ? <HeldActions {...props} /> : isOwn ? <TakeBack {...props} /> : null}
      </article>
    </li>
  );
};

/** The time left, which the page's script counts down; hidden from screen readers, which would read every number. */
const Countdown: FC<{ line: PendingActionSummary; now: Date }> = ({ line, now }) => {
  const left = Math.ceil((line.dueAt.getTime() - now.getTime()) / 1000);
  const [later, now_, waiting] = line.kind === 'resolve' ? resolving : sending;
  const text = left > 0 ? translate(later, { seconds: left }) : translate(left > -overdueSeconds ? now_ : waiting);
  return (
    <>
      <span
        class="chip pending-chip"
        role="timer"
        aria-live="off"
        data-until={line.dueAt.toISOString()}
        data-doing={line.kind === 'resolve' ? 'resolving' : 'sending'}
      >
        {text}
      </span>
      {line.thenResolve ? <span class="faint">{translate('thenResolves')}</span> : null}
    </>
  );
};

const sending = ['sendingIn', 'sendingNow', 'sendingOverdue'] as const;
const resolving = ['resolvingIn', 'resolvingNow', 'resolvingOverdue'] as const;

/** How many seconds after its due time a pending action is shown as delayed. */
const overdueSeconds = 10;

const TakeBack: FC<ItemProps> = ({ pageContext, line, conversationId }) => (
  <ActionForm pageContext={pageContext} action={`/c/${conversationId}/actions/${line.id}/take-back`} class="take-back">
    <button type="submit" class="button button-small" data-take-back>
      <Icon name="rotate-ccw" /> {translate('takeBack')}
    </button>
    <span class="faint js">
      <kbd>{translate('keyEsc')}</kbd> <kbd>z</kbd>
    </span>
  </ActionForm>
);

const HeldWords: FC<{ line: PendingActionSummary }> = ({ line }) => (
  <strong class="held-words" role={line.held?.code === 'TAKEN_BACK' ? undefined : 'alert'}>
    {translate(line.kind === 'resolve' ? 'notResolvedBecause' : 'notSentBecause', { why: heldBecause(line.held) })}
  </strong>
);

const HeldActions: FC<ItemProps> = ({ pageContext, line, conversationId }) => (
  <div class="outbound">
    {line.content === null || line.kind === 'approve' ? null : (
      <ActionForm pageContext={pageContext} action={`/c/${conversationId}/actions/${line.id}/take-back`}>
        <button type="submit" class="button button-small" data-restore>
          <Icon name="pencil" /> {translate('putBack')}
        </button>
      </ActionForm>
    )}
    <ActionForm pageContext={pageContext} action={`/c/${conversationId}/actions/${line.id}/drop`}>
      <button type="submit" class="button button-small button-quiet">
        {line.content === null || line.kind === 'approve' ? translate('ok') : translate('discard')}
      </button>
    </ActionForm>
  </div>
);

const ownWords: Record<string, WorkspaceTextKey> = {
  TAKEN_BACK: 'heldTakenBack',
  EARLIER_TAKEN_BACK: 'heldEarlierTakenBack',
  EARLIER_HELD: 'heldEarlier',
  FAILED: 'heldFailed',
};

/** Returns why an action is held, in the same words as an immediate refusal. */
function heldBecause(held: PendingActionSummary['held']): string {
  if (!held) return '';
  const own = ownWords[held.code];
  if (own) return translate(own);
  const error = new CairnloopError(held.code as ErrorCode, (held.details ?? {}) as never);
  const title = toActionRefusal(error)?.notice.title ?? translate('heldRefused');
  return title.charAt(0).toLowerCase() + title.slice(1);
}

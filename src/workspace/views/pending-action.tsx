import type { FC } from 'hono/jsx';
import { CairnloopError, type ErrorCode } from '../../foundation/errors.js';
import type { PendingLine, ThreadHead } from '../model.js';
import type { PageContext } from '../page-context.js';
import { refusalOf } from '../refusals.js';
import { ActionForm, ActorName, Icon, Prose } from './elements.js';

/** What operators have asked for and is not done yet, below the newest message. */
export const PendingList: FC<{ frame: PageContext; thread: ThreadHead }> = ({ frame, thread }) => (
  <div id="pending" data-live="pending">
    {thread.pending.length === 0 ? null : (
      <ol class="messages pending-list">
        {thread.pending.map((line) => (
          <PendingItem frame={frame} line={line} conversationId={thread.conversation.id} />
        ))}
      </ol>
    )}
  </div>
);

interface ItemProps {
  frame: PageContext;
  line: PendingLine;
  conversationId: string;
}

const PendingItem: FC<ItemProps> = (props) => {
  const { frame, line } = props;
  const isOwn = line.actor.id === frame.operator.id;
  const look = line.held ? 'held' : line.content === null ? 'pending-step' : 'message-operator message-pending';
  return (
    <li class={`message ${look}`} id={`pending-${line.id}`}>
      <article aria-label={line.held ? 'Not sent' : 'Not sent yet'}>
        <p class="message-head">
          <Icon name={line.kind === 'resolve' ? 'check' : 'reply'} />
          <span class="message-author">
            <ActorName actor={line.actor} />
          </span>
          {line.held ? <HeldWords line={line} /> : <Countdown line={line} now={frame.now} />}
        </p>
        {line.content === null ? null : <Prose text={line.content} links={false} />}
        {line.held ? <HeldActions {...props} /> : isOwn ? <TakeBack {...props} /> : null}
      </article>
    </li>
  );
};

/** The page's script counts it down; nobody is read the numbers. */
const Countdown: FC<{ line: PendingLine; now: Date }> = ({ line, now }) => {
  const left = Math.ceil((line.dueAt.getTime() - now.getTime()) / 1000);
  const [doing, undone] = line.kind === 'resolve' ? ['Resolving', 'resolved'] : ['Sending', 'sent'];
  const waiting = `Waiting: due, and not ${undone} yet`;
  const text = left > 0 ? `${doing} in ${left} s` : left > -overdueSeconds ? `${doing}…` : waiting;
  return (
    <>
      <span
        class="chip pending-chip"
        role="timer"
        aria-live="off"
        data-until={line.dueAt.toISOString()}
        data-doing={doing}
        data-waiting={waiting}
      >
        {text}
      </span>
      {line.thenResolve ? <span class="faint">then resolves</span> : null}
    </>
  );
};

/** So long after its time an action that nobody has carried out is said to wait. */
const overdueSeconds = 10;

const TakeBack: FC<ItemProps> = ({ frame, line, conversationId }) => (
  <ActionForm frame={frame} action={`/c/${conversationId}/actions/${line.id}/take-back`} class="take-back">
    <button type="submit" class="button button-small" data-take-back>
      <Icon name="rotate-ccw" /> Take back
    </button>
    <span class="faint js">
      <kbd>Esc</kbd> <kbd>z</kbd>
    </span>
  </ActionForm>
);

const HeldWords: FC<{ line: PendingLine }> = ({ line }) => (
  <strong class="held-words" role={line.held?.code === 'TAKEN_BACK' ? undefined : 'alert'}>
    {line.kind === 'resolve' ? 'Not resolved: ' : 'Not sent: '}
    {heldBecause(line.held)}
  </strong>
);

const HeldActions: FC<ItemProps> = ({ frame, line, conversationId }) => (
  <div class="outbound">
    {line.content === null || line.kind === 'approve' ? null : (
      <ActionForm frame={frame} action={`/c/${conversationId}/actions/${line.id}/take-back`}>
        <button type="submit" class="button button-small" data-restore>
          <Icon name="pencil" /> Put into the composer
        </button>
      </ActionForm>
    )}
    <ActionForm frame={frame} action={`/c/${conversationId}/actions/${line.id}/drop`}>
      <button type="submit" class="button button-small button-quiet">
        {line.content === null || line.kind === 'approve' ? 'OK' : 'Discard'}
      </button>
    </ActionForm>
  </div>
);

const ownWords: Record<string, string> = {
  TAKEN_BACK: 'you took it back.',
  EARLIER_TAKEN_BACK: 'what came before it was taken back.',
  EARLIER_HELD: 'what came before it was not done.',
  FAILED: 'it failed several times; the reason is in the log.',
};

/** In the words with which the page would have refused it at once. */
function heldBecause(held: PendingLine['held']): string {
  if (!held) return '';
  const own = ownWords[held.code];
  if (own) return own;
  const error = new CairnloopError(held.code as ErrorCode, (held.details ?? {}) as never);
  const title = refusalOf(error)?.notice.title ?? 'it was refused.';
  return title.charAt(0).toLowerCase() + title.slice(1);
}

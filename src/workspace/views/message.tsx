import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { Changes } from '../diff-words.js';
import type { ThreadDelivery, ThreadMessage } from '../model.js';
import type { PageContext } from '../page-context.js';
import { Diff } from './diff.js';
import { ActionForm, ActorName, Icon, plural } from './elements.js';
import type { IconName } from './icon-paths.js';
import { MessageText } from './message-text.js';
import { isScheduled, SendNow } from './send-now.js';
import { Moment } from './time.js';

interface MessageProps {
  frame: PageContext;
  message: ThreadMessage;
  /** Whose conversation it is, by actor id and by the name that the page gives them. */
  customer: { id: string | null; name: string | null };
  /** After how many failed calls a message's delivery is discarded. */
  maxAttempts: number;
  /** How it differs from the draft that it was made from; undefined where it was no draft, or sent as proposed. */
  changes: Changes | undefined;
  /** What was searched for. */
  hits: readonly string[];
}

/** One entry of the thread. Who speaks decides its side and its tone. */
export const MessageItem: FC<MessageProps> = (props) =>
  props.message.role === 'system' ? <SystemLine {...props} /> : <Speech {...props} />;

const SystemLine: FC<MessageProps> = ({ message }) => (
  <li class="message message-system" id={`m-${message.id}`}>
    <p>
      <bdi>{message.content}</bdi>
      {message.author ? (
        <>
          {' by '}
          <ActorName actor={message.author} />
        </>
      ) : null}{' '}
      · <Moment at={message.createdAt} as="time" />
    </p>
  </li>
);

const labels: Record<Exclude<ThreadMessage['role'], 'system'>, { text: string; icon: IconName }> = {
  customer: { text: 'Customer', icon: 'user-round' },
  operator: { text: 'Operator', icon: 'reply' },
  automation: { text: 'Automation', icon: 'bot' },
  internal_note: { text: 'Internal note', icon: 'lock' },
  outbound: { text: 'Outbound', icon: 'send' },
};

const Speech: FC<MessageProps> = ({ frame, message, customer, maxAttempts, changes, hits }) => {
  const role = message.role as keyof typeof labels;
  return (
    <li
      class={`message message-${role.replace('_', '-')}${isLong(message) ? ' message-long' : ''}`}
      id={`m-${message.id}`}
      data-own={isOwn(frame, message) || undefined}
    >
      <article aria-label={`${labels[role].text} message`}>
        <p class="message-head">
          <Icon name={labels[role].icon} />
          <span class="message-author">
            {role === 'automation' ? labels.automation.text : <ActorName actor={named(message.author, customer)} />}
          </span>
          <RoleMark message={message} />
          <Moment at={message.createdAt} as="time" />
        </p>
        <MessageText text={message.content} id={message.id} links={role !== 'automation'} hits={hits} />
        <Rest frame={frame} message={message} />
        {changes === undefined ? null : <Edited frame={frame} message={message} changes={changes} />}
        {message.status ? <HandOver frame={frame} message={message} maxAttempts={maxAttempts} /> : null}
      </article>
    </li>
  );
};

/** Read as a mail, over the whole width, and not as a bubble. */
function isLong({ content }: ThreadMessage): boolean {
  return content.length > 600 || content.split('\n', 15).length > 14;
}

/** What an operator wrote is no news to them. */
function isOwn({ operator }: PageContext, { role, author }: ThreadMessage): boolean {
  return role !== 'customer' && author?.id === operator.id;
}

/** The customer is called the same in the head of the thread, in the queue and beside each message. */
function named(author: Actor | null, customer: MessageProps['customer']): Actor | null {
  const isCustomer = author && !author.name && author.id === customer.id && customer.name;
  return isCustomer ? { ...author, name: customer.name ?? author.id } : author;
}

const RoleMark: FC<{ message: ThreadMessage }> = ({ message }) => {
  switch (message.role) {
    case 'internal_note':
      return (
        <span class="chip chip-note">
          Internal note<span class="chip-rest"> · not visible to the customer</span>
        </span>
      );
    case 'automation':
      return <span class="chip chip-automation">Sent without review</span>;
    case 'outbound':
      return <span class="chip">Outbound</span>;
    case 'operator':
      return message.metadata.draftId ? (
        <span class="chip">{message.proposed === null ? 'Approved draft' : 'Edited draft'}</span>
      ) : null;
    default:
      return null;
  }
};

/** Of a message that is longer than a thread shows. */
const Rest: FC<Pick<MessageProps, 'frame' | 'message'>> = ({ frame, message }) => {
  if (message.fullLength <= message.content.length) return null;
  const more = plural(message.fullLength - message.content.length, 'more character');
  return (
    <p class="message-rest">
      <a href={pageOf(frame, message)}>Show the whole message ({more})</a>
    </p>
  );
};

/** A message on a page of its own. */
function pageOf(frame: PageContext, message: ThreadMessage): string {
  return `${frame.base}/c/${message.conversationId}/messages/${message.id}${frame.queue}`;
}

const Edited: FC<Pick<MessageProps, 'frame' | 'message'> & { changes: Changes }> = ({ frame, message, changes }) =>
  changes === 'later' ? (
    <p class="message-rest">
      <a href={pageOf(frame, message)}>Show what was changed</a>
    </p>
  ) : (
    <details class="edited">
      <summary>What was changed</summary>
      <Diff changes={changes} />
    </details>
  );

/** Whether the host has brought an outbound message or a reply to the customer. */
const HandOver: FC<Omit<MessageProps, 'customer' | 'changes' | 'hits'>> = ({ frame, message, maxAttempts }) => {
  const failure = message.metadata.failure as { reason?: unknown } | undefined;
  switch (message.status) {
    case 'sent':
      return (
        <div class="outbound outbound-sent">
          <p>
            <Icon name="check" /> Sent {message.sentAt ? <Moment at={message.sentAt} /> : null}
          </p>
        </div>
      );
    case 'failed':
      return (
        <div class="outbound outbound-failed">
          <p>
            <Icon name="triangle-alert" /> <strong>{failure?.reason === 'cancelled' ? 'Cancelled' : 'Failed'}</strong>
            <FailureReason
              reason={failure?.reason ?? message.delivery?.lastError}
              attempts={message.delivery?.attempts}
            />
          </p>
          {message.delivery?.state === 'discarded' ? (
            <Intervene frame={frame} message={message} delivery={message.delivery} how="retry" />
          ) : null}
        </div>
      );
    default:
      return <Pending frame={frame} message={message} maxAttempts={maxAttempts} />;
  }
};

const FailureReason: FC<{ reason: unknown; attempts: number | undefined }> = ({ reason, attempts }) =>
  typeof reason === 'string' && reason !== 'cancelled' ? (
    <>
      {attempts ? ` after ${plural(attempts, 'attempt')}` : ''}: <bdi>{reason}</bdi>
    </>
  ) : null;

interface InterveneProps {
  frame: PageContext;
  message: ThreadMessage;
  delivery: ThreadDelivery;
  how: 'retry' | 'discard';
}

const Intervene: FC<InterveneProps> = ({ frame, message, delivery, how }) => (
  <ActionForm frame={frame} action={`/deliveries/${delivery.id}/${how}`}>
    <input type="hidden" name="back" value={`/c/${message.conversationId}${frame.queue}`} />
    {how === 'retry' ? (
      <button type="submit" class="button button-small">
        <Icon name="rotate-ccw" /> Retry
      </button>
    ) : (
      <button type="submit" class="button button-small button-quiet">
        Discard
      </button>
    )}
  </ActionForm>
);

const Pending: FC<Omit<MessageProps, 'customer' | 'changes' | 'hits'>> = ({ frame, message, maxAttempts }) => {
  const { delivery } = message;
  const scheduled = message.role === 'outbound' && delivery !== null && isScheduled(delivery, frame.now);
  return (
    <div class="outbound outbound-pending">
      <p>
        <Icon name={scheduled ? 'calendar-clock' : 'circle-dashed'} />{' '}
        <strong>{scheduled ? 'Scheduled' : 'Pending'}</strong>
        {delivery ? <PendingDetail delivery={delivery} scheduled={scheduled} maxAttempts={maxAttempts} /> : null}
      </p>
      {scheduled ? (
        <ActionForm frame={frame} action={`/c/${message.conversationId}/outbound/${message.id}/cancel`}>
          <button type="submit" class="button button-small">
            Cancel
          </button>
        </ActionForm>
      ) : null}
      {scheduled && delivery ? (
        <SendNow frame={frame} delivery={delivery} back={`/c/${message.conversationId}${frame.queue}`} />
      ) : null}
      {delivery && delivery.attempts > 0 && !delivery.leased ? (
        <>
          <Intervene frame={frame} message={message} delivery={delivery} how="retry" />
          <Intervene frame={frame} message={message} delivery={delivery} how="discard" />
        </>
      ) : null}
    </div>
  );
};

const PendingDetail: FC<{ delivery: ThreadDelivery; scheduled: boolean; maxAttempts: number }> = (props) => {
  const { delivery, scheduled, maxAttempts } = props;
  if (scheduled)
    return (
      <>
        {' '}
        for <Moment at={delivery.availableAt} />
      </>
    );
  if (delivery.heldBack) return <> · waits for the reply before it</>;
  if (delivery.attempts === 0) return <> · waits for the worker</>;
  return (
    <>
      {` · attempt ${delivery.attempts} of ${maxAttempts}`}
      {delivery.lastError ? (
        <>
          , next try at <Moment at={delivery.availableAt} as="time" />: <bdi>{delivery.lastError}</bdi>
        </>
      ) : null}
    </>
  );
};

import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { ThreadDelivery, ThreadMessage } from '../model.js';
import { translateSystemMessage } from '../package-texts.js';
import type { WorkspacePageContext } from '../page-context.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateCount, translateWithElements } from '../translate.js';
import type { TextDiffResult } from '../word-diff.js';
import { TextDiff } from './diff.js';
import { ActionForm, ActorName, Icon } from './elements.js';
import type { IconName } from './icon-paths.js';
import { MessageText } from './message-text.js';
import { isScheduledDelivery, SendNowForm } from './send-now.js';
import { DateTimeLabel } from './time.js';

interface MessageProps {
  pageContext: WorkspacePageContext;
  message: ThreadMessage;
  /** The customer's actor id, and the name shown on the page. */
  customer: { id: string | null; name: string | null };
  /** The number of failed calls after which a message's delivery is discarded. */
  maxAttempts: number;
  /** The changes from the draft to the message; undefined without a draft, or if the draft was sent unchanged. */
  changes: TextDiffResult | undefined;
  /** The searched words, which are highlighted in the message. */
  hits: readonly string[];
}

/** One message of a conversation; its role decides its side and colour. */
export const MessageItem: FC<MessageProps> = (props) =>
  props.message.role === 'system' ? <SystemLine {...props} /> : <Speech {...props} />;

const SystemLine: FC<MessageProps> = ({ message }) => (
  <li class="message message-system" id={`m-${message.id}`}>
    <p>
      {message.author
        ? translateWithElements('systemBy', {
            what: <bdi>{translateSystemMessage(message.content)}</bdi>,
            who: <ActorName actor={message.author} />,
          })
        : translateSystemMessage(message.content)}{' '}
      · <DateTimeLabel at={message.createdAt} as="time" />
    </p>
  </li>
);

const labels: Record<
  Exclude<ThreadMessage['role'], 'system'>,
  { text: WorkspaceTextKey; label: WorkspaceTextKey; icon: IconName }
> = {
  customer: { text: 'roleCustomer', label: 'messageOfCustomer', icon: 'user-round' },
  operator: { text: 'roleOperator', label: 'messageOfOperator', icon: 'reply' },
  automation: { text: 'roleAutomation', label: 'messageOfAutomation', icon: 'bot' },
  internal_note: { text: 'modeNote', label: 'messageNote', icon: 'lock' },
  outbound: { text: 'roleOutbound', label: 'messageOutbound', icon: 'send' },
};

const Speech: FC<MessageProps> = ({ pageContext, message, customer, maxAttempts, changes, hits }) => {
  const role = message.role as keyof typeof labels;
  return (
    <li
      class={`message message-${role.replace('_', '-')}${isLong(message) ? ' message-long' : ''}`}
      id={`m-${message.id}`}
      data-own={isOwn(pageContext, message) || undefined}
    >
      <article aria-label={translate(labels[role].label)}>
        <p class="message-head">
          <Icon name={labels[role].icon} />
          <span class="message-author">
            {role === 'automation' ? (
              translate('roleAutomation')
            ) : (
              <ActorName actor={named(message.author, customer)} />
            )}
          </span>
          <RoleMark message={message} />
          <DateTimeLabel at={message.createdAt} as="time" />
        </p>
        <MessageText text={message.content} id={message.id} links={role !== 'automation'} hits={hits} />
        <Rest pageContext={pageContext} message={message} />
        {changes === undefined ? null : <Edited pageContext={pageContext} message={message} changes={changes} />}
        {message.status ? <HandOver pageContext={pageContext} message={message} maxAttempts={maxAttempts} /> : null}
      </article>
    </li>
  );
};

/** Whether a message is long, and shown in full width instead of as a bubble. */
function isLong({ content }: ThreadMessage): boolean {
  return content.length > 600 || content.split('\n', 15).length > 14;
}

/** Whether the operator wrote the message: own messages are never marked as new. */
function isOwn({ operator }: WorkspacePageContext, { role, author }: ThreadMessage): boolean {
  return role !== 'customer' && author?.id === operator.id;
}

/** Adds the customer's name to a message's author; the page's header and the queue show the same name. */
function named(author: Actor | null, customer: MessageProps['customer']): Actor | null {
  const isCustomer = author && !author.name && author.id === customer.id && customer.name;
  return isCustomer ? { ...author, name: customer.name ?? author.id } : author;
}

const RoleMark: FC<{ message: ThreadMessage }> = ({ message }) => {
  switch (message.role) {
    case 'internal_note':
      return (
        <span class="chip chip-note">
          {translate('modeNote')}
          <span class="chip-rest"> {translate('noteHidden')}</span>
        </span>
      );
    case 'automation':
      return <span class="chip chip-automation">{translate('unreviewed')}</span>;
    case 'outbound':
      return <span class="chip">{translate('roleOutbound')}</span>;
    case 'operator':
      return message.metadata.draftId ? (
        <span class="chip">{message.proposed === null ? translate('approvedDraft') : translate('editedDraft')}</span>
      ) : null;
    default:
      return null;
  }
};

/** The link to the whole message, if the thread shows only its beginning. */
const Rest: FC<Pick<MessageProps, 'pageContext' | 'message'>> = ({ pageContext, message }) => {
  if (message.fullLength <= message.content.length) return null;
  return (
    <p class="message-rest">
      <a href={pageOf(pageContext, message)}>
        {translateCount('showWhole', message.fullLength - message.content.length)}
      </a>
    </p>
  );
};

/** The URL of the message's own page. */
function pageOf(pageContext: WorkspacePageContext, message: ThreadMessage): string {
  return `${pageContext.base}/c/${message.conversationId}/messages/${message.id}${pageContext.queue}`;
}

const Edited: FC<Pick<MessageProps, 'pageContext' | 'message'> & { changes: TextDiffResult }> = ({
  pageContext,
  message,
  changes,
}) =>
  changes === 'later' ? (
    <p class="message-rest">
      <a href={pageOf(pageContext, message)}>{translate('showChanged')}</a>
    </p>
  ) : (
    <details class="edited">
      <summary>{translate('whatChanged')}</summary>
      <TextDiff changes={changes} />
    </details>
  );

/** The delivery state of an outbound message or reply. */
const HandOver: FC<Omit<MessageProps, 'customer' | 'changes' | 'hits'>> = ({ pageContext, message, maxAttempts }) => {
  const failure = message.metadata.failure as { reason?: unknown } | undefined;
  switch (message.status) {
    case 'sent':
      return (
        <div class="outbound outbound-sent">
          <p>
            <Icon name="check" /> {translate('sent')} {message.sentAt ? <DateTimeLabel at={message.sentAt} /> : null}
          </p>
        </div>
      );
    case 'failed':
      return (
        <div class="outbound outbound-failed">
          <p>
            <Icon name="triangle-alert" />{' '}
            <strong>{failure?.reason === 'cancelled' ? translate('cancelled') : translate('failed')}</strong>
            <FailureReason
              reason={failure?.reason ?? message.delivery?.lastError}
              attempts={message.delivery?.attempts}
            />
          </p>
          {message.delivery?.state === 'discarded' ? (
            <RetryOrDiscard pageContext={pageContext} message={message} delivery={message.delivery} how="retry" />
          ) : null}
        </div>
      );
    default:
      return <Pending pageContext={pageContext} message={message} maxAttempts={maxAttempts} />;
  }
};

const FailureReason: FC<{ reason: unknown; attempts: number | undefined }> = ({ reason, attempts }) =>
  typeof reason === 'string' && reason !== 'cancelled' ? (
    <>
      {attempts ? ` ${translateCount('afterAttempts', attempts)}` : ''}: <bdi>{reason}</bdi>
    </>
  ) : null;

interface RetryOrDiscardProps {
  pageContext: WorkspacePageContext;
  message: ThreadMessage;
  delivery: ThreadDelivery;
  how: 'retry' | 'discard';
}

const RetryOrDiscard: FC<RetryOrDiscardProps> = ({ pageContext, message, delivery, how }) => (
  <ActionForm pageContext={pageContext} action={`/deliveries/${delivery.id}/${how}`}>
    <input type="hidden" name="back" value={`/c/${message.conversationId}${pageContext.queue}`} />
    {how === 'retry' ? (
      <button type="submit" class="button button-small">
        <Icon name="rotate-ccw" /> {translate('retry')}
      </button>
    ) : (
      <button type="submit" class="button button-small button-quiet">
        {translate('discard')}
      </button>
    )}
  </ActionForm>
);

const Pending: FC<Omit<MessageProps, 'customer' | 'changes' | 'hits'>> = ({ pageContext, message, maxAttempts }) => {
  const { delivery } = message;
  const scheduled = message.role === 'outbound' && delivery !== null && isScheduledDelivery(delivery, pageContext.now);
  return (
    <div class="outbound outbound-pending">
      <p>
        <Icon name={scheduled ? 'calendar-clock' : 'circle-dashed'} />{' '}
        <strong>{scheduled ? translate('scheduled') : translate('pending')}</strong>
        {delivery ? <PendingDetail delivery={delivery} scheduled={scheduled} maxAttempts={maxAttempts} /> : null}
      </p>
      {scheduled ? (
        <ActionForm pageContext={pageContext} action={`/c/${message.conversationId}/outbound/${message.id}/cancel`}>
          <button type="submit" class="button button-small">
            {translate('cancel')}
          </button>
        </ActionForm>
      ) : null}
      {scheduled && delivery ? (
        <SendNowForm
          pageContext={pageContext}
          delivery={delivery}
          back={`/c/${message.conversationId}${pageContext.queue}`}
        />
      ) : null}
      {delivery && delivery.attempts > 0 && !delivery.leased ? (
        <>
          <RetryOrDiscard pageContext={pageContext} message={message} delivery={delivery} how="retry" />
          <RetryOrDiscard pageContext={pageContext} message={message} delivery={delivery} how="discard" />
        </>
      ) : null}
    </div>
  );
};

const PendingDetail: FC<{ delivery: ThreadDelivery; scheduled: boolean; maxAttempts: number }> = (props) => {
  const { delivery, scheduled, maxAttempts } = props;
  if (scheduled)
    return <> {translateWithElements('scheduledFor', { time: <DateTimeLabel at={delivery.availableAt} /> })}</>;
  if (delivery.heldBack) return <> {translate('waitsForReply')}</>;
  if (delivery.attempts === 0) return <> {translate('waitsForWorker')}</>;
  return (
    <>
      {` ${translate('attempt', { attempt: delivery.attempts, max: maxAttempts })}`}
      {delivery.lastError
        ? translateWithElements('nextTryAt', {
            time: <DateTimeLabel at={delivery.availableAt} as="time" />,
            error: <bdi>{delivery.lastError}</bdi>,
          })
        : null}
    </>
  );
};

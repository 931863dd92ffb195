import type { FC } from 'hono/jsx';
import type { Actor, Conversation } from '../../contracts/domain.js';
import type { PageContext } from '../page-context.js';
import { t, tCount } from '../translate.js';
import { ActionForm, Icon, InlineText, MultilineText } from './elements.js';

/** A conversation that a bulk action is about. */
export interface Recipient {
  id: string;
  customer: string | null;
  actorId?: string | null;
  subject: string | null;
  /** Status of the conversation; absent where it does not exist. */
  status?: Conversation['status'];
  owner?: Actor | null;
  /** Null where it has no message. */
  newestMessageId?: string | null;
  /** Whether the customer wrote something newer than the message that was seen. */
  hasNews?: boolean;
  unanswered?: boolean;
}

interface BulkProps {
  pageContext: PageContext;
  ids: string[];
  recipients: Recipient[];
  max: number;
  content: string;
  nonce: string;
  /** Why nothing was sent: a cap, a missing notifier, a text that is too long. */
  refusal: string | null;
  /** Whether there is anything to be done about it on this page. */
  possible: boolean;
  /** Whether the operator has the exact text before them and may send it. */
  preview: boolean;
}

const shownRecipients = 8;

/** One text to many customers: written, then shown as each of them will get it, then sent. */
export const BulkView: FC<BulkProps> = (props) => (
  <main class="sheet sheet-narrow" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{props.preview ? t('checkAndSend') : t('sendFollowUp')}</h1>
      <p class="faint">{tCount('bulkTo', props.ids.length, { max: props.max })}</p>
    </div>
    {props.refusal ? <Refusal {...props} /> : null}
    {props.preview ? <Preview {...props} /> : props.possible ? <Write {...props} /> : <Impossible {...props} />}
  </main>
);

const Refusal: FC<BulkProps> = ({ refusal }) => (
  <div class="notice notice-error" role="alert">
    <Icon name="triangle-alert" />
    <div>
      <strong>{t('nothingSent')}</strong> {refusal}
    </div>
  </div>
);

const Impossible: FC<BulkProps> = ({ pageContext }) => (
  <div class="draft-actions">
    <BackLink pageContext={pageContext} />
  </div>
);

const Write: FC<BulkProps> = ({ pageContext, ids, recipients, max, content, nonce }) => (
  <ActionForm pageContext={pageContext} action="/bulk/preview" class="bulk-form">
    <input type="hidden" name="nonce" value={nonce} />
    {ids.length > max ? (
      <ChooseFewer recipients={recipients} />
    ) : (
      <>
        <ConversationInputs ids={ids} />
        <Recipients recipients={recipients} total={ids.length} />
      </>
    )}
    <label for="bulk-content">{t('bulkContent')}</label>
    <textarea id="bulk-content" name="content" rows={8} dir="auto" required data-send autofocus>
      {content}
    </textarea>
    <div class="draft-actions">
      <button type="submit" class="button button-primary">
        {t('preview')}
      </button>
      <BackLink pageContext={pageContext} />
    </div>
  </ActionForm>
);

const Preview: FC<BulkProps> = ({ pageContext, ids, recipients, content, nonce }) => (
  <>
    <Recipients recipients={recipients} total={ids.length} />
    <section class="bulk-preview" aria-label={t('bulkPreviewLabel')}>
      <MultilineText text={content} />
    </section>
    <ActionForm pageContext={pageContext} action="/bulk" class="bulk-form">
      <ConversationInputs ids={ids} />
      <input type="hidden" name="nonce" value={nonce} />
      <input type="hidden" name="content" value={content} />
      <div class="draft-actions">
        <button type="submit" class="button button-primary">
          <Icon name="send" /> {tCount('bulkSend', ids.length)}
        </button>
        <button type="submit" class="button" formaction={`${pageContext.base}/bulk/edit`}>
          <Icon name="pencil" /> {t('changeText')}
        </button>
        <BackLink pageContext={pageContext} />
      </div>
    </ActionForm>
  </>
);

/** Too many at once: each can be left out. */
const ChooseFewer: FC<{ recipients: Recipient[] }> = ({ recipients }) => (
  <fieldset class="recipients recipients-choice">
    <legend class="sr">{t('recipients')}</legend>
    {recipients.map((recipient) => (
      <label>
        <input type="checkbox" name="id" value={recipient.id} checked />{' '}
        <span>
          <RecipientName recipient={recipient} />
        </span>
      </label>
    ))}
  </fieldset>
);

const RecipientName: FC<{ recipient: Recipient }> = ({ recipient }) => (
  <>
    <InlineText text={recipient.customer} empty={t('noCustomer')} />{' '}
    <span class="faint">
      <bdi>{recipient.subject ?? t('noSubject')}</bdi>
    </span>
  </>
);

/** The conversations that a form is about, with the mark of what was seen of each where there is one. */
export const ConversationInputs: FC<{ ids: string[] }> = ({ ids }) => (
  <>
    {ids.map((id) => (
      <input type="hidden" name="id" value={id} />
    ))}
  </>
);

export const Recipients: FC<{ recipients: Recipient[]; total: number }> = ({ recipients, total }) => (
  <section aria-label={t('recipients')}>
    <ul class="recipients">
      {recipients.slice(0, shownRecipients).map((recipient) => (
        <li>
          <RecipientName recipient={recipient} />
        </li>
      ))}
      {total > shownRecipients ? <li class="faint">{tCount('andMore', total - shownRecipients)}</li> : null}
    </ul>
  </section>
);

export const BackLink: FC<{ pageContext: PageContext }> = ({ pageContext }) => (
  <a class="button button-quiet" href={`${pageContext.base}/${pageContext.queue}`}>
    {t('backToQueue')}
  </a>
);

/** The result for one recipient. */
export interface BulkOutcome {
  recipient: Recipient;
  failure: string | null;
  /** The pending resolve, while it can be taken back. */
  pending?: PendingBulk;
}

/** An action that waits for its time. */
export interface PendingBulk {
  id: string;
  conversationId: string;
  dueAt: Date;
}

export const BulkResultView: FC<{ pageContext: PageContext; outcomes: BulkOutcome[]; content: string }> = ({
  pageContext,
  outcomes,
  content,
}) => {
  const accepted = outcomes.filter((outcome) => outcome.failure === null).length;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>{t('bulkWritten')}</h1>
        <p class="faint" role="status">
          {tCount('bulkAccepted', outcomes.length, { accepted })}
        </p>
      </div>
      <Outcomes pageContext={pageContext} outcomes={outcomes} word={t('accepted')} />
      <section class="bulk-preview" aria-label={t('bulkDeliveredLabel')}>
        <MultilineText text={content} />
      </section>
      <div class="draft-actions">
        <BackLink pageContext={pageContext} />
      </div>
    </main>
  );
};

export const Outcomes: FC<{ pageContext: PageContext; outcomes: BulkOutcome[]; word: string }> = ({
  pageContext,
  outcomes,
  word,
}) => (
  <ul class="recipients recipients-outcome">
    {outcomes.map(({ recipient, failure }) => (
      <li>
        <Icon name={failure === null ? 'check' : 'x'} />
        <a href={`${pageContext.base}/c/${recipient.id}`}>
          <InlineText text={recipient.customer ?? recipient.subject} empty={recipient.id} />
        </a>{' '}
        {recipient.customer && recipient.subject ? <bdi>{recipient.subject}</bdi> : null}{' '}
        {failure === null ? <span class="faint">{word}</span> : <span class="bad">{failure}</span>}
      </li>
    ))}
  </ul>
);

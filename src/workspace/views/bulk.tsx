import type { FC } from 'hono/jsx';
import type { Actor, Conversation } from '../../contracts/domain.js';
import type { WorkspacePageContext } from '../page-context.js';
import { translate, translateCount } from '../translate.js';
import { ActionForm, Icon, InlineText, MultilineText } from './elements.js';

/** A conversation that a bulk action changes or writes to. */
export interface BulkRecipient {
  id: string;
  customer: string | null;
  actorId?: string | null;
  subject: string | null;
  /** The status of the conversation; absent if it does not exist. */
  status?: Conversation['status'];
  owner?: Actor | null;
  /** Id of the conversation's newest message; null if it has none. */
  newestMessageId?: string | null;
  /** Whether the customer has written since the newest message that the operator saw. */
  hasNews?: boolean;
  unanswered?: boolean;
}

interface BulkProps {
  pageContext: WorkspacePageContext;
  ids: string[];
  recipients: BulkRecipient[];
  max: number;
  content: string;
  nonce: string;
  /** Why the follow-up was refused: too many recipients, a missing notifier, or a text that is too long. */
  refusal: string | null;
  /** Whether the host has a notifier, without which no follow-up can be sent. */
  possible: boolean;
  /** Whether the page shows the exact text with a button that sends it. */
  preview: boolean;
}

const shownRecipients = 8;

/** The page of a bulk follow-up: one text to many customers is written, previewed, then sent. */
export const BulkFollowUpView: FC<BulkProps> = (props) => (
  <main class="sheet sheet-narrow" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{props.preview ? translate('checkAndSend') : translate('sendFollowUp')}</h1>
      <p class="faint">{translateCount('bulkTo', props.ids.length, { max: props.max })}</p>
    </div>
    {props.refusal ? <Refusal {...props} /> : null}
    {props.preview ? <Preview {...props} /> : props.possible ? <Write {...props} /> : <Impossible {...props} />}
  </main>
);

const Refusal: FC<BulkProps> = ({ refusal }) => (
  <div class="notice notice-error" role="alert">
    <Icon name="triangle-alert" />
    <div>
      <strong>{translate('nothingSent')}</strong> {refusal}
    </div>
  </div>
);

const Impossible: FC<BulkProps> = ({ pageContext }) => (
  <div class="draft-actions">
    <BackToQueueLink pageContext={pageContext} />
  </div>
);

const Write: FC<BulkProps> = ({ pageContext, ids, recipients, max, content, nonce }) => (
  <ActionForm pageContext={pageContext} action="/bulk/preview" class="bulk-form">
    <input type="hidden" name="nonce" value={nonce} />
    {ids.length > max ? (
      <ChooseFewer recipients={recipients} />
    ) : (
      <>
        <ConversationIdInputs ids={ids} />
        <RecipientList recipients={recipients} total={ids.length} />
      </>
    )}
    <label for="bulk-content">{translate('bulkContent')}</label>
    <textarea id="bulk-content" name="content" rows={8} dir="auto" required data-send autofocus>
      {content}
    </textarea>
    <div class="draft-actions">
      <button type="submit" class="button button-primary">
        {translate('preview')}
      </button>
      <BackToQueueLink pageContext={pageContext} />
    </div>
  </ActionForm>
);

const Preview: FC<BulkProps> = ({ pageContext, ids, recipients, content, nonce }) => (
  <>
    <RecipientList recipients={recipients} total={ids.length} />
    <section class="bulk-preview" aria-label={translate('bulkPreviewLabel')}>
      <MultilineText text={content} />
    </section>
    <ActionForm pageContext={pageContext} action="/bulk" class="bulk-form">
      <ConversationIdInputs ids={ids} />
      <input type="hidden" name="nonce" value={nonce} />
      <input type="hidden" name="content" value={content} />
      <div class="draft-actions">
        <button type="submit" class="button button-primary">
          <Icon name="send" /> {translateCount('bulkSend', ids.length)}
        </button>
        <button type="submit" class="button" formaction={`${pageContext.base}/bulk/edit`}>
          <Icon name="pencil" /> {translate('changeText')}
        </button>
        <BackToQueueLink pageContext={pageContext} />
      </div>
    </ActionForm>
  </>
);

/** The list for choosing fewer recipients, shown if there are too many. */
const ChooseFewer: FC<{ recipients: BulkRecipient[] }> = ({ recipients }) => (
  <fieldset class="recipients recipients-choice">
    <legend class="sr">{translate('recipients')}</legend>
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

const RecipientName: FC<{ recipient: BulkRecipient }> = ({ recipient }) => (
  <>
    <InlineText text={recipient.customer} empty={translate('noCustomer')} />{' '}
    <span class="faint">
      <bdi>{recipient.subject ?? translate('noSubject')}</bdi>
    </span>
  </>
);

/** Hidden form fields with the ticked conversations, each with the newest message seen where it is known. */
export const ConversationIdInputs: FC<{ ids: string[] }> = ({ ids }) => (
  <>
    {ids.map((id) => (
      <input type="hidden" name="id" value={id} />
    ))}
  </>
);

export const RecipientList: FC<{ recipients: BulkRecipient[]; total: number }> = ({ recipients, total }) => (
  <section aria-label={translate('recipients')}>
    <ul class="recipients">
      {recipients.slice(0, shownRecipients).map((recipient) => (
        <li>
          <RecipientName recipient={recipient} />
        </li>
      ))}
      {total > shownRecipients ? <li class="faint">{translateCount('andMore', total - shownRecipients)}</li> : null}
    </ul>
  </section>
);

export const BackToQueueLink: FC<{ pageContext: WorkspacePageContext }> = ({ pageContext }) => (
  <a class="button button-quiet" href={`${pageContext.base}/${pageContext.queue}`}>
    {translate('backToQueue')}
  </a>
);

/** The result of a bulk action for one conversation. */
export interface BulkOutcome {
  recipient: BulkRecipient;
  failure: string | null;
  /** The pending action that resolves the conversation, while it can be taken back. */
  pending?: PendingBulkAction;
}

/** A delayed action of a bulk action, which can still be taken back. */
export interface PendingBulkAction {
  id: string;
  conversationId: string;
  dueAt: Date;
}

export const BulkFollowUpResultView: FC<{
  pageContext: WorkspacePageContext;
  outcomes: BulkOutcome[];
  content: string;
}> = ({ pageContext, outcomes, content }) => {
  const accepted = outcomes.filter((outcome) => outcome.failure === null).length;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>{translate('bulkWritten')}</h1>
        <p class="faint" role="status">
          {translateCount('bulkAccepted', outcomes.length, { accepted })}
        </p>
      </div>
      <BulkOutcomeList pageContext={pageContext} outcomes={outcomes} word={translate('accepted')} />
      <section class="bulk-preview" aria-label={translate('bulkDeliveredLabel')}>
        <MultilineText text={content} />
      </section>
      <div class="draft-actions">
        <BackToQueueLink pageContext={pageContext} />
      </div>
    </main>
  );
};

export const BulkOutcomeList: FC<{ pageContext: WorkspacePageContext; outcomes: BulkOutcome[]; word: string }> = ({
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

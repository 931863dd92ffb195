import type { FC } from 'hono/jsx';
import type { PageContext } from '../page-context.js';
import { ActionForm, Icon, Name, Prose, plural } from './elements.js';

/** A conversation that a bulk follow-up would go to. */
export interface Recipient {
  id: string;
  customer: string | null;
  subject: string | null;
}

interface BulkProps {
  frame: PageContext;
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
      <h1>{props.preview ? 'Check and send' : 'Send follow-up'}</h1>
      <p class="faint">
        To {plural(props.ids.length, 'conversation')}; at most {props.max} at once.
      </p>
    </div>
    {props.refusal ? <Refusal {...props} /> : null}
    {props.preview ? <Preview {...props} /> : props.possible ? <Write {...props} /> : <Impossible {...props} />}
  </main>
);

const Refusal: FC<BulkProps> = ({ refusal }) => (
  <div class="notice notice-error" role="alert">
    <Icon name="triangle-alert" />
    <div>
      <strong>Nothing was sent.</strong> {refusal}
    </div>
  </div>
);

const Impossible: FC<BulkProps> = ({ frame }) => (
  <div class="draft-actions">
    <BackLink frame={frame} />
  </div>
);

const Write: FC<BulkProps> = ({ frame, ids, recipients, max, content, nonce }) => (
  <ActionForm frame={frame} action="/bulk/preview" class="bulk-form">
    <input type="hidden" name="nonce" value={nonce} />
    {ids.length > max ? (
      <ChooseFewer recipients={recipients} />
    ) : (
      <>
        <Ids ids={ids} />
        <Recipients recipients={recipients} total={ids.length} />
      </>
    )}
    <label for="bulk-content">What each of them gets, word for word</label>
    <textarea id="bulk-content" name="content" rows={8} dir="auto" required data-send autofocus>
      {content}
    </textarea>
    <div class="draft-actions">
      <button type="submit" class="button button-primary">
        Preview
      </button>
      <BackLink frame={frame} />
    </div>
  </ActionForm>
);

const Preview: FC<BulkProps> = ({ frame, ids, recipients, content, nonce }) => (
  <>
    <Recipients recipients={recipients} total={ids.length} />
    <section class="bulk-preview" aria-label="The text as it will be delivered">
      <Prose text={content} />
    </section>
    <ActionForm frame={frame} action="/bulk" class="bulk-form">
      <Ids ids={ids} />
      <input type="hidden" name="nonce" value={nonce} />
      <input type="hidden" name="content" value={content} />
      <div class="draft-actions">
        <button type="submit" class="button button-primary">
          <Icon name="send" /> Send to {plural(ids.length, 'conversation')}
        </button>
        <button type="submit" class="button" formaction={`${frame.base}/bulk/edit`}>
          <Icon name="pencil" /> Change the text
        </button>
        <BackLink frame={frame} />
      </div>
    </ActionForm>
  </>
);

/** Too many at once: each can be left out. */
const ChooseFewer: FC<{ recipients: Recipient[] }> = ({ recipients }) => (
  <fieldset class="recipients recipients-choice">
    <legend class="sr">Recipients</legend>
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
    <Name text={recipient.customer} empty="No customer identity" />{' '}
    <span class="faint">
      <bdi>{recipient.subject ?? 'No subject'}</bdi>
    </span>
  </>
);

const Ids: FC<{ ids: string[] }> = ({ ids }) => (
  <>
    {ids.map((id) => (
      <input type="hidden" name="id" value={id} />
    ))}
  </>
);

const Recipients: FC<{ recipients: Recipient[]; total: number }> = ({ recipients, total }) => (
  <section aria-label="Recipients">
    <ul class="recipients">
      {recipients.slice(0, shownRecipients).map((recipient) => (
        <li>
          <RecipientName recipient={recipient} />
        </li>
      ))}
      {total > shownRecipients ? <li class="faint">and {total - shownRecipients} more</li> : null}
    </ul>
  </section>
);

const BackLink: FC<{ frame: PageContext }> = ({ frame }) => (
  <a class="button button-quiet" href={`${frame.base}/${frame.queue}`}>
    Back to the queue
  </a>
);

/** What became of each recipient. */
export interface BulkOutcome {
  recipient: Recipient;
  failure: string | null;
}

export const BulkResultView: FC<{ frame: PageContext; outcomes: BulkOutcome[]; content: string }> = ({
  frame,
  outcomes,
  content,
}) => {
  const accepted = outcomes.filter((outcome) => outcome.failure === null).length;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>Follow-up written</h1>
        <p class="faint" role="status">
          {accepted} of {plural(outcomes.length, 'conversation')} accepted; the worker hands each message over on its
          own.
        </p>
      </div>
      <ul class="recipients recipients-outcome">
        {outcomes.map(({ recipient, failure }) => (
          <li>
            <Icon name={failure === null ? 'check' : 'x'} />
            <a href={`${frame.base}/c/${recipient.id}`}>
              <Name text={recipient.customer ?? recipient.subject} empty={recipient.id} />
            </a>{' '}
            {recipient.customer && recipient.subject ? <bdi>{recipient.subject}</bdi> : null}{' '}
            {failure === null ? <span class="faint">accepted</span> : <span class="bad">{failure}</span>}
          </li>
        ))}
      </ul>
      <section class="bulk-preview" aria-label="The text as it is delivered">
        <Prose text={content} />
      </section>
      <div class="draft-actions">
        <BackLink frame={frame} />
      </div>
    </main>
  );
};

import type { FC } from 'hono/jsx';
import { splitAtLinks } from '../../context/split-at-links.js';
import type { CustomerConversation, CustomerMessage } from '../../contracts/domain.js';
import type { PortalPageContext } from '../handler.js';
import { maxMessageLength } from '../operations.js';
import { BackToListLink } from './new.js';
import { CsrfProtectedForm, DateTimeLabel, FormProblem } from './page.js';

interface ThreadProps {
  pageContext: PortalPageContext;
  conversation: CustomerConversation;
  /**
   * Id of the oldest message shown, before which the previous page ends; undefined if there are no earlier messages.
   */
  earlier: string | undefined;
  isNewest: boolean;
  nonce: string;
  kept: string;
  problem: string | undefined;
}

export const ConversationThread: FC<ThreadProps> = ({
  pageContext,
  conversation,
  earlier,
  isNewest,
  nonce,
  kept,
  problem,
}) => {
  const { texts } = pageContext.localized;
  const { id, subject, messages = [] } = conversation;
  return (
    <>
      <BackToListLink pageContext={pageContext} />
      <h1 dir="auto">{subject ?? texts.noSubject}</h1>
      {earlier ? (
        <p class="more">
          <a href={`${pageContext.base}/c/${id}?before=${earlier}`}>{texts.earlierMessages}</a>
        </p>
      ) : null}
      <div id="messages" role="log" aria-label={texts.messages} {...(isNewest ? { 'data-live': true } : {})}>
        <ol class="messages">
          {messages.map((message) => (
            <Message pageContext={pageContext} message={message} />
          ))}
        </ol>
      </div>
      {isNewest ? (
        <>
          <Rating pageContext={pageContext} conversation={conversation} nonce={nonce} />
          <CsrfProtectedForm
            pageContext={pageContext}
            action={`/c/${id}/messages`}
            nonce={nonce}
            class="card form composer"
            id="newest"
          >
            <FormProblem text={problem} />
            <label for="message">{texts.reply}</label>
            <textarea id="message" name="message" rows={4} required maxlength={maxMessageLength} dir="auto">
              {kept}
            </textarea>
            <div class="actions">
              <button type="submit" class="button button-primary">
                {texts.send}
              </button>
            </div>
          </CsrfProtectedForm>
        </>
      ) : (
        <p class="more">
          <a href={`${pageContext.base}/c/${id}`}>{texts.newestMessages}</a>
        </p>
      )}
    </>
  );
};

const Message: FC<{ pageContext: PortalPageContext; message: CustomerMessage }> = ({ pageContext, message }) => {
  const { texts, locale } = pageContext.localized;
  const own = message.from === 'customer';
  return (
    <li class={own ? 'message message-own' : 'message'} id={`m-${message.id}`}>
      <p class="message-head">
        <bdi class="author">{own ? texts.you : (message.name ?? texts.support)}</bdi>{' '}
        <DateTimeLabel at={message.createdAt} locale={locale} />
      </p>
      <div class="message-text" dir="auto">
        {splitAtLinks(message.content).map((part) =>
          part.href ? (
            <a href={part.href} rel="noreferrer noopener" target="_blank">
              {part.text}
            </a>
          ) : (
            part.text
          ),
        )}
      </div>
    </li>
  );
};

/** The rating form, shown once the conversation is resolved. A rating can be changed. */
const Rating: FC<{ pageContext: PortalPageContext; conversation: CustomerConversation; nonce: string }> = (props) => {
  const { pageContext, conversation, nonce } = props;
  const { texts } = pageContext.localized;
  return (
    <div id="rating" data-live>
      {conversation.status === 'open' ? null : (
        <section class="rating">
          <p>{texts.resolvedHint}</p>
          <CsrfProtectedForm pageContext={pageContext} action={`/c/${conversation.id}/csat`} nonce={nonce}>
            <fieldset>
              <legend>{conversation.csatRating ? texts.rateThanks : texts.rateQuestion}</legend>
              {(['positive', 'negative'] as const).map((rating) => (
                <button
                  type="submit"
                  class="button"
                  name="rating"
                  value={rating}
                  aria-pressed={conversation.csatRating === rating ? 'true' : 'false'}
                >
                  {rating === 'positive' ? texts.ratePositive : texts.rateNegative}
                </button>
              ))}
            </fieldset>
          </CsrfProtectedForm>
        </section>
      )}
    </div>
  );
};

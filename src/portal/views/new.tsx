import type { FC } from 'hono/jsx';
import type { PortalPageContext } from '../handler.js';
import { maxMessageLength, maxSubjectLength } from '../operations.js';
import { CsrfProtectedForm, FormProblem } from './page.js';

interface NewProps {
  pageContext: PortalPageContext;
  nonce: string;
  /** The text of a refused form, which is shown again. */
  kept: { subject: string; message: string } | undefined;
  problem: string | undefined;
}

export const NewConversationForm: FC<NewProps> = ({ pageContext, nonce, kept, problem }) => {
  const { texts } = pageContext.localized;
  return (
    <>
      <BackToListLink pageContext={pageContext} />
      <h1>{texts.newConversation}</h1>
      <CsrfProtectedForm pageContext={pageContext} action="/new" nonce={nonce} class="card form">
        <FormProblem text={problem} />
        <label for="subject">{texts.subject}</label>
        <input
          id="subject"
          name="subject"
          maxlength={maxSubjectLength}
          value={kept?.subject}
          dir="auto"
          autocomplete="off"
        />
        <label for="message">{texts.message}</label>
        <textarea id="message" name="message" rows={7} required maxlength={maxMessageLength} dir="auto">
          {kept?.message}
        </textarea>
        <div class="actions">
          <button type="submit" class="button button-primary">
            {texts.send}
          </button>
        </div>
      </CsrfProtectedForm>
    </>
  );
};

export const BackToListLink: FC<{ pageContext: PortalPageContext }> = ({ pageContext }) => (
  <p class="back">
    <a href={`${pageContext.base}/`}>
      <svg class="arrow" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d="M15 5l-7 7 7 7" />
      </svg>
      {pageContext.localized.texts.allConversations}
    </a>
  </p>
);

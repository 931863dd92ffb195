import type { FC } from 'hono/jsx';
import type { ThreadMessage } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { translate } from '../translate.js';
import type { TextDiffResult } from '../word-diff.js';
import { TextDiff } from './diff.js';
import { ActorName, Icon } from './elements.js';
import { MessageText } from './message-text.js';
import { DateTimeLabel } from './time.js';

interface WholeMessageProps {
  pageContext: WorkspacePageContext;
  message: ThreadMessage;
  changes: TextDiffResult | undefined;
}

/** A message on its own page, because its text or diff is too long for the thread. */
export const WholeMessageView: FC<WholeMessageProps> = ({ pageContext, message, changes }) => (
  <main class="sheet sheet-narrow" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{translate('message')}</h1>
      <p class="faint">
        <ActorName actor={message.author} /> · <DateTimeLabel at={message.createdAt} />
      </p>
    </div>
    <MessageText text={message.content} id={message.id} links={message.role !== 'automation'} />
    {changes === undefined ? null : (
      <>
        <h2>{translate('whatChanged')}</h2>
        <TextDiff changes={changes} />
      </>
    )}
    <p>
      <a
        class="quiet-link"
        href={`${pageContext.base}/c/${message.conversationId}${pageContext.queue}#m-${message.id}`}
      >
        <Icon name="arrow-left" /> {translate('backToConversation')}
      </a>
    </p>
  </main>
);

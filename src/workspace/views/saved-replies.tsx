import type { FC } from 'hono/jsx';
import type { Conversation } from '../../contracts/domain.js';
import type { FilledReplyText } from '../fill-reply.js';
import type { WorkspacePageContext } from '../page-context.js';
import { addQueryParameter } from '../queue-filters.js';
import { translate, translateWithElements } from '../translate.js';
import { EmptyState, Icon, MultilineText } from './elements.js';

/** A saved reply with its variables filled in for one conversation. */
export interface FilledSavedReply extends FilledReplyText {
  name: string;
  title: string;
}

interface SavedRepliesProps {
  pageContext: WorkspacePageContext;
  conversation: Conversation;
  replies: FilledSavedReply[];
  folder: string;
}

export const SavedRepliesView: FC<SavedRepliesProps> = ({ pageContext, conversation, replies, folder }) => (
  <main class="sheet sheet-narrow" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{translate('savedReplies')}</h1>
      <p class="faint">
        {translateWithElements('insertedInto', {
          subject: <bdi>{conversation.subject ?? translate('noSubject')}</bdi>,
        })}
      </p>
    </div>
    {replies.length === 0 ? (
      <EmptyState icon="file-pen" title={translate('noSavedReplies')}>
        {translate('noSavedRepliesHint', { folder })}
      </EmptyState>
    ) : (
      replies.map((reply) => <SavedReplyItem pageContext={pageContext} reply={reply} conversation={conversation} />)
    )}
    <p>
      <a class="quiet-link" href={`${pageContext.base}/c/${conversation.id}${pageContext.queue}`}>
        <Icon name="arrow-left" /> {translate('backToConversation')}
      </a>
    </p>
  </main>
);

const SavedReplyItem: FC<{ pageContext: WorkspacePageContext; reply: FilledSavedReply; conversation: Conversation }> = (
  props,
) => {
  const { pageContext, reply, conversation } = props;
  const address = addQueryParameter(pageContext.queue, 'reply', encodeURIComponent(reply.name));
  return (
    <section class="saved-reply">
      <h2>
        <bdi>{reply.title}</bdi>
      </h2>
      <MultilineText text={reply.text} links={false} />
      {reply.missing.length === 0 ? null : (
        <p class="draft-warning">
          <Icon name="triangle-alert" />{' '}
          {translateWithElements('notKnownHere', { names: <bdi>{reply.missing.join(', ')}</bdi> })}
        </p>
      )}
      <a class="button button-small" href={`${pageContext.base}/c/${conversation.id}${address}`}>
        {translate('useInComposer')}
      </a>
    </section>
  );
};

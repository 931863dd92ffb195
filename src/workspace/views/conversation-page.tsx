import type { FC } from 'hono/jsx';
import type { WorkspacePageContext } from '../page-context.js';
import { translate } from '../translate.js';
import type { ContextPanelState } from './context.js';
import { CustomerColumn } from './customer-column.js';
import { WorkspacePage } from './page.js';
import { QueueColumn, type QueueProps } from './queue.js';
import { ConversationThread, type ConversationThreadProps } from './thread.js';

export interface ConversationPageProps {
  pageContext: WorkspacePageContext;
  queue: QueueProps;
  thread: ConversationThreadProps;
  context: ContextPanelState;
}

/** The page of a conversation: the queue, the messages, and the customer's facts beside them. */
export const ConversationPage: FC<ConversationPageProps> = ({ pageContext, queue, thread, context }) => {
  const { id, subject } = thread.thread.conversation;
  return (
    <WorkspacePage
      pageContext={pageContext}
      title={subject ?? translate('conversation')}
      view="inbox"
      search={queue.view.search}
    >
      <div class="inbox inbox-thread" data-page={`c/${id}`}>
        <QueueColumn {...queue} />
        <ConversationThread {...thread} />
        <CustomerColumn pageContext={pageContext} thread={thread.thread} context={context} />
      </div>
    </WorkspacePage>
  );
};

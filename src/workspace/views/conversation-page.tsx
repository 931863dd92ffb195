import type { FC } from 'hono/jsx';
import type { PageContext } from '../page-context.js';
import { t } from '../translate.js';
import type { ContextView } from './context.js';
import { CustomerRail } from './customer-rail.js';
import { Page } from './page.js';
import { Queue, type QueueProps } from './queue.js';
import { Thread, type ThreadProps } from './thread.js';

export interface ConversationPageProps {
  pageContext: PageContext;
  queue: QueueProps;
  thread: ThreadProps;
  context: ContextView;
}

/** The page of a conversation: the queue, the messages, and the customer's facts beside them. */
export const ConversationPage: FC<ConversationPageProps> = ({ pageContext, queue, thread, context }) => {
  const { id, subject } = thread.thread.conversation;
  return (
    <Page pageContext={pageContext} title={subject ?? t('conversation')} view="inbox" search={queue.view.search}>
      <div class="inbox inbox-thread" data-page={`c/${id}`}>
        <Queue {...queue} />
        <Thread {...thread} />
        <CustomerRail pageContext={pageContext} thread={thread.thread} context={context} />
      </div>
    </Page>
  );
};

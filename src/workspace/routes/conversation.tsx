import { CairnloopError } from '../../foundation/errors.js';
import { type Handler, param, queueViewOf, type Services, type WorkspaceContext } from '../handler.js';
import { withKnownName } from '../known-names.js';
import { findThread } from '../queries/thread.js';
import { findWholeMessage } from '../queries/thread-messages.js';
import { queueQuery } from '../queue-filters.js';
import { t } from '../translate.js';
import { ContextPanel } from '../views/context.js';
import { ConversationPage } from '../views/conversation-page.js';
import { Page } from '../views/page.js';
import { WholeMessage } from '../views/whole-message.js';
import { createTextComparer } from '../word-diff.js';
import { loadConversationPage, type ThreadState } from './load-conversation-page.js';

export const conversation: Handler = (c, services) => conversationPage(c, services, param(c, 'id'));

/** A conversation with the queue beside it. `state` is what a refused change leaves to be shown. */
export async function conversationPage(
  c: WorkspaceContext,
  services: Services,
  id: string,
  state: ThreadState = {},
): Promise<Response> {
  const page = await loadConversationPage(c, services, id, state);
  // Lets browsers prefetch the neighbouring conversations.
  c.header('speculation-rules', `"${page.pageContext.assets.href('neighbours.rules')}"`);
  return c.html(<ConversationPage {...page} />, state.status ?? 200);
}

/** The customer's facts alone, for a page that was sent without them. */
export const context: Handler = async (c, { runtime }) => {
  const id = param(c, 'id');
  const thread = await findThread(runtime, id);
  if (!thread) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const answer = await runtime.context.get(thread.conversation.actorId);
  const pageContext = { ...c.get('pageContext'), queue: queueQuery(queueViewOf(c)) };
  return c.html(<ContextPanel pageContext={pageContext} conversationId={id} context={answer} />);
};

/** One message in full, when it is longer than a thread shows. */
export const wholeMessage: Handler = async (c, { runtime }) => {
  const id = param(c, 'id');
  const message = await findWholeMessage(runtime, id, param(c, 'message'));
  if (!message) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const pageContext = { ...c.get('pageContext'), queue: queueQuery(queueViewOf(c)) };
  const changes =
    message.proposed === null ? undefined : createTextComparer().compare(message.proposed, message.content);
  return c.html(
    <Page pageContext={pageContext} title={t('message')} view="inbox">
      <WholeMessage
        pageContext={pageContext}
        message={{ ...message, author: message.author && withKnownName(message.author, runtime.context) }}
        changes={changes}
      />
    </Page>,
  );
};

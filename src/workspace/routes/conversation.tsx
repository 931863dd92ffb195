import { CairnloopError } from '../../foundation/errors.js';
import {
  pathParameter,
  readQueueView,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import { withActorName } from '../known-names.js';
import { findThreadDetails } from '../queries/thread.js';
import { findWholeMessage } from '../queries/thread-messages.js';
import { queueQueryString } from '../queue-filters.js';
import { translate } from '../translate.js';
import { ContextPanel } from '../views/context.js';
import { ConversationPage } from '../views/conversation-page.js';
import { WorkspacePage } from '../views/page.js';
import { WholeMessageView } from '../views/whole-message.js';
import { createTextComparer } from '../word-diff.js';
import { type ConversationPageState, loadConversationPage } from './load-conversation-page.js';

export const showConversation: WorkspaceHandler = (c, services) =>
  renderConversationPage(c, services, pathParameter(c, 'id'));

/**
 * Renders a conversation with the queue beside it. `state` holds the operator's text and a notice after a refused
 * change.
 */
export async function renderConversationPage(
  c: WorkspaceContext,
  services: WorkspaceServices,
  id: string,
  state: ConversationPageState = {},
): Promise<Response> {
  const page = await loadConversationPage(c, services, id, state);
  // Lets browsers prefetch the neighbouring conversations.
  c.header('speculation-rules', `"${page.pageContext.assets.href('neighbours.rules')}"`);
  return c.html(<ConversationPage {...page} />, state.status ?? 200);
}

/** Renders only the customer's facts, for a page that was sent before they were read. */
export const showCustomerFacts: WorkspaceHandler = async (c, { runtime }) => {
  const id = pathParameter(c, 'id');
  const thread = await findThreadDetails(runtime, id);
  if (!thread) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const answer = await runtime.context.get(thread.conversation.actorId);
  const pageContext = { ...c.get('pageContext'), queue: queueQueryString(readQueueView(c)) };
  return c.html(<ContextPanel pageContext={pageContext} conversationId={id} context={answer} />);
};

/** Renders one message in full, for messages longer than a thread shows. */
export const showWholeMessage: WorkspaceHandler = async (c, { runtime }) => {
  const id = pathParameter(c, 'id');
  const message = await findWholeMessage(runtime, id, pathParameter(c, 'message'));
  if (!message) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const pageContext = { ...c.get('pageContext'), queue: queueQueryString(readQueueView(c)) };
  const changes =
    message.proposed === null ? undefined : createTextComparer().compare(message.proposed, message.content);
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('message')} view="inbox">
      <WholeMessageView
        pageContext={pageContext}
        message={{ ...message, author: message.author && withActorName(message.author, runtime.context) }}
        changes={changes}
      />
    </WorkspacePage>,
  );
};

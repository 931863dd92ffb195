import { CairnloopError } from '../../foundation/errors.js';
import { fillSavedReply, type ReplyVariableValues, savedReplyNeedsCustomerFacts } from '../fill-reply.js';
import {
  pathParameter,
  readQueueView,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import type { ThreadDetails } from '../model.js';
import { defaultRepliesFolder } from '../mount-options.js';
import { findThreadDetails } from '../queries/thread.js';
import { queueQueryString } from '../queue-filters.js';
import { translate } from '../translate.js';
import { WorkspacePage } from '../views/page.js';
import { type FilledSavedReply, SavedRepliesView } from '../views/saved-replies.js';

/** Returns the saved replies, filled in for this conversation, as JSON for the page's script. */
export const listSavedReplies: WorkspaceHandler = async (c, services) => {
  const { replies } = await filledReplies(c, services);
  return c.json({ replies });
};

/** Renders the saved replies as a page, for browsers without the script. */
export const showSavedReplies: WorkspaceHandler = async (c, services) => {
  const { thread, replies } = await filledReplies(c, services);
  const pageContext = { ...c.get('pageContext'), queue: queueQueryString(readQueueView(c)) };
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('savedReplies')} view="inbox">
      <SavedRepliesView
        pageContext={pageContext}
        conversation={thread.conversation}
        replies={replies}
        folder={services.options.repliesFolder ?? defaultRepliesFolder}
      />
    </WorkspacePage>,
  );
};

/** Finds a saved reply by its name and fills it in for a conversation; undefined if there is none. */
export async function findSavedReply(
  c: WorkspaceContext,
  services: WorkspaceServices,
  thread: ThreadDetails,
  name: string,
): Promise<string | undefined> {
  const reply = (await services.savedReplies.list()).find((known) => known.name === name);
  return (
    reply &&
    fillSavedReply(reply.body, await valuesFor(c, services, thread, savedReplyNeedsCustomerFacts(reply.body))).text
  );
}

async function filledReplies(c: WorkspaceContext, services: WorkspaceServices) {
  const id = pathParameter(c, 'id');
  const [thread, saved] = await Promise.all([findThreadDetails(services.runtime, id), services.savedReplies.list()]);
  if (!thread) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const values = await valuesFor(
    c,
    services,
    thread,
    saved.some(({ body }) => savedReplyNeedsCustomerFacts(body)),
  );
  const replies: FilledSavedReply[] = saved.map(({ name, title, body }) => ({
    name,
    title,
    ...fillSavedReply(body, values),
  }));
  return { thread, replies };
}

async function valuesFor(
  c: WorkspaceContext,
  { runtime }: WorkspaceServices,
  { conversation, customer }: ThreadDetails,
  facts: boolean,
): Promise<ReplyVariableValues> {
  const { actorId } = conversation;
  const sections = facts ? (await runtime.context.get(actorId)).sections : [];
  // A thread's `customer` is the customer's id if the host gave no name.
  const name = customer === actorId ? runtime.context.knownName(actorId) : customer;
  return { customer: { id: actorId, name }, operator: c.get('pageContext').operator, conversation, sections };
}

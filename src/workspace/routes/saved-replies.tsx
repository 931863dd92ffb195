import { CairnloopError } from '../../foundation/errors.js';
import { fillReply, needsFacts, type ReplyValues } from '../fill-reply.js';
import { type Handler, param, queueViewOf, type Services, type WorkspaceContext } from '../handler.js';
import type { ThreadHead } from '../model.js';
import { defaultRepliesFolder } from '../mount-options.js';
import { findThread } from '../queries/thread.js';
import { queueQuery } from '../queue-filters.js';
import { t } from '../translate.js';
import { Page } from '../views/page.js';
import { type FilledSavedReply, SavedRepliesView } from '../views/saved-replies.js';

/** The saved replies as they would be inserted into this conversation, for the page's script. */
export const savedReplies: Handler = async (c, services) => {
  const { replies } = await filledReplies(c, services);
  return c.json({ replies });
};

/** The saved replies as a page, for browsers without the script. */
export const savedRepliesPage: Handler = async (c, services) => {
  const { thread, replies } = await filledReplies(c, services);
  const pageContext = { ...c.get('pageContext'), queue: queueQuery(queueViewOf(c)) };
  return c.html(
    <Page pageContext={pageContext} title={t('savedReplies')} view="inbox">
      <SavedRepliesView
        pageContext={pageContext}
        conversation={thread.conversation}
        replies={replies}
        folder={services.options.repliesFolder ?? defaultRepliesFolder}
      />
    </Page>,
  );
};

/** A saved reply by its name, filled in for a conversation; undefined where there is none. */
export async function findSavedReply(
  c: WorkspaceContext,
  services: Services,
  thread: ThreadHead,
  name: string,
): Promise<string | undefined> {
  const reply = (await services.savedReplies.list()).find((known) => known.name === name);
  return reply && fillReply(reply.body, await valuesFor(c, services, thread, needsFacts(reply.body))).text;
}

async function filledReplies(c: WorkspaceContext, services: Services) {
  const id = param(c, 'id');
  const [thread, saved] = await Promise.all([findThread(services.runtime, id), services.savedReplies.list()]);
  if (!thread) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  const values = await valuesFor(
    c,
    services,
    thread,
    saved.some(({ body }) => needsFacts(body)),
  );
  const replies: FilledSavedReply[] = saved.map(({ name, title, body }) => ({
    name,
    title,
    ...fillReply(body, values),
  }));
  return { thread, replies };
}

async function valuesFor(
  c: WorkspaceContext,
  { runtime }: Services,
  { conversation, customer }: ThreadHead,
  facts: boolean,
): Promise<ReplyValues> {
  const { actorId } = conversation;
  const sections = facts ? (await runtime.context.get(actorId)).sections : [];
  // `customer` is the id if the host gave no name.
  const name = customer === actorId ? runtime.context.knownName(actorId) : customer;
  return { customer: { id: actorId, name }, operator: c.get('pageContext').operator, conversation, sections };
}

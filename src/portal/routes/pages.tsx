import { randomUUID } from 'node:crypto';
import type { CustomerConversation } from '../../contracts/domain.js';
import { dedupeKeyOfForm } from '../../http/form-dedupe-key.js';
import {
  type PortalContext,
  type PortalHandler,
  type PortalPageContext,
  type PortalServices,
  pathParameter,
} from '../handler.js';
import { openConversation, rateConversation, writeMessage } from '../operations.js';
import type { PortalApi } from '../portal-api.js';
import type { RequestProblem } from '../problems.js';
import { ConversationList } from '../views/list.js';
import { NewConversationForm } from '../views/new.js';
import { PortalPage } from '../views/page.js';
import { ConversationThread } from '../views/thread.js';

/** Renders the list of the customer's conversations. */
export const showConversationList: PortalHandler = async (c, { api }) => {
  const pageContext = c.get('pageContext');
  const page = await api.conversations.forCustomer(pageContext.customer.id, {
    cursor: c.req.query('cursor') ?? null,
    limit: 25,
  });
  const { texts } = pageContext.localized;
  return c.html(
    <PortalPage pageContext={pageContext} title={texts.yourConversations}>
      <ConversationList pageContext={pageContext} page={page} />
    </PortalPage>,
  );
};

export const showNewConversationForm: PortalHandler = (c) => newPage(c);

function newPage(c: PortalContext, problem?: RequestProblem): Response | Promise<Response> {
  const pageContext = c.get('pageContext');
  const { texts } = pageContext.localized;
  const kept = problem ? { subject: c.get('form').text('subject'), message: c.get('form').text('message') } : undefined;
  return c.html(
    <PortalPage pageContext={pageContext} title={texts.newConversation}>
      <NewConversationForm
        pageContext={pageContext}
        nonce={nonceOf(c)}
        kept={kept}
        problem={problem?.textIn(pageContext.localized)}
      />
    </PortalPage>,
    problem?.status ?? 200,
  );
}

export const submitNewConversation: PortalHandler = async (c, services) => {
  const pageContext = c.get('pageContext');
  const form = c.get('form');
  const [subject, message] = [form.text('subject'), form.text('message')];
  const key = dedupeKeyOfForm('portal', form.text('nonce'), subject, message);
  const { id } = await openConversation(services, pageContext, { subject, message, key });
  return c.redirect(`${pageContext.base}/c/${id}`, 303);
};

export const newConversationPageWithProblem = async (c: PortalContext, _: PortalServices, problem: RequestProblem) =>
  newPage(c, problem);

/** Renders one conversation. Showing its newest messages marks them as read. */
export const showConversation: PortalHandler = (c, services) => threadPage(c, services);

async function threadPage(c: PortalContext, { api }: PortalServices, problem?: RequestProblem): Promise<Response> {
  const pageContext = c.get('pageContext');
  const id = pathParameter(c, 'id');
  const before = c.req.query('before');
  const input = { limit: pageSize, ...(before !== undefined && { before }) };
  const conversation = await api.conversations.getForCustomer(pageContext.customer.id, id, input);
  const newest = conversation.messages?.at(-1);
  const earlier = await earlierThan(conversation, pageContext, api);
  if (conversation.unread > 0 && newest && before === undefined && isLookedAt(c))
    await api.conversations.markReadForCustomer(pageContext.customer.id, id, { messageId: newest.id });
  return c.html(
    <PortalPage pageContext={pageContext} title={conversation.subject ?? pageContext.localized.texts.noSubject}>
      <ConversationThread
        pageContext={pageContext}
        conversation={conversation}
        earlier={earlier}
        isNewest={before === undefined}
        nonce={nonceOf(c)}
        kept={problem ? c.get('form').text('message') : ''}
        problem={problem?.textIn(pageContext.localized)}
      />
    </PortalPage>,
    problem?.status ?? 200,
  );
}

const pageSize = 100;

/**
 * Returns the cursor of the page with earlier messages. Long messages end a page early, so a short page does not mean that
 * there are no earlier messages.
 */
async function earlierThan(
  { id, messages = [] }: CustomerConversation,
  { customer }: PortalPageContext,
  { conversations }: PortalApi,
): Promise<string | undefined> {
  const [oldest] = messages;
  if (!oldest || messages.length === pageSize) return oldest?.id;
  const before = await conversations.getForCustomer(customer.id, id, { before: oldest.id, limit: 1 });
  return before.messages?.length ? oldest.id : undefined;
}

/** Whether a person sees the page: a browser's prefetch must not mark messages as read. */
function isLookedAt(c: PortalContext): boolean {
  return c.req.method === 'GET' && !/prefetch/i.test(`${c.req.header('sec-purpose')} ${c.req.header('purpose')}`);
}

export const submitReply: PortalHandler = async (c, services) => {
  const pageContext = c.get('pageContext');
  const form = c.get('form');
  const id = pathParameter(c, 'id');
  const message = form.text('message');
  await writeMessage(services, pageContext, id, {
    message,
    key: dedupeKeyOfForm('portal', form.text('nonce'), message),
  });
  return c.redirect(`${pageContext.base}/c/${id}#newest`, 303);
};

export const submitRating: PortalHandler = async (c, services) => {
  const pageContext = c.get('pageContext');
  const form = c.get('form');
  const id = pathParameter(c, 'id');
  await rateConversation(
    services,
    pageContext,
    id,
    form.text('rating'),
    dedupeKeyOfForm('portal', form.text('nonce'), form.text('rating')),
  );
  return c.redirect(`${pageContext.base}/c/${id}`, 303);
};

/** Renders the conversation again after a refused reply. Throws if the conversation does not exist. */
export const conversationPageWithProblem = (c: PortalContext, services: PortalServices, problem: RequestProblem) =>
  threadPage(c, services, problem);

/** Returns the nonce of a form that is shown again, so that sending it twice still writes once; else a new nonce. */
function nonceOf(c: PortalContext): string {
  return (c.get('form')?.text('nonce').slice(0, 100) || randomUUID()) as string;
}

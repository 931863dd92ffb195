import { randomUUID } from 'node:crypto';
import type { CustomerConversation } from '../../contracts/domain.js';
import { postKey } from '../../http/post-key.js';
import { type Frame, type Handler, type PortalContext, param, type Services } from '../handler.js';
import { openConversation, rate, writeMessage } from '../operations.js';
import type { PortalApi } from '../portal-api.js';
import type { Problem } from '../problems.js';
import { ConversationList } from '../views/list.js';
import { NewConversation } from '../views/new.js';
import { Page } from '../views/page.js';
import { Thread } from '../views/thread.js';

/** The customer's conversations. */
export const list: Handler = async (c, { api }) => {
  const frame = c.get('frame');
  const page = await api.conversations.forCustomer(frame.customer.id, {
    cursor: c.req.query('cursor') ?? null,
    limit: 25,
  });
  const { texts } = frame.wording;
  return c.html(
    <Page frame={frame} title={texts.yourConversations}>
      <ConversationList frame={frame} page={page} />
    </Page>,
  );
};

export const newConversation: Handler = (c) => newPage(c);

function newPage(c: PortalContext, problem?: Problem): Response | Promise<Response> {
  const frame = c.get('frame');
  const { texts } = frame.wording;
  const kept = problem ? { subject: c.get('form').text('subject'), message: c.get('form').text('message') } : undefined;
  return c.html(
    <Page frame={frame} title={texts.newConversation}>
      <NewConversation frame={frame} nonce={nonceOf(c)} kept={kept} problem={problem?.textIn(frame.wording)} />
    </Page>,
    problem?.status ?? 200,
  );
}

export const open: Handler = async (c, services) => {
  const frame = c.get('frame');
  const form = c.get('form');
  const [subject, message] = [form.text('subject'), form.text('message')];
  const key = postKey('portal', form.text('nonce'), subject, message);
  const { id } = await openConversation(services, frame, { subject, message, key });
  return c.redirect(`${frame.base}/c/${id}`, 303);
};

export const openAgain = async (c: PortalContext, _: Services, problem: Problem) => newPage(c, problem);

/** A thread. Showing the newest messages marks them as read. */
export const thread: Handler = (c, services) => threadPage(c, services);

async function threadPage(c: PortalContext, { api }: Services, problem?: Problem): Promise<Response> {
  const frame = c.get('frame');
  const id = param(c, 'id');
  const before = c.req.query('before');
  const input = { limit: pageSize, ...(before !== undefined && { before }) };
  const conversation = await api.conversations.getForCustomer(frame.customer.id, id, input);
  const newest = conversation.messages?.at(-1);
  const earlier = await earlierThan(conversation, frame, api);
  if (conversation.unread > 0 && newest && before === undefined && isLookedAt(c))
    await api.conversations.markReadForCustomer(frame.customer.id, id, { messageId: newest.id });
  return c.html(
    <Page frame={frame} title={conversation.subject ?? frame.wording.texts.noSubject}>
      <Thread
        frame={frame}
        conversation={conversation}
        earlier={earlier}
        isNewest={before === undefined}
        nonce={nonceOf(c)}
        kept={problem ? c.get('form').text('message') : ''}
        problem={problem?.textIn(frame.wording)}
      />
    </Page>,
    problem?.status ?? 200,
  );
}

const pageSize = 100;

/**
 * The cursor of the previous page. Long messages end a page early, so a page with few messages may not be the first.
 */
async function earlierThan(
  { id, messages = [] }: CustomerConversation,
  { customer }: Frame,
  { conversations }: PortalApi,
): Promise<string | undefined> {
  const [oldest] = messages;
  if (!oldest || messages.length === pageSize) return oldest?.id;
  const before = await conversations.getForCustomer(customer.id, id, { before: oldest.id, limit: 1 });
  return before.messages?.length ? oldest.id : undefined;
}

/** Whether a person sees the page: a prefetch must not mark it as read. */
function isLookedAt(c: PortalContext): boolean {
  return c.req.method === 'GET' && !/prefetch/i.test(`${c.req.header('sec-purpose')} ${c.req.header('purpose')}`);
}

export const reply: Handler = async (c, services) => {
  const frame = c.get('frame');
  const form = c.get('form');
  const id = param(c, 'id');
  const message = form.text('message');
  await writeMessage(services, frame, id, { message, key: postKey('portal', form.text('nonce'), message) });
  return c.redirect(`${frame.base}/c/${id}#newest`, 303);
};

export const rateConversation: Handler = async (c, services) => {
  const frame = c.get('frame');
  const form = c.get('form');
  const id = param(c, 'id');
  await rate(services, frame, id, form.text('rating'), postKey('portal', form.text('nonce'), form.text('rating')));
  return c.redirect(`${frame.base}/c/${id}`, 303);
};

/** As {@link thread}, after a refused reply. Throws if the conversation does not exist. */
export const threadAgain = (c: PortalContext, services: Services, problem: Problem) => threadPage(c, services, problem);

/** Keeps the nonce of a form that is shown again, so that it still writes once. */
function nonceOf(c: PortalContext): string {
  return (c.get('form')?.text('nonce').slice(0, 100) || randomUUID()) as string;
}

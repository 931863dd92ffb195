import { setTimeout as sleep } from 'node:timers/promises';
import type { Cairnloop } from '../../contracts/cairnloop.js';
import type { Conversation, Delivery, Draft, DraftStatus } from '../../contracts/domain.js';
import { CairnloopError } from '../../foundation/errors.js';
import type { DemoPrinter } from './demo-printer.js';

/** The operator of the demo. */
export const demoOperator = { id: 'op_maya', name: 'Maya' };

/** The instance, the output and the demo clock that the steps of the life cycle share. */
export interface DemoContext {
  cairnloop: Cairnloop;
  tell: DemoPrinter;
  /** Moves the database's clock forward. */
  moveClock(hours: number): Promise<void>;
  /** Explains when the conversation's SLA is due, and why. */
  explain(conversationId: string): Promise<string[]>;
}

/** Shows replies, the four policy decisions, outbound messages, a paused clock, a breach and a retried callback. */
export async function playConversationLifeCycle(stage: DemoContext): Promise<void> {
  const invoice = await answerAndResolve(stage);
  await decideDrafts(stage);
  await sendOutbound(stage, invoice);
  await holdClock(stage);
  await breach(stage);
  await settled(stage);
}

async function answerAndResolve({ cairnloop, tell }: DemoContext): Promise<Conversation> {
  const opened = await cairnloop.conversations.open({
    actorId: 'cus_0417',
    subject: 'Invoice total looks wrong',
    priority: 'high',
    tags: ['crm-down'],
    message: 'Our invoice INV-2207 lists 44 seats, but we have 42.',
  });
  const sla = await cairnloop.sla.forConversation(opened.id);
  tell.step(`Opened "${opened.subject}" (high priority); answer due ${clockTime(sla?.responseDueAt)}`);
  const answer = { content: 'You are right, I have corrected it.', actor: demoOperator };
  const reply = await cairnloop.conversations.reply(opened.id, answer);
  tell.step(`Answered by ${demoOperator.name}; the SLA is ${(await cairnloop.sla.forConversation(opened.id))?.status}`);
  tell.step(`Customer ${opened.actorId} has the answer: reply ${await handedOver(cairnloop, opened.id, reply.id)}`);
  const resolved = await cairnloop.conversations.resolve(opened.id, {
    resolvedBy: demoOperator,
    metadata: { via: 'demo' },
  });
  tell.step(`Resolved by ${resolved.resolvedBy?.name}; the CRM will refuse the first two calls`);
  return resolved;
}

const questions = [
  { tags: ['faq'], subject: 'Cannot sign in', message: 'I forgot my password.', becomes: 'allowed' },
  { tags: [], subject: 'Refund for October', message: 'May I have a refund?', becomes: 'prepared' },
  { tags: [], subject: 'Export keeps failing', message: 'The CSV export stops halfway.', becomes: 'pending' },
  { tags: ['legal'], subject: 'Data request', message: 'Send me all data you hold.', becomes: 'denied' },
] as const;

/**
 * Opens a conversation for each policy decision: the worker calls the DraftGenerator, then the AutomationPolicy
 * decides.
 */
async function decideDrafts({ cairnloop, tell }: DemoContext): Promise<void> {
  for (const { tags, subject, message, becomes } of questions) {
    const opened = await cairnloop.conversations.open({ actorId: 'cus_0588', subject, tags: [...tags], message });
    const draft = await eventually(`the draft for "${subject}"`, () => draftOf(cairnloop, opened.id, becomes));
    tell.step(`Draft for "${subject}": policy says ${draft.decision}; ${whatItMeans[draft.decision]}`);
    if (draft.status !== 'pending') continue;
    const sent = await cairnloop.drafts.approve(draft.id, { actor: demoOperator });
    tell.detail(`${sent.status} by ${demoOperator.name}: "${sent.content}"`);
    tell.step(
      `Customer ${opened.actorId} has the approved draft: reply ${await handedOver(cairnloop, opened.id, sent.messageId)}`,
    );
  }
}

/** Waits until the worker has handed a message to the host's Notifier; returns its status. */
function handedOver({ conversations }: Cairnloop, id: string, messageId: string | null): Promise<string> {
  return eventually('the reply', async () => {
    const { messages = [] } = await conversations.get(id);
    return messages.find((sent) => sent.id === messageId && sent.status === 'sent')?.status ?? undefined;
  });
}

const whatItMeans = {
  allow: 'sent without review',
  draft_only: 'kept for operators, without asking for a decision',
  require_approval: 'waits for an operator',
  deny: 'dropped, its text is not stored',
};

async function draftOf(cairnloop: Cairnloop, id: string, status: DraftStatus): Promise<Draft | undefined> {
  return (await cairnloop.drafts.listForConversation(id)).find((draft) => draft.status === status);
}

async function sendOutbound({ cairnloop, tell }: DemoContext, invoice: Conversation): Promise<void> {
  const survey = { templateId: 'csat', content: 'How did we do?', dedupeKey: 'csat', actor: demoOperator };
  const { message } = await cairnloop.outbound.trigger(invoice.id, survey);
  await handedOver(cairnloop, invoice.id, message.id);
  const again = await cairnloop.outbound.trigger(invoice.id, survey);
  tell.step(`Outbound "${message.content}" sent; its dedupe key again: duplicate ${again.duplicate}`);

  const open = await cairnloop.conversations.list({ status: 'open', limit: 2 });
  const recipients = [...open.items.map((conversation) => conversation.id), 'no-such-conversation'];
  const notice = { templateId: 'maintenance', content: 'We will be down on Sunday at 06:00 UTC.', actor: demoOperator };
  const { envelope, results } = await cairnloop.outbound.bulkTrigger(recipients, notice);
  tell.step(`Bulk send: ${envelope.requested} recipients, ${envelope.accepted} accepted`);
  for (const result of results) if (!result.ok) tell.detail(`${result.conversationId}: ${result.error.message}`);
}

async function holdClock({ cairnloop, tell, explain }: DemoContext): Promise<void> {
  const opened = await cairnloop.conversations.open({
    actorId: 'cus_0731',
    subject: 'Waiting for a log file',
    message: 'The app crashes when I open a note.',
  });
  await cairnloop.sla.pause(opened.id, { reason: 'waiting for the customer', actor: demoOperator });
  await cairnloop.conversations.receive(opened.id, { content: 'Here is the log you asked for.' });
  tell.step('SLA paused, then resumed by the customer; when it is due, and why:');
  for (const line of await explain(opened.id)) tell.detail(line);
}

async function breach({ cairnloop, tell, moveClock }: DemoContext): Promise<void> {
  const opened = await cairnloop.conversations.open({
    actorId: 'cus_0417',
    subject: 'Nobody answers',
    priority: 'high',
    message: 'Is anybody there?',
  });
  await moveClock(4.01);
  tell.step("Four hours pass (the demo's database clock was moved)");
  const sla = await eventually('the breach', async () => {
    const found = await cairnloop.sla.forConversation(opened.id);
    return found?.status === 'breached' ? found : undefined;
  });
  tell.step(`SLA of "${opened.subject}" ${sla.status}`);
}

/** Waits until no delivery is pending but those of running SLA clocks; then prints the outcome of each. */
async function settled({ cairnloop, tell }: DemoContext): Promise<void> {
  await eventually('all deliveries', async () => {
    const pending = await cairnloop.deliveries.list({ state: 'pending', limit: 200 });
    return pending.items.every(isRunningClock) || undefined;
  });
  const { items } = await cairnloop.deliveries.list({ limit: 200 });
  tell.step('Every delivery, oldest first:');
  for (const delivery of items.toReversed()) tell.detail(describe(delivery));
}

function isRunningClock(delivery: Delivery): boolean {
  return delivery.topic === 'sla_breach' && delivery.attempts === 0;
}

function describe({ topic, state, attempts, lastError, availableAt }: Delivery): string {
  const times = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const when = state === 'pending' ? `due ${availableAt.toISOString().slice(0, 10)} ${clockTime(availableAt)}` : times;
  return `${topic.padEnd(22)}${state.padEnd(9)}${when}${lastError ? ` (before: ${lastError})` : ''}`;
}

function clockTime(at: Date | undefined): string {
  return at ? `${at.toISOString().slice(11, 16)} UTC` : 'never';
}

const patienceSeconds = 30;

/** Calls `ask` until it returns a value. Throws `DEMO_STUCK` if that takes too long. */
async function eventually<T>(waitedFor: string, ask: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + patienceSeconds * 1000;
  while (performance.now() < until) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(50);
  }
  throw new CairnloopError('DEMO_STUCK', { waitedFor, seconds: patienceSeconds });
}

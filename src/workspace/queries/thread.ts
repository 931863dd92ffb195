import { type ConversationRow, toConversation } from '../../conversations/rows.js';
import { declareStatement } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import { isCallOwedSql, isModuleConfigured } from '../../deliveries/announced-modules.js';
import { type DraftRow, toDraft } from '../../drafts/rows.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type {
  AuditLine,
  OtherConversation,
  OutboundMessageSummary,
  PendingActionSummary,
  ThreadDetails,
  ThreadDraft,
} from '../model.js';
import { addCustomerNameToActor, customerLabelSql, type SlaClockRow, toSlaClock } from './rows.js';

/** Reads everything of a conversation except its messages, in one statement; null if it does not exist. */
export async function findThreadDetails(runtime: Runtime, id: string): Promise<ThreadDetails | null> {
  if (!isId(id)) return null;
  const [row] = await runtime.db.run(selectHead, { id, hasNotifier: isModuleConfigured(runtime.config, 'notifier') });
  if (!row) return null;
  return {
    conversation: toConversation(row.conversation),
    customer: row.customer,
    clock: toSlaClock(row.clock),
    waitingSince: toDate(row.conversation.unanswered_since),
    answered: row.newest_answer !== null && row.newest_answer > (row.newest_customer_message ?? ''),
    drafts: row.drafts.map((draft) => toThreadDraft(draft, row)),
    pending: row.pending.map((line) => ({ ...line, dueAt: toDate(line.dueAt) })),
    outbound: row.outbound.map(toOutboundLine),
    audit: row.audit.map((line) => toAuditLine(line, row)),
    others: row.others.map(toOther),
    newestMessageId: row.newest_message,
    canFollowUp: row.can_follow_up,
    now: row.now,
  };
}

type AuditRow = Omit<AuditLine, 'at' | 'conversationId' | 'subject'> & { at: Timestamp };

interface HeadRow {
  conversation: ConversationRow;
  customer: string | null;
  clock: SlaClockRow | null;
  drafts: DraftRow[];
  pending: (Omit<PendingActionSummary, 'dueAt'> & { dueAt: Timestamp })[];
  outbound: OutboundRow[];
  audit: AuditRow[];
  others: OtherRow[];
  newest_message: string | null;
  newest_customer_message: string | null;
  newest_answer: string | null;
  can_follow_up: boolean;
  now: Date;
}

/** A draft is stale once the customer or the team wrote after the message that it is based on. */
function toThreadDraft(row: DraftRow, newest: Pick<HeadRow, 'newest_customer_message' | 'newest_answer'>): ThreadDraft {
  const basis = row.based_on_message_id ?? row.id;
  const isNewer = (message: string | null) => message !== null && message > basis;
  const byCustomer = isNewer(newest.newest_customer_message) || row.status === 'superseded';
  return { ...toDraft(row), stale: byCustomer ? 'customer' : isNewer(newest.newest_answer) ? 'answer' : null };
}

function toAuditLine(line: AuditRow, { conversation, customer }: HeadRow): AuditLine {
  const actor = addCustomerNameToActor(line.actor, conversation.actor_id, customer);
  return { ...line, actor, at: toDate(line.at), conversationId: conversation.id, subject: null };
}

interface OtherRow {
  id: string;
  subject: string | null;
  status: OtherConversation['status'];
  message_at: Timestamp;
  unanswered: boolean;
}

function toOther({ message_at, ...row }: OtherRow): OtherConversation {
  return { ...row, lastMessageAt: toDate(message_at) };
}

interface OutboundRow {
  id: string;
  template: string | null;
  status: OutboundMessageSummary['status'];
  created_at: Timestamp;
  sent_at: Timestamp | null;
}

function toOutboundLine(row: OutboundRow): OutboundMessageSummary {
  return {
    messageId: row.id,
    templateId: row.template ?? '',
    status: row.status,
    createdAt: toDate(row.created_at),
    sentAt: toDate(row.sent_at),
  };
}

/**
 * SQL for the newest draft of conversation `c` if a customer message superseded it and is unanswered: pages show it as
 * stale until a new draft or an answer. Only the last 100 messages are searched for answers.
 */
const overtakenDraft = (s: string) => `
  SELECT last.* FROM (SELECT * FROM ${s}.drafts w WHERE w.conversation_id = c.id ORDER BY w.id DESC LIMIT 1) last
  WHERE last.status = 'superseded' AND c.status = 'open' AND c.unanswered_since IS NOT NULL AND NOT EXISTS (
    SELECT FROM (SELECT m.id, m.role FROM ${s}.messages m WHERE m.conversation_id = c.id
      ORDER BY m.created_at DESC, m.id DESC LIMIT 100) recent
    WHERE recent.role IN ('operator', 'automation') AND recent.id > coalesce(last.based_on_message_id, last.id))`;

/** The most characters of a pending action's text that a thread shows. */
const pendingShown = 12_000;

/** SQL that aggregates rows into one JSON list; `item` and `order` are SQL over the row alias `r`. */
const listOf = (rows: string, item: string, order: string) =>
  `(SELECT coalesce(jsonb_agg(${item} ORDER BY ${order}), '[]') FROM (${rows}) r)`;

/** SQL for the last messages of conversation `c`, of every role. */
const lastMessages = (s: string, limit: number) => `
  SELECT * FROM ${s}.messages m WHERE m.conversation_id = c.id ORDER BY m.created_at DESC, m.id DESC LIMIT ${limit}`;

const drafts = (s: string) => `
  (SELECT * FROM ${s}.drafts w WHERE w.conversation_id = c.id AND w.status IN ('pending', 'prepared')
    ORDER BY w.id DESC LIMIT 10)
  UNION ALL
  (${overtakenDraft(s)})`;

const pendingActions = (s: string) => `
  SELECT * FROM ${s}.pending_actions w WHERE w.conversation_id = c.id ORDER BY w.id LIMIT 20`;

/** SQL for a pending action as JSON, with its text: that of its draft if the operator did not edit it. */
const pendingLine = (s: string) => `jsonb_build_object('id', r.id, 'kind', r.kind, 'thenResolve', r.then_resolve,
  'draftId', r.draft_id, 'content', left(coalesce(r.content,
    (SELECT d.content FROM ${s}.drafts d WHERE d.id = r.draft_id)), ${pendingShown}),
  'actor', r.actor, 'dueAt', r.due_at, 'held', r.held)`;

const outboundMessages = (s: string) => `
  SELECT recent.id, recent.metadata ->> 'templateId' AS template, recent.status, recent.created_at, recent.sent_at
  FROM (${lastMessages(s, 1000)}) recent
  WHERE recent.role = 'outbound' ORDER BY recent.created_at DESC, recent.id DESC LIMIT 20`;

const auditLines = (s: string) => `
  SELECT * FROM ${s}.audit_events e WHERE e.conversation_id = c.id ORDER BY e.id DESC LIMIT 25`;

const auditLine = `jsonb_build_object('id', r.id, 'at', r.at, 'actor', r.actor, 'action', r.action, 'detail', r.detail)`;

const otherConversations = (s: string) => `
  SELECT other.id, left(other.subject, 300) AS subject, other.status,
    coalesce(other.last_message_at, other.created_at) AS message_at, other.unanswered_since IS NOT NULL AS unanswered
  FROM ${s}.conversations other WHERE other.actor_id = c.actor_id AND other.id <> c.id
  ORDER BY coalesce(other.last_message_at, other.created_at) DESC, other.id DESC LIMIT 6`;

const newestMessage = (s: string, where: string) => `(
  SELECT m.id FROM ${s}.messages m WHERE m.conversation_id = c.id AND ${where}
  ORDER BY m.created_at DESC, m.id DESC LIMIT 1)`;

/** SQL for the newest answer of the team or of automation, among the last 100 messages. */
const newestAnswer = (s: string) => `(
  SELECT recent.id FROM (
    SELECT m.id, m.role FROM ${s}.messages m WHERE m.conversation_id = c.id
    ORDER BY m.created_at DESC, m.id DESC LIMIT 100) recent
  WHERE recent.role IN ('operator', 'automation') ORDER BY recent.id DESC LIMIT 1)`;

/** Reads a conversation with its lists, each up to a limit; the audit page shows the complete record. */
const selectHead = declareStatement<{ id: string; hasNotifier: boolean }, HeadRow>(
  'workspace.thread.head',
  (s, p) => `
    SELECT to_jsonb(c) AS conversation, ${customerLabelSql} AS customer, ${s}.clock() AS now,
      (SELECT to_jsonb(l) FROM ${s}.slas l WHERE l.conversation_id = c.id ORDER BY l.started_at DESC LIMIT 1) AS clock,
      ${listOf(drafts(s), 'to_jsonb(r)', 'r.id DESC')} AS drafts,
      ${listOf(pendingActions(s), pendingLine(s), 'r.id')} AS pending,
      ${listOf(outboundMessages(s), 'to_jsonb(r)', 'r.created_at DESC, r.id DESC')} AS outbound,
      ${listOf(auditLines(s), auditLine, 'r.id DESC')} AS audit,
      ${listOf(otherConversations(s), 'to_jsonb(r)', 'r.message_at DESC, r.id DESC')} AS others,
      ${newestMessage(s, `m.role <> 'system'`)} AS newest_message,
      ${newestMessage(s, `m.role = 'customer'`)} AS newest_customer_message,
      ${newestAnswer(s)} AS newest_answer, ${isCallOwedSql(s, p.hasNotifier, 'notifier')} AS can_follow_up
    FROM ${s}.conversations c WHERE c.id = ${p.id}`,
);

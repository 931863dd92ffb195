import { type ConversationRow, toConversation } from '../../conversations/rows.js';
import { statement } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import { type DraftRow, toDraft } from '../../drafts/rows.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { AuditLine, OtherConversation, OutboundLine, PendingLine, ThreadDraft, ThreadHead } from '../model.js';
import { type ClockRow, customerColumn, toClock, withCustomerName } from './rows.js';

/** Everything of a conversation but its messages, in one statement; null when there is no such one. */
export async function findThread(runtime: Runtime, id: string): Promise<ThreadHead | null> {
  if (!isId(id)) return null;
  const [row] = await runtime.db.run<HeadRow>(selectHead, [id]);
  if (!row) return null;
  return {
    conversation: toConversation(row.conversation),
    customer: row.customer,
    clock: toClock(row.clock),
    waitingSince: toDate(row.conversation.unanswered_since),
    answered: row.newest_answer !== null && row.newest_answer > (row.newest_customer_message ?? ''),
    drafts: row.drafts.map((draft) => toThreadDraft(draft, row)),
    pending: row.pending.map((line) => ({ ...line, dueAt: toDate(line.dueAt) })),
    outbound: row.outbound.map(toOutboundLine),
    audit: row.audit.map((line) => toAuditLine(line, row)),
    others: row.others.map(toOther),
    newestMessageId: row.newest_message,
    now: row.now,
  };
}

type AuditRow = Omit<AuditLine, 'at' | 'conversationId' | 'subject'> & { at: Timestamp };

interface HeadRow {
  conversation: ConversationRow;
  customer: string | null;
  clock: ClockRow | null;
  drafts: DraftRow[];
  pending: (Omit<PendingLine, 'dueAt'> & { dueAt: Timestamp })[];
  outbound: OutboundRow[];
  audit: AuditRow[];
  others: OtherRow[];
  newest_message: string | null;
  newest_customer_message: string | null;
  newest_answer: string | null;
  now: Date;
}

/** A draft replies to what was there when it was made: any later message of customer or colleague supersedes it. */
function toThreadDraft(row: DraftRow, newest: Pick<HeadRow, 'newest_customer_message' | 'newest_answer'>): ThreadDraft {
  const basis = row.based_on_message_id ?? row.id;
  const isNewer = (message: string | null) => message !== null && message > basis;
  const byCustomer = isNewer(newest.newest_customer_message) || row.status === 'superseded';
  return { ...toDraft(row), stale: byCustomer ? 'customer' : isNewer(newest.newest_answer) ? 'answer' : null };
}

function toAuditLine(line: AuditRow, { conversation, customer }: HeadRow): AuditLine {
  const actor = withCustomerName(line.actor, conversation.actor_id, customer);
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
  status: OutboundLine['status'];
  created_at: Timestamp;
  sent_at: Timestamp | null;
}

function toOutboundLine(row: OutboundRow): OutboundLine {
  return {
    messageId: row.id,
    templateId: row.template ?? '',
    status: row.status,
    createdAt: toDate(row.created_at),
    sentAt: toDate(row.sent_at),
  };
}

/**
 * The newest draft of `c` where the customer has overtaken it and waits still: it is shown as stale until there is another
 * one, or an answer. An answer is looked for among the last messages only.
 */
const overtakenDraft = (s: string) => `
  SELECT last.* FROM (SELECT * FROM ${s}.drafts w WHERE w.conversation_id = c.id ORDER BY w.id DESC LIMIT 1) last
  WHERE last.status = 'superseded' AND c.status = 'open' AND c.unanswered_since IS NOT NULL AND NOT EXISTS (
    SELECT FROM (SELECT m.id, m.role FROM ${s}.messages m WHERE m.conversation_id = c.id
      ORDER BY m.created_at DESC, m.id DESC LIMIT 100) recent
    WHERE recent.role IN ('operator', 'automation') AND recent.id > coalesce(last.based_on_message_id, last.id))`;

/** Characters of a pending text that a thread shows. */
const pendingShown = 12_000;

/** The lists are bounded: a page shows what is recent, the audit view has the rest. */
const selectHead = statement(
  'workspace.thread.head',
  (s) => `
    SELECT to_jsonb(c) AS conversation, ${customerColumn} AS customer, ${s}.clock() AS now,
      (SELECT to_jsonb(l) FROM ${s}.slas l WHERE l.conversation_id = c.id ORDER BY l.started_at DESC LIMIT 1) AS clock,
      (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.id DESC), '[]') FROM (
        (SELECT * FROM ${s}.drafts w WHERE w.conversation_id = c.id AND w.status IN ('pending', 'prepared')
          ORDER BY w.id DESC LIMIT 10)
        UNION ALL
        (${overtakenDraft(s)})) d) AS drafts,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'kind', p.kind, 'thenResolve', p.then_resolve,
          'draftId', p.draft_id, 'content', left(coalesce(p.content, (SELECT d.content FROM ${s}.drafts d
            WHERE d.id = p.draft_id)), ${pendingShown}), 'actor', p.actor, 'dueAt', p.due_at, 'held', p.held) ORDER BY p.id), '[]')
        FROM (SELECT * FROM ${s}.pending_actions w WHERE w.conversation_id = c.id ORDER BY w.id LIMIT 20) p) AS pending,
      (SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.created_at DESC, o.id DESC), '[]') FROM (
        SELECT recent.id, recent.metadata ->> 'templateId' AS template, recent.status, recent.created_at, recent.sent_at
        FROM (SELECT * FROM ${s}.messages m WHERE m.conversation_id = c.id
          ORDER BY m.created_at DESC, m.id DESC LIMIT 1000) recent
        WHERE recent.role = 'outbound' ORDER BY recent.created_at DESC, recent.id DESC LIMIT 20) o) AS outbound,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'at', a.at, 'actor', a.actor, 'action', a.action,
          'detail', a.detail) ORDER BY a.id DESC), '[]') FROM (
        SELECT * FROM ${s}.audit_events e WHERE e.conversation_id = c.id ORDER BY e.id DESC LIMIT 25) a) AS audit,
      (SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.message_at DESC, o.id DESC), '[]') FROM (
        SELECT other.id, left(other.subject, 300) AS subject, other.status,
          coalesce(other.last_message_at, other.created_at) AS message_at,
          other.unanswered_since IS NOT NULL AS unanswered
        FROM ${s}.conversations other WHERE other.actor_id = c.actor_id AND other.id <> c.id
        ORDER BY coalesce(other.last_message_at, other.created_at) DESC, other.id DESC LIMIT 6) o) AS others,
      (SELECT m.id FROM ${s}.messages m WHERE m.conversation_id = c.id AND m.role <> 'system'
        ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS newest_message,
      (SELECT m.id FROM ${s}.messages m WHERE m.conversation_id = c.id AND m.role = 'customer'
        ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS newest_customer_message,
      (SELECT recent.id FROM (SELECT m.id, m.role FROM ${s}.messages m WHERE m.conversation_id = c.id
          ORDER BY m.created_at DESC, m.id DESC LIMIT 100) recent
        WHERE recent.role IN ('operator', 'automation') ORDER BY recent.id DESC LIMIT 1) AS newest_answer
    FROM ${s}.conversations c WHERE c.id = $1`,
);

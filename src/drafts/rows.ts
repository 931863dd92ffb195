import type { Actor, Draft, Evidence } from '../contracts/domain.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { deepFreeze } from '../foundation/deep-freeze.js';

/** A row of `drafts`. */
export interface DraftRow {
  id: string;
  conversation_id: string;
  type: Draft['type'];
  content: string;
  proposed_content: string | null;
  risk_tier: Draft['riskTier'];
  summary: string;
  evidence: Evidence[];
  decision: Draft['decision'];
  decision_outcome: 'decided' | 'failed' | 'timed_out' | 'invalid';
  decision_ms: number;
  input_digest: string;
  status: Draft['status'];
  based_on_message_id: string | null;
  message_id: string | null;
  decided_at: Timestamp;
  settled_at: Timestamp | null;
  settled_by: Actor | null;
  reason: string | null;
  created_at: Timestamp;
}

export function toDraft(row: DraftRow): Draft {
  return deepFreeze({
    id: row.id,
    conversationId: row.conversation_id,
    type: row.type,
    content: row.content,
    riskTier: row.risk_tier,
    summary: row.summary,
    evidence: row.evidence,
    decision: row.decision,
    status: row.status,
    basedOnMessageId: row.based_on_message_id,
    messageId: row.message_id,
    decidedAt: toDate(row.decided_at),
    settledAt: toDate(row.settled_at),
    settledBy: row.settled_by,
    createdAt: toDate(row.created_at),
  });
}

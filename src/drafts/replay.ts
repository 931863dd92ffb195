import type { ContextReader } from '../context/context-reader.js';
import type { AutomationPolicy } from '../contracts/automation-policy.js';
import { type Conversation, type Decision, decisions, type Message, type Proposal } from '../contracts/domain.js';
import { maxLoadedMessages } from '../conversations/find.js';
import { boundedContent, bytesPerCall, newestMessages } from '../conversations/newest-messages.js';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from '../conversations/rows.js';
import { databaseTime } from '../db/database-time.js';
import { type Executor, statement } from '../db/statement.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { askPolicy, type PolicyAnswer } from './apply-policy.js';
import { generatorMessages, inputDigest } from './proposal.js';
import type { DraftRow } from './rows.js';

export interface ReplayInput {
  /** Absent: the default, which requires approval for everything. */
  policy: AutomationPolicy | undefined;
  /** The source of the customers' facts: they are not stored, so the policy gets today's. */
  context: Pick<ContextReader, 'raw'>;
  /** Skips proposals before this. */
  since: Date;
}

/** A proposal with another decision now. */
export interface ReplayedChange extends Pick<Proposal, 'conversationId' | 'type' | 'riskTier'> {
  draftId: string;
  before: Decision;
  now: Decision;
  /** Whether the policy gave that decision, or why there is none. */
  outcome: PolicyAnswer['outcome'];
}

export interface Replay {
  since: Date;
  until: Date;
  /** Stored proposals that were replayed. */
  asked: number;
  /** Denied ones that were skipped: their text was not kept. */
  denied: number;
  /** Counts of decisions now, by the decision then. */
  decisions: Record<Decision, Record<Decision, number>>;
  changes: ReplayedChange[];
  /** Replayed with other facts or conversation data than then. */
  otherInput: number;
  /** Proposals without a decision, by reason. */
  undecided: Record<Exclude<PolicyAnswer['outcome'], 'decided'>, number>;
}

/** How many proposals are held in memory, and put to the policy, at a time. */
const pageSize = 20;

/**
 * Runs a policy on stored proposals with the conversation as it was then. Nothing is sent, stored, counted or
 * published.
 */
export async function replayPolicy(db: Executor, input: ReplayInput): Promise<Replay> {
  const replay = { ...emptyReplay(), since: input.since, until: await databaseTime(db) };
  for await (const page of draftPages(db, replay)) {
    const kept = page.filter((row) => row.status !== 'denied');
    replay.denied += page.length - kept.length;
    const proposals = await asTheyWere(db, kept);
    await Promise.all(proposals.map(async (stored) => tally(replay, stored, await ask(stored, input))));
  }
  return replay;
}

function emptyReplay(): Omit<Replay, 'since' | 'until'> {
  const none = () => Object.fromEntries(decisions.map((decision) => [decision, 0])) as Record<Decision, number>;
  return {
    asked: 0,
    denied: 0,
    decisions: Object.fromEntries(decisions.map((decision) => [decision, none()])) as Replay['decisions'],
    changes: [],
    otherInput: 0,
    undecided: { failed: 0, timed_out: 0, invalid: 0 },
  };
}

async function* draftPages(db: Executor, { since, until }: Replay): AsyncGenerator<DraftRow[]> {
  for (let after: string | null = null; ; ) {
    const page: DraftRow[] = await db.run(selectDrafts, [since, until, after, pageSize]);
    yield page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.id ?? null;
  }
}

interface StoredProposal {
  row: DraftRow;
  proposal: Proposal;
}

async function asTheyWere(db: Executor, rows: readonly DraftRow[]): Promise<StoredProposal[]> {
  if (rows.length === 0) return [];
  const conversations = await db.run<ConversationRow>(selectConversations, [rows.map((row) => row.conversation_id)]);
  const messages = await db.run<MessageRow & { draft_id: string }>(selectSeen, [
    rows.map((row) => row.id),
    generatorMessages,
    maxLoadedMessages,
    bytesPerCall(pageSize),
  ]);
  return rows.flatMap((row) => {
    const conversation = conversations.find(({ id }) => id === row.conversation_id);
    const seen = messages.filter((message) => message.draft_id === row.id).map(toMessage);
    return conversation ? [{ row, proposal: toProposal(row, asItWas(conversation, row, seen)) }] : [];
  });
}

function asItWas(found: ConversationRow, { created_at }: DraftRow, messages: Message[]): Conversation {
  const last_message_at = messages.at(-1)?.createdAt ?? null;
  const then = {
    status: 'open',
    resolved_at: null,
    resolved_by: null,
    snoozed_until: null,
    updated_at: created_at,
    last_message_at,
  } as const;
  return toConversation({ ...found, ...then }, messages);
}

/** An edited draft holds the operator's words; the policy was asked about the proposed ones. */
function toProposal(row: DraftRow, conversation: Conversation): Proposal {
  return deepFreeze({
    id: row.id,
    conversationId: row.conversation_id,
    type: row.type,
    content: row.proposed_content ?? row.content,
    riskTier: row.risk_tier,
    summary: row.summary,
    evidence: row.evidence,
    conversation,
  });
}

interface Answered extends PolicyAnswer {
  sameInput: boolean;
}

async function ask({ row, proposal }: StoredProposal, { policy, context }: ReplayInput): Promise<Answered> {
  const { conversation } = proposal;
  const facts = await context.raw(conversation.actorId);
  const answer = await askPolicy(policy, proposal, deepFreeze({ conversation, context: facts }));
  return { ...answer, sameInput: inputDigest(proposal, facts) === row.input_digest };
}

function tally(replay: Replay, { row }: StoredProposal, { decision: now, outcome, sameInput }: Answered): void {
  const { id: draftId, conversation_id: conversationId, type, risk_tier: riskTier, decision: before } = row;
  replay.asked += 1;
  replay.decisions[before][now] += 1;
  if (!sameInput) replay.otherInput += 1;
  if (outcome !== 'decided') replay.undecided[outcome] += 1;
  if (before !== now) replay.changes.push({ draftId, conversationId, type, riskTier, before, now, outcome });
}

const selectDrafts = statement(
  'replay.drafts',
  (s) => `
    SELECT * FROM ${s}.drafts
    WHERE created_at >= $1 AND created_at <= $2 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
);

const selectConversations = statement(
  'replay.conversations',
  (s) => `
    SELECT bounded.* FROM ${s}.conversations stored, ${s}.bounded_conversation(stored) bounded
    WHERE stored.id = ANY ($1::uuid[])`,
);

/** What each draft had seen, oldest first: for a request as many messages as its generator was given. */
const selectSeen = statement(
  'replay.seen',
  (s) => `
    SELECT d.id AS draft_id, m.id, m.conversation_id, m.role, ${boundedContent} AS content, m.author,
      ${s}.bounded_map(m.metadata) AS metadata, m.status, m.sent_at, m.created_at
    FROM (
      SELECT d.id, d.conversation_id, seen.id AS seen_id, seen.created_at AS seen_at,
        CASE WHEN d.request_message_id IS NULL THEN $3::int ELSE $2::int END AS most
      FROM ${s}.drafts d JOIN ${s}.messages seen ON seen.id = d.based_on_message_id
      WHERE d.id = ANY ($1::uuid[])
    ) d
    CROSS JOIN LATERAL (
      ${newestMessages(s, 'm.conversation_id = d.conversation_id AND (m.created_at, m.id) <= (d.seen_at, d.seen_id)', 'd.most', '$4::bigint')}
    ) m
    WHERE m.kept
    ORDER BY m.created_at, m.id`,
);

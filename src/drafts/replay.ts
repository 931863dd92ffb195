import type { ContextReader } from '../context/context-reader.js';
import type { AutomationPolicy } from '../contracts/automation-policy.js';
import { type Conversation, type Decision, decisions, type Message, type Proposal } from '../contracts/domain.js';
import { maxLoadedMessages } from '../conversations/find.js';
import {
  maxMessageBytesPerCall,
  newestMessagesSql,
  truncatedMessageContentSql,
} from '../conversations/newest-messages.js';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from '../conversations/rows.js';
import { readDatabaseTime } from '../db/database-time.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { askAutomationPolicy, type PolicyDecisionResult } from './apply-policy.js';
import { digestPolicyInput, maxGeneratorMessages } from './proposal.js';
import type { DraftRow } from './rows.js';

export interface PolicyReplayInput {
  /** The policy to replay; absent: the default, which requires approval for everything. */
  policy: AutomationPolicy | undefined;
  /** Reads the context of customers. Past context is not stored, so the policy gets today's. */
  context: Pick<ContextReader, 'raw'>;
  /** Proposals from before this time are skipped. */
  since: Date;
}

/** A proposal for which the policy now decides differently. */
export interface ReplayedDecisionChange extends Pick<Proposal, 'conversationId' | 'type' | 'riskTier'> {
  draftId: string;
  before: Decision;
  now: Decision;
  /** Whether the policy gave a decision in the replay, or why it gave none. */
  outcome: PolicyDecisionResult['outcome'];
}

export interface PolicyReplay {
  since: Date;
  until: Date;
  /** Number of stored proposals that were replayed. */
  asked: number;
  /** Number of denied proposals, which were skipped because their text was not kept. */
  denied: number;
  /** Number of proposals by their past decision, then by their present one. */
  decisions: Record<Decision, Record<Decision, number>>;
  changes: ReplayedDecisionChange[];
  /** Number of proposals replayed with other context or conversation data than in the past. */
  otherInput: number;
  /** Number of proposals for which the policy gave no decision, by reason. */
  undecided: Record<Exclude<PolicyDecisionResult['outcome'], 'decided'>, number>;
}

/** Number of proposals that are held in memory, and put to the policy, at a time. */
const pageSize = 20;

/**
 * Runs a policy on stored proposals with the conversation as it was then. Nothing is sent, stored, counted or
 * published.
 */
export async function replayAutomationPolicy(db: Executor, input: PolicyReplayInput): Promise<PolicyReplay> {
  const replay = { ...emptyReplay(), since: input.since, until: await readDatabaseTime(db) };
  for await (const page of draftPages(db, replay)) {
    const kept = page.filter((row) => row.status !== 'denied');
    replay.denied += page.length - kept.length;
    const proposals = await asTheyWere(db, kept);
    await Promise.all(proposals.map(async (stored) => tally(replay, stored, await ask(stored, input))));
  }
  return replay;
}

function emptyReplay(): Omit<PolicyReplay, 'since' | 'until'> {
  const none = () => Object.fromEntries(decisions.map((decision) => [decision, 0])) as Record<Decision, number>;
  return {
    asked: 0,
    denied: 0,
    decisions: Object.fromEntries(decisions.map((decision) => [decision, none()])) as PolicyReplay['decisions'],
    changes: [],
    otherInput: 0,
    undecided: { failed: 0, timed_out: 0, invalid: 0 },
  };
}

async function* draftPages(db: Executor, { since, until }: PolicyReplay): AsyncGenerator<DraftRow[]> {
  for (let after: string | null = null; ; ) {
    const page: DraftRow[] = await db.run(selectDrafts, { since, until, after, limit: pageSize });
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
  const conversations = await db.run(selectConversations, { ids: rows.map((row) => row.conversation_id) });
  const messages = await db.run(selectSeen, {
    draftIds: rows.map((row) => row.id),
    requested: maxGeneratorMessages,
    proposed: maxLoadedMessages,
    budget: maxMessageBytesPerCall(pageSize),
  });
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

/**
 * Restores the proposal of a draft. An edited draft holds the operator's text, but the policy decided on the proposed
 * one.
 */
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

interface Answered extends PolicyDecisionResult {
  sameInput: boolean;
}

async function ask({ row, proposal }: StoredProposal, { policy, context }: PolicyReplayInput): Promise<Answered> {
  const { conversation } = proposal;
  const facts = await context.raw(conversation.actorId);
  const answer = await askAutomationPolicy(policy, proposal, deepFreeze({ conversation, context: facts }));
  return { ...answer, sameInput: digestPolicyInput(proposal, facts) === row.input_digest };
}

function tally(replay: PolicyReplay, { row }: StoredProposal, { decision: now, outcome, sameInput }: Answered): void {
  const { id: draftId, conversation_id: conversationId, type, risk_tier: riskTier, decision: before } = row;
  replay.asked += 1;
  replay.decisions[before][now] += 1;
  if (!sameInput) replay.otherInput += 1;
  if (outcome !== 'decided') replay.undecided[outcome] += 1;
  if (before !== now) replay.changes.push({ draftId, conversationId, type, riskTier, before, now, outcome });
}

const selectDrafts = declareStatement<{ since: Date; until: Date; after: string | null; limit: number }, DraftRow>(
  'replay.drafts',
  (s, p) => `
    SELECT * FROM ${s}.drafts
    WHERE created_at >= ${p.since} AND created_at <= ${p.until}
      AND (${p.after}::uuid IS NULL OR id > ${p.after}) ORDER BY id LIMIT ${p.limit}`,
);

const selectConversations = declareStatement<{ ids: string[] }, ConversationRow>(
  'replay.conversations',
  (s, p) => `
    SELECT bounded.* FROM ${s}.conversations stored, ${s}.bounded_conversation(stored) bounded
    WHERE stored.id = ANY (${p.ids}::uuid[])`,
);

interface SeenParams {
  draftIds: string[];
  /** How many messages the generator got for a requested draft, and for one that the host proposed. */
  requested: number;
  proposed: number;
  budget: number;
}

const untilSeen = 'm.conversation_id = d.conversation_id AND (m.created_at, m.id) <= (d.seen_at, d.seen_id)';

/**
 * Selects the messages that each draft is based on, oldest first; for a requested draft, as many as its generator was
 * given.
 */
const selectSeen = declareStatement<SeenParams, MessageRow & { draft_id: string }>(
  'replay.seen',
  (s, p) => `
    SELECT d.id AS draft_id, m.id, m.conversation_id, m.role, ${truncatedMessageContentSql} AS content, m.author,
      ${s}.bounded_map(m.metadata) AS metadata, m.status, m.sent_at, m.created_at
    FROM (
      SELECT d.id, d.conversation_id, seen.id AS seen_id, seen.created_at AS seen_at,
        CASE WHEN d.request_message_id IS NULL THEN ${p.proposed}::int ELSE ${p.requested}::int END AS most
      FROM ${s}.drafts d JOIN ${s}.messages seen ON seen.id = d.based_on_message_id
      WHERE d.id = ANY (${p.draftIds}::uuid[])
    ) d
    CROSS JOIN LATERAL (
      ${newestMessagesSql(s, untilSeen, 'd.most', `${p.budget}::bigint`)}
    ) m
    WHERE m.kept
    ORDER BY m.created_at, m.id`,
);

import type pg from 'pg';
import type { AutomationPolicy, PolicyOptions } from '../../src/contracts/automation-policy.js';
import type { Conversation, Proposal, ProposalInput } from '../../src/contracts/domain.js';
import type { DraftGenerator, GenerateOptions } from '../../src/contracts/draft-generator.js';
import { ok } from '../../src/contracts/result.js';
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';
import type { StartedHost } from './started-host.js';

/** What the generators of tests propose unless told. */
export const answer: ProposalInput = {
  type: 'reply',
  content: 'You can set a new password on the sign-in page.',
  riskTier: 'low',
  summary: 'Cannot sign in.',
  evidence: [{ source: 'conversation', quote: 'I forgot my password' }],
};

/** A policy that keeps what it was asked, and then does what `decide` does. */
export function recordingPolicy(decide: (proposal: Proposal) => unknown): {
  automationPolicy: AutomationPolicy;
  asked: { proposal: Proposal; opts: PolicyOptions }[];
} {
  const asked: { proposal: Proposal; opts: PolicyOptions }[] = [];
  const automationPolicy = {
    decide(proposal: Proposal, opts: PolicyOptions) {
      asked.push({ proposal, opts });
      return decide(proposal);
    },
  } as AutomationPolicy;
  return { automationPolicy, asked };
}

/** A generator that keeps what it was asked, and then does what `generate` does. */
export function recordingGenerator(generate: (conversation: Conversation) => unknown = () => ok(answer)): {
  draftGenerator: DraftGenerator;
  calls: { conversation: Conversation; opts: GenerateOptions }[];
} {
  const calls: { conversation: Conversation; opts: GenerateOptions }[] = [];
  const draftGenerator = {
    generate(conversation: Conversation, opts: GenerateOptions) {
      calls.push({ conversation, opts });
      return generate(conversation);
    },
  } as DraftGenerator;
  return { draftGenerator, calls };
}

/** Customer messages ask for a draft at once. */
export const atOnce = { drafts: { debounceMs: 0 } };

/** The texts that the customer can see, oldest first, with who stands for them. */
export async function sentTexts({ cairnloop }: StartedHost, id: string): Promise<{ role: string; content: string }[]> {
  const { messages = [] } = await cairnloop.conversations.get(id);
  return messages
    .filter(({ role }) => role === 'operator' || role === 'automation')
    .map(({ role, content }) => ({ role, content }));
}

/** Every request for a draft has been dealt with. */
export function requestsDone({ deliveries }: StartedHost): Promise<void> {
  return eventually(async () => {
    const requests = await deliveries('draft');
    if (requests.length === 0) throw new Error('no draft was asked for');
    const open = requests.filter(({ state }) => state === 'pending');
    if (open.length > 0) throw new Error(`${open.length} requests are pending`);
  });
}

/** Waits until so many sessions of the database wait for a lock. */
export function blockedSessions(database: TestDatabase, count: number): Promise<void> {
  return eventually(async () => {
    const { rows } = await database.query(
      `SELECT count(*)::int AS blocked FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows[0]?.blocked !== count) throw new Error(`expected ${count} blocked sessions, found ${rows[0]?.blocked}`);
  });
}

/** Holds a row in a session of its own; the answer lets it go, and may be called again. */
export async function holdRow(client: pg.Client, sql: string, values: unknown[]): Promise<() => Promise<void>> {
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql, values);
  let ended: Promise<void> | undefined;
  return () => (ended ??= client.end());
}

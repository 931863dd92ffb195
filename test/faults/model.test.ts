import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Database } from '../../src/db/connect.js';
import { openDatabase } from '../../src/db/connect.js';
import { type ClaimedDelivery, claimDeliveries } from '../../src/deliveries/claim.js';
import { type ClaimOutcome, settleDeliveries } from '../../src/deliveries/settle.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { stopClock } from '../support/database-clock.js';
import { migrated } from '../support/started-host.js';
import { fault, seeded, sized } from './support/fault.js';

const leaseMs = 10_000;

type Topic = 'outbound' | 'reply';

/** What may happen to a queue. `pick` chooses among what a worker was once handed, however long ago. */
type Step =
  | { do: 'owe'; conversation: number; inMs: number }
  | { do: 'claim'; limit: number }
  | { do: 'settle'; pick: number; how: ClaimOutcome['kind'] }
  | { do: 'wait'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('owe' as const), conversation: fc.nat(3), inMs: fc.nat(20_000) }),
  fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    do: fc.constant('settle' as const),
    pick: fc.nat(30),
    how: fc.constantFrom('done', 'retry', 'discarded', 'released'),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 15_000 }) }),
);

/** One delivery in the reference: the rules of the queue without a database. */
interface Owed {
  key: string;
  conversation: number;
  at: number;
  state: 'pending' | 'done' | 'discarded';
  attempts: number;
  claims: number;
  lost: number;
  lease: number;
}

class Reference {
  now = Date.UTC(2030, 0, 1);
  owed: Owed[] = [];
  readonly topic: Topic;

  constructor(topic: Topic) {
    this.topic = topic;
  }

  claim(limit: number): string[] {
    const byKey = (a: Owed, b: Owed) => (a.key < b.key ? -1 : 1);
    const byTime = (a: Owed, b: Owed) => a.at - b.at || byKey(a, b);
    const ordered = this.owed.filter(({ state }) => state === 'pending').sort(byTime);
    // Of a conversation the first one is out, or nothing: the first to be due, or of replies the first to be written.
    const inLine = this.topic === 'reply' ? ordered.toSorted(byKey) : ordered;
    const first = ordered.filter((one) => inLine.find(({ conversation }) => conversation === one.conversation) === one);
    const free = first.filter(
      (one) => one.at <= this.now && (one.lease === 0 || (one.lease <= this.now && one.lost === 0)),
    );
    for (const one of free.slice(0, limit)) {
      one.lost = one.lease === 0 ? 0 : one.lost + 1;
      one.lease = this.now + leaseMs;
      one.attempts += 1;
      one.claims += 1;
    }
    if (this.topic === 'reply' && free.length < limit) this.putOffHeld(byKey);
    return free.slice(0, limit).map(({ key }) => key);
  }

  /** A claim that walked over everything due puts replies off to when the earlier one may be called, a minute at most. */
  putOffHeld(byKey: (a: Owed, b: Owed) => number): void {
    const idle = this.owed.filter(({ state, lease }) => state === 'pending' && lease === 0).sort(byKey);
    const later = idle.filter(({ at }) => at > this.now);
    for (const one of idle.filter(({ at, attempts }) => at <= this.now && attempts === 0)) {
      const earlier = later.find((each) => each.conversation === one.conversation && each.key < one.key);
      if (earlier) one.at = Math.min(earlier.at, this.now + 60_000);
    }
  }

  /** An outcome says how many attempts were made: what was given back was none. */
  settle(key: string, { claims, attempts }: ClaimedDelivery, how: ClaimOutcome['kind']): boolean {
    const one = this.owed.find((each) => each.key === key);
    if (one?.state !== 'pending' || one.claims !== claims) return false;
    one.lease = 0;
    if (how === 'done' || how === 'discarded') one.state = how;
    if (how === 'retry') one.at = this.now + 1000;
    one.attempts = how === 'released' ? attempts - 1 : attempts;
    if (this.topic === 'reply' && one.state !== 'pending') this.releaseNext(one.conversation);
    return true;
  }

  /** The next reply of the conversation is due at once when the one before it is settled. */
  releaseNext(conversation: number): void {
    const next = this.owed
      .filter((each) => each.conversation === conversation && each.state === 'pending' && each.at > this.now)
      .filter(({ attempts, lease }) => attempts === 0 && lease === 0)
      .sort((a, b) => (a.key < b.key ? -1 : 1))[0];
    if (next) next.at = this.now;
  }

  view() {
    return this.owed
      .map(({ key, state, attempts, at }) => ({ key, state, attempts, at }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

describe('faults: any order of events', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let db: Database;
  before(async () => {
    database = await createTestDatabase(migrated);
    db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
  });
  after(async () => {
    await db.close();
    await database.drop();
  });

  for (const topic of ['outbound', 'reply'] as const)
    fault(
      `F20 claims and settlements of topic ${topic} in any order equal a model without a database`,
      { short: 60_000, long: 900_000 },
      async () => {
        const { seed } = seeded();
        const numRuns = sized(200, 1250);
        const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) => compare(topic, steps));
        await fc.assert(property, { seed, numRuns });
        return { seed, note: `${numRuns} sequences of up to 40 steps` };
      },
    );

  async function compare(topic: Topic, steps: Step[]): Promise<void> {
    await database.query('TRUNCATE cairnloop.deliveries');
    const reference = new Reference(topic);
    const handed: ClaimedDelivery[] = [];
    for (const [index, one] of steps.entries()) {
      await stopClock(database, new Date(reference.now));
      await take(one, index, reference, handed);
    }
    const { rows } = await database.query(
      `SELECT id AS key, state, attempts, (extract(epoch FROM available_at) * 1000)::float8 AS at FROM cairnloop.deliveries ORDER BY id`,
    );
    assert.deepEqual(rows, reference.view());
  }

  async function take(one: Step, index: number, reference: Reference, handed: ClaimedDelivery[]): Promise<void> {
    if (one.do === 'wait') reference.now += one.ms;
    if (one.do === 'owe') await owe(one, index, reference);
    if (one.do === 'claim') {
      const rows = await claimDeliveries(db, reference.topic, { limit: one.limit, leaseMs });
      assert.deepEqual(
        rows.map((row) => row.id),
        reference.claim(one.limit),
      );
      handed.push(...rows);
    }
    const row = one.do === 'settle' ? handed[one.pick % Math.max(1, handed.length)] : undefined;
    if (one.do !== 'settle' || !row) return;
    const outcome = { kind: one.how, error: 'failed', delayMs: 1000 } as ClaimOutcome;
    const written = await settleDeliveries(db, [{ row, topic: reference.topic, outcome, seconds: 0 }]);
    assert.equal(
      written.get(row.id) === 'settled',
      reference.settle(row.id, row, one.how),
      'only who holds it settles it',
    );
  }

  async function owe(one: Step & { do: 'owe' }, index: number, reference: Reference): Promise<void> {
    const key = `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;
    const at = reference.now + one.inMs;
    const fresh = { state: 'pending', attempts: 0, claims: 0, lost: 0, lease: 0 } as const;
    reference.owed.push({ key, conversation: one.conversation, at, ...fresh });
    await database.query(
      `INSERT INTO cairnloop.deliveries (id, topic, conversation_id, dedupe_key, available_at, created_at)
       VALUES ($1, $5, $2, $4, $3, now())`,
      [key, `00000000-0000-7000-8000-00000000000${one.conversation}`, new Date(at), key, reference.topic],
    );
  }
});

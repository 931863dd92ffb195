import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pino } from 'pino';
import { validateConfig } from '../../src/config/config-schema.js';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { ok } from '../../src/contracts/result.js';
import type { SlaPolicy } from '../../src/contracts/sla-policy-provider.js';
import { openDatabase } from '../../src/db/connect.js';
import { migrateUp } from '../../src/db/migrate.js';
import { isCairnloopError } from '../../src/foundation/errors.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import type { Runtime } from '../../src/runtime.js';
import { breachDueSlaClocks } from '../../src/sla/breach.js';
import type { ClockHistory } from '../../src/sla/clock-history.js';
import { replaySlaClocks } from '../../src/sla/replay-clocks.js';
import type { SlaRow } from '../../src/sla/rows.js';
import { simulateSla } from '../../src/sla/simulate.js';
import { noMetrics } from '../../src/telemetry/metrics.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../support/database.js';
import { stopClock } from '../support/database-clock.js';
import { type History, histories, policyLists, time, toEvents } from './histories.js';

const schema = 'cairnloop';
const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema }));
const log = pino({ level: 'silent' });
const actor = { id: 'op-1' };

describe('sla clock on a real Postgres', () => {
  let database: TestDatabase;
  let cairnloop: Cairnloop;
  let runtime: Runtime;
  let policies: readonly SlaPolicy[] = [];

  before(async () => {
    database = await createTestDatabase(migrated);
    const config = validateConfig({
      database: { url: database.url },
      slaPolicyProvider: {
        getActivePolicies: () => ok([...policies]),
        setPolicy: (priority: string, attrs: SlaPolicy) => {
          const policy = { ...attrs, priority };
          policies = [...policies.filter((known) => known.priority !== priority), policy];
          return ok(policy);
        },
      },
    });
    cairnloop = await createCairnloop(config, { logger: log });
    // What the countdown job works with, so that a test can say when it runs.
    runtime = {
      config,
      log,
      db: openDatabase({ url: database.url, schema, poolSize: 2 }),
      metrics: noMetrics,
      telemetry: createTelemetry(log),
      changeFeed: { changed() {}, subscribe: () => () => {}, close: async () => {} },
    } as unknown as Runtime;
  });
  after(async () => {
    await cairnloop.close();
    await runtime.db.close();
    await database.drop();
  });

  /** What the worker does with the countdowns that are due, its call to the Notifier apart. */
  const countDown = async (id: string) => {
    const due = await database.query(
      `UPDATE cairnloop.deliveries SET state = 'done', settled_at = cairnloop.clock()
       WHERE topic = 'sla_breach' AND conversation_id = $1 AND state = 'pending' AND available_at <= cairnloop.clock()
       RETURNING subject_id`,
      [id],
    );
    await breachDueSlaClocks(
      runtime,
      due.rows.map((row) => row.subject_id),
    );
  };

  /** Does through the facade what an event of a history says; what a state does not allow is refused in words. */
  const happen = async (id: string, event: History[number]) => {
    const act = {
      customer: () => cairnloop.conversations.receive(id, { content: 'Hello?' }),
      answer: () => cairnloop.conversations.reply(id, { content: 'Hello!', actor }),
      note: () => cairnloop.conversations.note(id, { content: 'Hm.', actor }),
      pause: () => cairnloop.sla.pause(id, { reason: 'waiting', actor }),
      resume: () => cairnloop.sla.resume(id, { actor }),
      resolve: () => cairnloop.conversations.resolve(id, { resolvedBy: actor }),
      archive: () => cairnloop.conversations.archive(id, { actor }),
      reopen: () => cairnloop.conversations.reopen(id, { actor }),
      priority: () => cairnloop.conversations.update(id, { priority: event.priority ?? 'high', actor }),
      policies: () => changePolicies(event.policies ?? []),
    }[event.type];
    await act().catch((error: unknown) => {
      if (!isCairnloopError(error) || !refusals.includes(error.code)) throw error;
    });
  };
  const refusals = ['SLA_NOT_ACTIVE', 'CONVERSATION_RESOLVED'];

  const changePolicies = async (next: readonly SlaPolicy[]) => {
    policies = [];
    for (const { priority, ...terms } of next) await cairnloop.sla.setPolicy(priority, terms);
  };

  /** Lives through a history in a conversation of its own, and returns its clocks as they are at `until`. */
  const live = async (history: History, first: readonly SlaPolicy[], until: Date) => {
    await changePolicies(first);
    await stopClock(database, time(0));
    const { id } = await cairnloop.conversations.open({ priority: 'high' });
    for (const event of history) {
      await stopClock(database, time(event.offset));
      await countDown(id);
      await happen(id, event);
      await checkCountdown(id);
    }
    await stopClock(database, until);
    await countDown(id);
    const { rows } = await database.query<SlaRow>(
      'SELECT * FROM cairnloop.slas WHERE conversation_id = $1 ORDER BY started_at, id',
      [id],
    );
    return { id, rows };
  };

  /** A running clock owes one countdown, at its breach; a held or ended one owes none. */
  const checkCountdown = async (id: string) => {
    const { rows } = await database.query(
      `SELECT sla.breach_at FROM cairnloop.slas sla
       WHERE conversation_id = $1 AND status = 'active' AND paused_at IS NULL`,
      [id],
    );
    const owed = await database.query(
      `SELECT available_at AS breach_at FROM cairnloop.deliveries
       WHERE topic = 'sla_breach' AND conversation_id = $1 AND state = 'pending'`,
      [id],
    );
    assert.deepEqual(owed.rows, rows);
  };

  /** Only the conversation that comes next has anything new after the moment that this returns. */
  const begin = async () => {
    await database.query(`UPDATE cairnloop.conversations SET updated_at = '2000-01-01'`);
    return time(0);
  };

  /** A story ends as its clock did, and its last words on when it is due are the row's. */
  const checkHistories = (explained: ClockHistory[], rows: SlaRow[]) => {
    for (const [index, { events, lines }] of explained.entries()) {
      const [first, last] = [events[0], events.at(-1)];
      const due = events.findLast((event) => 'breachAt' in event);
      assert.equal(first?.type, 'started');
      assert.equal(last?.type === 'ended' ? last.endedBy : null, rows[index]?.ended_by);
      assert.deepEqual(due && 'breachAt' in due && [due.responseDueAt, due.breachAt], [
        rows[index]?.response_due_at,
        rows[index]?.breach_at,
      ]);
      assert.equal(lines.length, events.length);
    }
    assert.equal(explained.length, rows.length);
  };

  it('SL1, SL2, SL3, SL4 equals the reference clock for any sequence of events', async () => {
    await fc.assert(
      fc.asyncProperty(histories, policyLists, async (history, first) => {
        const until = time((history.at(-1)?.offset ?? 0) + 50);
        const { id, rows } = await live(history, first, until);
        const expected = replaySlaClocks(toEvents(history), { priority: 'high', policies: first, until });
        assert.deepEqual(
          rows.map((row) => ({
            priority: row.priority,
            startedAt: row.started_at,
            responseMinutes: row.response_minutes,
            breachMinutes: row.breach_minutes,
            calendar: row.calendar,
            pausedAt: row.status === 'active' ? row.paused_at : null,
            responseDueAt: row.response_due_at,
            breachAt: row.breach_at,
            status: row.status,
            endedBy: row.ended_by,
          })),
          expected.map(({ completedAt: _, ...clock }) => ({
            ...clock,
            pausedAt: clock.status === 'active' ? clock.pausedAt : null,
          })),
        );
        for (const [index, row] of rows.entries()) {
          const end = expected[index]?.completedAt;
          // The countdown ran at the next event, not at the very breach.
          if (end && (row.ended_by === 'answered' || row.ended_by === 'resolved'))
            assert.deepEqual(row.completed_at, end);
          else if (end) assert.ok(Number(row.completed_at) >= Number(end));
        }
        checkHistories(await cairnloop.sla.explain(id), rows);
      }),
      { numRuns: 150 },
    );
  }).timeout(300_000);

  it('a simulation under the terms then in force gives the real history', async () => {
    const inForce = policyLists.filter(([policy]) => policy?.priority === 'high');
    let clocks = 0;
    await fc.assert(
      fc.asyncProperty(histories, inForce, async (history, policies) => {
        const steady = history.filter(({ type }) => type !== 'policies');
        const since = await begin();
        const { rows } = await live(steady, policies, time((steady.at(-1)?.offset ?? 0) + 50));
        const { priorities } = await simulateSla(runtime.db, { policies, since });
        const [{ actual, proposed } = { actual: null, proposed: null }] = priorities;
        assert.deepEqual(proposed, actual);
        assert.equal(
          Object.values(actual ?? {}).reduce((sum, count) => sum + count, 0),
          rows.length,
        );
        clocks += rows.length;
      }),
      { numRuns: 60 },
    );
    assert.ok(clocks > 0);
  }).timeout(120_000);
});

import { strict as assert } from 'node:assert';
import pg from 'pg';
import { type Database, openDatabase, toParameterValues } from '../../src/db/connect.js';
import type { Statement } from '../../src/db/statement.js';
import type { Runtime } from '../../src/runtime.js';
import { findAuditLines } from '../../src/workspace/queries/audit-lines.js';
import { findDaySummary } from '../../src/workspace/queries/day.js';
import { findDeliveryPage, findWorkerHealth } from '../../src/workspace/queries/delivery-lines.js';
import { countQueueByFilter, findQueuePage } from '../../src/workspace/queries/queue.js';
import { findRecentOperators } from '../../src/workspace/queries/recent-operators.js';
import { findThreadDetails } from '../../src/workspace/queries/thread.js';
import { findMessagePage, findMessagesAtSearchHit } from '../../src/workspace/queries/thread-messages.js';
import { type QueueFilter, queueFilters } from '../../src/workspace/queue-filters.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

/**
 * What a page costs is what Postgres reads for it: blocks do not depend on the machine, as times do. The plans are the
 * generic ones, which a process that has been up for a while uses.
 */
describe('the cost of a page', () => {
  const conversations = 60_000;
  let database: TestDatabase;
  let runtime: Runtime;
  let client: pg.Client;
  let asked: { statement: Statement; values: readonly unknown[] }[] = [];

  before(async function () {
    this.timeout(180_000);
    database = await createTestDatabase(migrated);
    await fill();
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 2 });
    const run: Database['run'] = (statement, ...params) => {
      asked.push({ statement, values: toParameterValues(statement, params[0]) });
      return db.run(statement, ...params);
    };
    runtime = { db: { ...db, run }, config: {} } as unknown as Runtime;
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('set plan_cache_mode = force_generic_plan');
  });
  after(async () => {
    await client.end();
    await runtime.db.close();
    await database.drop();
  });

  /** Of ten conversations three wait with a running clock, one waits though it broke, one broke and was answered, four are resolved. */
  async function fill(): Promise<void> {
    await database.query(`
      insert into cairnloop.conversations (subject, actor_id, status, created_at, updated_at, last_message_at, unanswered_since,
        tags, assignee)
      select n, 'cust_' || n, case when n % 10 < 6 then 'open' else 'resolved' end, now(), now() - make_interval(secs => n % 977),
        now() - make_interval(secs => n), case when n % 10 < 4 then now() - make_interval(secs => n) end,
        case when n % 4 = 0 then '{billing}'::text[] else '{}' end,
        case when n % 3 > 0 then jsonb_build_object('id', 'op-' || n % 7) end
      from generate_series(1, ${conversations}) n`);
    await database.query(`
      insert into cairnloop.messages (conversation_id, role, content, created_at)
      select id, 'customer', 'The export of ' || subject || ' fails', last_message_at from cairnloop.conversations`);
    await database.query(`
      insert into cairnloop.slas (conversation_id, priority, status, response_minutes, breach_minutes, started_at,
        response_due_at, breach_at, completed_at)
      select id, 'normal', case when n % 10 < 3 then 'active' when n % 10 < 5 then 'breached' else 'fulfilled' end, 60, 240,
        last_message_at, now(), case when n % 10 < 3 then now() + make_interval(mins => n % 5000) else now() end,
        case when n % 10 >= 3 then last_message_at end
      from (select id, last_message_at, subject::int as n from cairnloop.conversations) numbered`);
    await database.query(`
      update cairnloop.conversations c set overdue_since = l.breach_at
      from cairnloop.slas l where l.conversation_id = c.id and l.status = 'breached'`);
    await database.query(`
      insert into cairnloop.drafts (conversation_id, type, content, risk_tier, decision, decision_outcome, decision_ms,
        input_digest, status, decided_at, created_at)
      select id, 'reply', 'Draft', 'low', 'require_approval', 'decided', 1, '', 'pending', now(), now()
      from cairnloop.conversations where subject::int % 20 = 0`);
    await database.query(`
      insert into cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
      select 'sla_breach', conversation_id, id, id, breach_at, now() from cairnloop.slas where status = 'active'`);
    await database.query(`
      insert into cairnloop.audit_events (at, actor, action, conversation_id)
      select created_at, '{"id": "x"}', 'conversation.opened', id from cairnloop.conversations`);
    await database.query('vacuum analyze');
  }

  /** The blocks that Postgres reads for the statements of one call. */
  async function blocksOf(work: () => Promise<unknown>): Promise<number> {
    asked = [];
    await work();
    let blocks = 0;
    for (const { statement, values } of asked) {
      await client.query(`prepare one as ${statement.text('"cairnloop"')}`);
      const literals = values.map((value) => literal(value)).join(', ');
      const { rows } = await client.query(
        `explain (analyze, buffers, format json) execute one${values.length > 0 ? `(${literals})` : ''}`,
      );
      await client.query('deallocate one');
      const { Plan } = rows[0]['QUERY PLAN'][0];
      blocks += Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
    }
    return blocks;
  }

  function literal(value: unknown): string {
    if (value === null) return 'null';
    if (Array.isArray(value)) return pg.escapeLiteral(`{${value.join(',')}}`);
    return pg.escapeLiteral(String(value));
  }

  const page = (filter: QueueFilter, cursor: string | null = null, narrowed: { tag?: string; owner?: string } = {}) =>
    findQueuePage(runtime, { filter, search: '', cursor, ...narrowed }, 'op-2');

  // A line needs some twelve blocks, from the tables that it is put together from; a gathered one is sorted first.
  const bounds: Record<QueueFilter, number> = {
    open: 2000,
    'needs-reply': 2000,
    resolved: 2000,
    'needs-approval': 15_000,
    breaching: 15_000,
    breached: 25_000,
    mine: 40_000,
    unassigned: 40_000,
    snoozed: 2000,
  };
  for (const { key } of queueFilters) {
    it(`of "${key}" is bounded for any size of the table`, async () => {
      const blocks = await blocksOf(() => page(key));
      assert.ok(blocks < bounds[key], `${blocks} blocks`);
    });
  }

  for (const filter of ['open', 'needs-reply', 'resolved'] as const) {
    it(`of "${filter}" is equal on the first page and the 250th`, async () => {
      let cursor: string | null = null;
      for (let turned = 0; turned < 250; turned += 1) {
        const next: string | null = (await page(filter, cursor)).nextCursor;
        assert.ok(next, `page ${turned} is not the last`);
        cursor = next;
      }
      const [first, late] = [await blocksOf(() => page(filter)), await blocksOf(() => page(filter, cursor))];
      assert.ok(late < first * 2, `first ${first} blocks, 250th ${late}`);
    });
  }

  for (const filter of ['open', 'needs-reply'] as const) {
    it(`of "${filter}" is bounded at the border between late conversations and those with a running clock`, async () => {
      let cursor: string | null = null;
      let most = 0;
      for (let turned = 0; turned < 125; turned += 1) {
        if (turned > 115) most = Math.max(most, await blocksOf(() => page(filter, cursor)));
        cursor = (await page(filter, cursor)).nextCursor;
      }
      assert.ok(most < bounds[filter], `${most} blocks`);
    });
  }

  for (const narrowed of [
    { tag: 'billing' },
    { owner: 'op-3' },
    { tag: 'billing', owner: 'op-3' },
    { tag: 'nobody-has-it' },
  ]) {
    it(`of ${JSON.stringify(narrowed)} is bounded in every filter for any size of the table`, async () => {
      for (const { key } of queueFilters) {
        const blocks = await blocksOf(() => page(key, null, narrowed));
        assert.ok(blocks < 40_000, `${key}: ${blocks} blocks`);
      }
    });
  }

  it('of counting the filters is bounded', async () => {
    const blocks = await blocksOf(() => countQueueByFilter(runtime, 'op-2'));
    assert.ok(blocks < 50_000, `${blocks} blocks`);
  });

  it('of the summary of the last day is bounded', async () => {
    const blocks = await blocksOf(() => findDaySummary(runtime, 'op-2'));
    assert.ok(blocks < 6000, `${blocks} blocks`);
    assert.equal((await findDaySummary(runtime, 'op-2')).received.more, true, 'it says that it did not count all');
  });

  it('of the list of operators depends on their number, not on that of their conversations', async () => {
    const blocks = await blocksOf(() => findRecentOperators(runtime));
    assert.ok(blocks < 1000, `${blocks} blocks`);
    const ids = (await findRecentOperators(runtime)).map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id) => /^op-\d$/.test(id)),
      [0, 1, 2, 3, 4, 5, 6].map((n) => `op-${n}`),
    );
  });

  it('of a thread is small, with two statements beside those of the queue', async () => {
    const [row] = (await page('open')).rows;
    const blocks = await blocksOf(async () => {
      await findThreadDetails(runtime, row?.id ?? '');
      await findMessagePage(runtime, row?.id ?? '', null);
    });
    assert.equal(asked.length, 2);
    assert.ok(blocks < 400, `${blocks} blocks`);
  });

  it('of a thread with ten thousand messages depends on the shown page only', async () => {
    const [row] = (await page('open')).rows;
    await database.query(
      `insert into cairnloop.messages (conversation_id, role, content, created_at)
       select $1, 'customer', 'message ' || n, now() + make_interval(secs => n) from generate_series(1, 10000) n`,
      [row?.id],
    );
    await database.query('vacuum analyze cairnloop.messages');
    const blocks = await blocksOf(() => findMessagePage(runtime, row?.id ?? '', null));
    assert.ok(blocks < 700, `${blocks} blocks`);
    const { messages, earlierCursor } = await findMessagePage(runtime, row?.id ?? '', null);
    assert.deepEqual([messages.length, messages.at(-1)?.content], [50, 'message 10000']);
    const before = await findMessagePage(runtime, row?.id ?? '', earlierCursor);
    assert.equal(before.messages.at(-1)?.content, 'message 9950');
    const blocksOfHit = await blocksOf(() => findMessagesAtSearchHit(runtime, row?.id ?? '', '9001'));
    assert.ok(blocksOfHit < 1400, `${blocksOfHit} blocks`);
    const hit = await findMessagesAtSearchHit(runtime, row?.id ?? '', '9001');
    assert.deepEqual([hit.messages.length, hit.messages.at(-1)?.content, hit.isNewest], [50, 'message 9010', false]);
    const near = await findMessagesAtSearchHit(runtime, row?.id ?? '', '9990');
    assert.deepEqual([near.messages.at(-1)?.content, near.isNewest], ['message 10000', true]);
  });

  it('of the deliveries page depends on due deliveries, not on running countdowns', async () => {
    const blocks = await blocksOf(async () => {
      await findDeliveryPage(runtime, 'pending', null);
      await findDeliveryPage(runtime, 'retrying', null);
      await findDeliveryPage(runtime, 'discarded', null);
      await findWorkerHealth(runtime);
    });
    assert.ok(blocks < 3000, `${blocks} blocks`);
  });

  it('of the audit page is bounded, also if nothing matches its filter', async () => {
    const filter = { conversation: null, action: 'sla.breached', actor: null, cursor: null };
    const blocks = await blocksOf(() => findAuditLines(runtime, filter));
    assert.ok(blocks < 1000, `${blocks} blocks`);
    const looked = await findAuditLines(runtime, filter);
    assert.deepEqual([looked.lines.length, looked.partial], [0, true]);
    assert.ok(looked.nextCursor, 'it offers to look further back');
  });

  it('of a search is bounded for a very common word', async () => {
    const blocks = await blocksOf(() => findQueuePage(runtime, { filter: 'open', search: 'export', cursor: null }));
    assert.ok(blocks < 40_000, `${blocks} blocks`);
  });

  it('of a search is bounded for several very common words, with a full page', async () => {
    const search = { filter: 'open', search: 'export fails xpor', cursor: null } as const;
    const blocks = await blocksOf(() => findQueuePage(runtime, search));
    assert.ok(blocks < 40_000, `${blocks} blocks`);
    const { rows, nextCursor } = await findQueuePage(runtime, search);
    assert.deepEqual([rows.length, nextCursor !== null], [50, true]);
  });
});

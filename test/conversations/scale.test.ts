import assert from 'node:assert/strict';
import pg from 'pg';
import type { ListInput } from '../../src/contracts/inputs.js';
import { listConversationsForCustomer } from '../../src/conversations/customer-view.js';
import { listConversations } from '../../src/conversations/list.js';
import { type Database, openDatabase, toParameterValues } from '../../src/db/connect.js';
import type { Statement } from '../../src/db/statement.js';
import type { Runtime } from '../../src/runtime.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

/**
 * What a page costs is what Postgres reads for it: blocks do not depend on the machine, as times do. Under both kinds
 * of plan: the one made for the values, and the generic one that a process that has been up for a while may use.
 */
describe('the cost of a list', () => {
  const conversations = 100_000;
  let database: TestDatabase;
  let runtime: Runtime;
  let client: pg.Client;
  let asked: { statement: Statement; values: readonly unknown[] }[] = [];

  before(async function () {
    this.timeout(180_000);
    database = await createTestDatabase(migrated);
    await database.query(`
      INSERT INTO cairnloop.conversations (actor_id, status, tags, assignee, snoozed_until, created_at, updated_at)
      SELECT CASE WHEN n % 10 = 0 THEN 'big' ELSE 'user_' || n % 10000 END,
        CASE WHEN n % 5 = 0 THEN 'open' ELSE 'resolved' END,
        CASE WHEN n = 5 THEN ARRAY['single'] WHEN n % 1000 = 0 THEN ARRAY['rare', 'half']
          WHEN n % 2 = 0 THEN ARRAY['half'] ELSE '{}' END,
        CASE WHEN n > 5 THEN jsonb_build_object('id', CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'op-' || n % 10 END) END,
        CASE WHEN n % 1000 = 0 THEN now() + interval '1 day' END, now(), now() - make_interval(secs => ${conversations} - n)
      FROM generate_series(1, ${conversations}) n`);
    await database.query('VACUUM ANALYZE');
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 2 });
    const run: Database['run'] = (statement, ...params) => {
      asked.push({ statement, values: toParameterValues(statement, params[0]) });
      return db.run(statement, ...params);
    };
    runtime = { db: { ...db, run } } as unknown as Runtime;
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await runtime.db.close();
    await database.drop();
  });

  async function blocksOf(work: () => Promise<unknown>): Promise<number> {
    asked = [];
    await work();
    const kinds = [];
    for (const kind of ['force_custom_plan', 'force_generic_plan']) {
      await client.query(`SET plan_cache_mode = ${kind}`);
      let blocks = 0;
      for (const { statement, values } of asked) {
        await client.query(`PREPARE one AS ${statement.text('"cairnloop"')}`);
        const literals = values.map((value) => (value === null ? 'NULL' : pg.escapeLiteral(String(value))));
        const { rows } = await client.query(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT json) EXECUTE one(${literals.join(', ')})`,
        );
        await client.query('DEALLOCATE one');
        const { Plan } = rows[0]['QUERY PLAN'][0];
        blocks += Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
      }
      kinds.push(blocks);
    }
    return Math.max(...kinds);
  }

  const filters: [what: string, filter: ListInput][] = [
    ['a customer with one conversation in ten', { actorId: 'big' }],
    ['a customer with few', { actorId: 'user_7' }],
    ['a customer with none', { actorId: 'nobody' }],
    ['an operator with one in ten', { assignee: 'op-1' }],
    ['an operator with few', { assignee: 'rare' }],
    ['an operator with none', { assignee: 'nobody' }],
    ['those that nobody is to answer, where they are few and old', { assignee: null }],
    ['a tag of every second', { tag: 'half' }],
    ['a tag of few', { tag: 'rare' }],
    ['a tag of one, an old one', { tag: 'single' }],
    ['a tag of none', { tag: 'none' }],
    ['the snoozed', { snoozed: true }],
    ['the others', { snoozed: false }],
    ['the others among the open', { snoozed: false, status: 'open' }],
  ];
  for (const [what, filter] of filters)
    it(`of ${what} is bounded on its first page and on a far one`, async () => {
      const first = await blocksOf(() => listConversations(runtime, filter));
      let cursor: string | null = null;
      for (let turned = 0; turned < 40; turned += 1) {
        const { nextCursor } = await listConversations(runtime, { ...filter, limit: 200, cursor });
        if (!nextCursor) break;
        cursor = nextCursor;
      }
      const late = await blocksOf(() => listConversations(runtime, { ...filter, cursor }));
      assert.ok(first < 700 && late < 700, `first ${first} blocks, late ${late}`);
    });

  it('of a customer’s own conversations is bounded on each page', async () => {
    const first = await blocksOf(() => listConversationsForCustomer(runtime, 'big', { limit: 50 }));
    let cursor: string | null = null;
    for (let turned = 0; turned < 40; turned += 1)
      cursor = (await listConversationsForCustomer(runtime, 'big', { limit: 200, cursor })).nextCursor;
    const late = await blocksOf(() => listConversationsForCustomer(runtime, 'big', { limit: 50, cursor }));
    assert.ok(first < 700 && late < 700, `first ${first} blocks, late ${late}`);
  });
});

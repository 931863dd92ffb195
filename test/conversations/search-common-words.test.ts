import assert from 'node:assert/strict';
import pg from 'pg';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated, start } from '../support/started-host.js';

/** 6 000 conversations that say "invoice"; every 200th says "velungheit" as well, and ten say only that. */
const conversations = `
  with opened as (
    insert into cairnloop.conversations (subject, created_at, updated_at)
    select 'Number ' || n, now(), now() from generate_series(1, 6010) n returning id
  ), numbered as (select id, row_number() over () as n from opened)
  insert into cairnloop.messages (conversation_id, role, content, created_at)
  select id, 'customer', concat_ws(' ', 'My', case when n <= 6000 then 'invoices' end,
    case when n % 200 = 0 or n > 6000 then 'aboutvelungheit' end, case when n <= 3500 then 'halfway' end, 'K' || 70000 + n % 2), now()
  from numbered`;

describe('search for a common word beside a rare one', () => {
  let database: TestDatabase;
  let cairnloop: Cairnloop;

  before(async () => {
    database = await createTestDatabase(migrated);
    ({ cairnloop } = await start({}, database));
    await database.query(conversations);
    // Also moves the entries out of the pending list of the index, where every match is seen.
    await database.query('vacuum analyze cairnloop.messages');
  });
  after(async () => {
    await cairnloop.close();
    await database.drop();
  });

  const keysOf = async (search: string): Promise<string> => {
    const { rows } = await database.query(`select wanted::text from cairnloop.search_plan('${search}')`);
    return rows[0]?.wanted;
  };
  const count = (search: string) => cairnloop.conversations.count({ search });

  it('looks for the rare one in the index and for the common one in what that finds', async () => {
    assert.equal(await keysOf('invoice velung'), "'velung':*");
    assert.equal(await keysOf('VELUNG nvoices'), "'velung':*");
  });

  it('finds what holds both, and nothing else', async () => {
    assert.deepEqual(
      await Promise.all(['invoice velung', 'velung', 'invoice', 'velung invoice absent'].map(count)),
      [30, 40, 6000, 0],
    );
  });

  it('looks for both in the index where the rarer one is found often, or none is rare', async () => {
    await database.query(`insert into cairnloop.messages (conversation_id, role, content, created_at)
      select id, 'customer', 'late addition', now() from cairnloop.conversations limit 3100`);
    assert.equal(await keysOf('invoice addition'), "'invoice':* & 'addition':*");
    assert.equal(await keysOf('invoice halfway'), "'invoice':* & 'halfway':*");
    assert.equal(await count('invoice addition'), 0);
    assert.equal(await count('invoice halfway'), 3500);
  });

  it('finds the same for a role that may not read the statistics', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`create role reader; grant usage on schema cairnloop to reader;
        grant select on all tables in schema cairnloop to reader; set local role reader`);
      const { rows: planned } = await client.query(`select wanted::text from cairnloop.search_plan('invoice velung')`);
      assert.equal(planned[0].wanted, "'invoice':* & 'velung':*");
      const { rows } = await client.query(`select * from cairnloop.search_ids('invoice velung')`);
      assert.equal(rows.length, 30);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  });

  it('does not drop matches of a number that many texts hold', async () => {
    const { rows } = await database.query(
      `select id from cairnloop.search_conversations('70001%', '70001 halfway', 5000) as found (id)`,
    );
    assert.equal(rows.length, 1750);
  });
});

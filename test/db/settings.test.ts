import assert from 'node:assert/strict';
import pg from 'pg';
import { ok } from '../../src/contracts/result.js';
import { openSession, openSessionPool, type SessionOptions } from '../../src/db/session.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated, operator, policies } from '../support/started-host.js';

/** What a server, a database, a role, a URL or the environment may have set, each as far from the default as it goes. */
const hostile: Record<string, string> = {
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  statement_timeout: '500',
  lock_timeout: '500',
  idle_in_transaction_session_timeout: '500',
  idle_session_timeout: '500',
  client_encoding: 'LATIN1',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Pacific/Marquesas',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  row_security: 'off',
  gin_fuzzy_search_limit: '1',
  plan_cache_mode: 'force_generic_plan',
  jit: 'on',
  jit_above_cost: '0',
  session_replication_role: 'replica',
  restrict_nonsystem_relation_kind: 'view,foreign-table',
  search_path: 'elsewhere,pg_catalog',
};

/** Functions and tables that an unqualified name would find, were the search path theirs. */
const elsewhere = `
  CREATE SCHEMA elsewhere;
  CREATE FUNCTION elsewhere.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'hijacked' $$;
  CREATE FUNCTION elsewhere.statement_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 'epoch'::timestamptz $$;
  CREATE TABLE elsewhere.agenda_jobs (LIKE cairnloop.agenda_jobs INCLUDING ALL);
  INSERT INTO elsewhere.agenda_jobs (name, next_run_at) VALUES ('of the host', now());
  CREATE TABLE public.agenda_jobs (LIKE cairnloop.agenda_jobs INCLUDING ALL)`;

describe('settings of the server, the role, the URL and the process', () => {
  let database: TestDatabase;
  let name: string;
  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    name = new URL(database.url).pathname.slice(1);
    await database.query(elsewhere);
  });
  afterEach(() => database.drop());

  const withOptions = (options: string) => {
    const url = new URL(database.url);
    url.searchParams.set('options', options);
    return url.href;
  };
  const asOptions = (separator: string) =>
    Object.entries(hostile)
      .map(([key, value]) => `-c ${key}=${value.replaceAll(' ', '\\ ')}`)
      .join(separator);

  /** One life of a conversation, with what is said of it that does not change from run to run. */
  async function lifeOf(url: string): Promise<unknown> {
    const told: string[] = [];
    const notifier = {
      onConversationResolved: ({ subject }: { subject: string | null }) => void told.push(`resolved ${subject}`),
      onSlaBreach() {},
      onOutboundTriggered: ({ content }: { content: string }) => void told.push(`sent ${content}`),
    };
    const cairnloop = await createCairnloop({
      database: { url, poolSize: 4 },
      notifier,
      slaPolicyProvider: policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 }),
      draftGenerator: { generate: () => ok({ type: 'reply', content: 'Ünïcode ✓', riskTier: 'low', summary: 's' }) },
      drafts: { debounceMs: 0 },
      log: { level: 'fatal' },
    });
    const { conversations, sla, outbound, audit, drafts } = cairnloop;
    try {
      await cairnloop.worker.start();
      const opened = await conversations.open({ subject: 'Größe', tags: ['a"b', 'c,d'], message: 'Wo ist \\ es?' });
      await eventually(async () => assert.equal((await drafts.listForConversation(opened.id)).length, 1));
      const paused = await sla.pause(opened.id, { reason: 'r', actor: operator });
      const resumed = await sla.resume(opened.id, { actor: operator });
      await outbound.trigger(opened.id, { templateId: 't', content: 'später', scheduleInSeconds: 0, actor: operator });
      await conversations.reply(opened.id, { content: 'Hier.', actor: operator });
      const closed = await conversations.resolve(opened.id, { resolvedBy: operator });
      await eventually(() => assert.equal(told.length, 2));
      const found = await conversations.list({ search: 'GRÖSSE'.replace('SS', 'ß').toLowerCase() });
      const record = await eventually(async () => {
        const { items } = await audit.list({ conversationId: opened.id });
        assert.ok(
          items.some(({ action }) => action === 'outbound.sent'),
          'the outcome is not written yet',
        );
        return items;
      });
      const faults = await database.query('SELECT * FROM cairnloop.audit_receipt_faults()');
      const age = (at: Date | null) => Math.abs(Date.now() - (at?.getTime() ?? 0)) < 60_000;
      return {
        tags: closed.tags,
        times: [closed.createdAt, closed.resolvedAt, paused.startedAt].map(age),
        due: Math.round(((resumed.breachAt?.getTime() ?? 0) - Date.now()) / 600_000),
        told: told.sort(),
        found: found.items.some(({ id }) => id === opened.id),
        tagged: (await conversations.list({ tag: 'c,d' })).items.some(({ id }) => id === opened.id),
        faults: faults.rows,
        // Sorted: what the worker does comes when it comes.
        actions: record.map(({ action, at }) => `${action} ${age(at)}`).sort(),
        messages: (await conversations.get(opened.id)).messages?.map(({ role, content }) => [role, content]),
      };
    } finally {
      await cairnloop.close();
    }
  }

  async function isUntouched(): Promise<void> {
    const { rows } = await database.query('SELECT name FROM elsewhere.agenda_jobs');
    assert.deepEqual(rows, [{ name: 'of the host' }]);
  }

  /** Each way by which settings reach a connection. */
  const ways: Record<string, () => Promise<{ url: string; undo?: () => void }>> = {
    'the database': async () => {
      for (const [key, value] of Object.entries(hostile))
        await database.query(`ALTER DATABASE ${name} SET ${key} = ${key === 'search_path' ? value : `'${value}'`}`);
      return { url: database.url };
    },
    'the URL': async () => ({ url: withOptions(asOptions(' ')) }),
    'the URL, as a search path alone': async () => ({ url: withOptions('-c search_path=elsewhere') }),
    PGOPTIONS: async () => {
      process.env.PGOPTIONS = asOptions(' ');
      return { url: database.url, undo: () => delete process.env.PGOPTIONS };
    },
    'pg.defaults': async () => {
      const before = { ...pg.defaults };
      Object.assign(pg.defaults, {
        binary: true,
        statement_timeout: 1,
        lock_timeout: 1,
        query_timeout: 1,
        idle_in_transaction_session_timeout: 1,
        client_encoding: 'LATIN1',
        options: '-c DateStyle=German',
        host: 'nowhere.invalid',
        port: 1,
        user: 'nobody',
        database: 'nowhere',
        password: 'wrong',
        ssl: true,
        max: 1,
        parseInputDatesAsUTC: true,
        application_name: 'host',
      });
      return { url: database.url, undo: () => Object.assign(pg.defaults, before) };
    },
    'the parsers of pg': async () => {
      const types = Object.values(pg.types.builtins).filter((oid) => typeof oid === 'number');
      const arrays = [1000, 1005, 1007, 1009, 1015, 1016, 1185, 2951, 199, 3807];
      const all = [...types, ...arrays] as never[];
      const before = all.map((oid) => pg.types.getTypeParser(oid, 'text'));
      for (const oid of all) pg.types.setTypeParser(oid, (text: string) => ({ host: text }));
      const undo = () => {
        for (const [index, oid] of all.entries()) pg.types.setTypeParser(oid, before[index] as never);
      };
      return { url: database.url, undo };
    },
  };

  for (const [way, set] of Object.entries(ways))
    it(`do not change results: ${way}`, async () => {
      const plain = await lifeOf(database.url);
      const { url, undo } = await set();
      try {
        assert.deepEqual(await lifeOf(url), plain);
      } finally {
        undo?.();
      }
      await isUntouched();
    }).timeout(120_000);

  it('are equal on a single connection and on pooled ones', async () => {
    const url = withOptions(asOptions(' '));
    const options = { url, schema: 'cairnloop', name: 'test' };
    const shown = Object.keys(hostile).filter((key) => key !== 'jit_above_cost');
    const select = `SELECT ${shown.map((key) => `current_setting('${key}') AS "${key}"`).join(', ')}`;
    const single = await openSession(options);
    const pool = openSessionPool({ ...options, max: 1 });
    try {
      const { rows } = await single.query(select);
      assert.deepEqual((await pool.query(select)).rows, rows);
      for (const key of shown) assert.notEqual(rows[0][key], hostile[key], key);
      assert.equal(rows[0].search_path, '"cairnloop", pg_temp');
    } finally {
      await single.end();
      await pool.end();
    }
  });

  it('that only a superuser may change are refused with the reason, where they switch triggers off', async () => {
    await database.query(`ALTER DATABASE ${name} SET session_replication_role = 'replica'`);
    const role = `${name}_plain`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`);
    await database.query(`GRANT USAGE ON SCHEMA cairnloop TO ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'plain';
    const cairnloop = await createCairnloop({ database: { url: url.href }, log: { level: 'fatal' } });
    try {
      await assert.rejects(cairnloop.conversations.list(), {
        code: 'DATABASE_PERMISSION',
        message: /session_replication_role/,
      });
    } finally {
      await cairnloop.close();
      await database.query(`DROP OWNED BY ${role}`);
      await database.query(`DROP ROLE ${role}`);
    }
  });

  it('read-only and synchronous_commit stay as the administrator set them', async () => {
    const url = withOptions('-c default_transaction_read_only=on -c synchronous_commit=local');
    const settings = async (options: Pick<SessionOptions, 'durable'>) => {
      const session = await openSession({ url, schema: 'cairnloop', name: 'test', ...options });
      const { rows } = await session.query(
        `SELECT current_setting('default_transaction_read_only') AS "readOnly", current_setting('synchronous_commit') AS sync`,
      );
      await session.end();
      return rows;
    };
    assert.deepEqual(await settings({}), [{ readOnly: 'on', sync: 'local' }]);
    assert.deepEqual(await settings({ durable: false }), [{ readOnly: 'on', sync: 'off' }]);
  });

  it('a serializable default still allows concurrent writes to separate conversations', async () => {
    await database.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    const cairnloop = await createCairnloop({ database: { url: database.url }, log: { level: 'fatal' } });
    try {
      const opened = await Promise.all(
        Array.from({ length: 20 }, () => cairnloop.conversations.open({ message: 'x' })),
      );
      await Promise.all(
        opened.flatMap(({ id }) => [
          cairnloop.conversations.receive(id, { content: 'more' }),
          cairnloop.conversations.reply(id, { content: 'yes', actor: operator }),
        ]),
      );
      await Promise.all(opened.map(({ id }) => cairnloop.conversations.resolve(id, { resolvedBy: operator })));
    } finally {
      await cairnloop.close();
    }
  });
});

import assert from 'node:assert/strict';
import net from 'node:net';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import { ok } from '../../src/contracts/result.js';
import { migrateUp } from '../../src/db/migrate.js';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { createCairnloop } from '../../src/instance/create-cairnloop.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

describe('createCairnloop', () => {
  const { startHost } = useHosts();

  it('G3 refuses a wrong config with every problem at once, before it connects', async () => {
    const wrong = {
      database: { url: 'mysql://127.0.0.1:1/none', poolSize: 0 },
      worker: { concurrency: 'many', leaseMs: 1.5 },
      notifier: { onSlaBreach() {} },
      automationPolicy: () => 'allow',
      metrics: prometheus,
      notifer: {},
    };
    await assert.rejects(createCairnloop(wrong as unknown as CairnloopConfig), (error: CairnloopError) => {
      assert.equal(error.code, 'CONFIG_INVALID');
      const { problems } = error.details as { problems: { path: string; expected: string; found: string }[] };
      assert.deepEqual(problems.map(({ path }) => path).sort(), [
        'automationPolicy',
        'database.poolSize',
        'database.url',
        'metrics',
        'notifer',
        'notifier.onConversationResolved',
        'notifier.onOutboundTriggered',
        'worker.concurrency',
        'worker.leaseMs',
      ]);
      for (const { path, expected, found } of problems)
        assert.ok(error.message.includes(`${path}: expected ${expected}, found ${found}`), path);
      return true;
    });
  });

  it('names a database that it cannot reach, without the password', async () => {
    const url = 'postgres://ada:hunter2@127.0.0.1:1/shop';
    await assert.rejects(createCairnloop({ database: { url } }), (error: CairnloopError) => {
      assert.equal(error.code, 'DATABASE_UNREACHABLE');
      assert.match(error.message, /127\.0\.0\.1:1\/shop/);
      assert.doesNotMatch(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`, /hunter2|ada/);
      return true;
    });
  });

  it('G4 keeps its data in its schema, stores no facts, and connects to the database only', async () => {
    const database = await createTestDatabase();
    await migrateUp({ url: database.url, schema: 'host_support' });
    const { notifier, calls } = recordingNotifier();
    const canary = 'canary-7f3a';
    const targets = await connectionsOf(async () => {
      const { cairnloop, log } = await startHost(
        {
          database: { schema: 'host_support' },
          notifier,
          slaPolicyProvider: policies(terms),
          contextProvider: { getContext: async () => ok({ Account: { note: canary } }) },
          automationPolicy: {
            decide: (_, { context }) => (JSON.stringify(context).includes(canary) ? 'allow' : 'deny'),
          },
          draftGenerator: { generate: () => ok({ type: 'reply', content: 'On its way.' }) },
          drafts: { debounceMs: 0 },
          metrics: prometheus(),
        },
        { database },
      );
      const { id } = await cairnloop.conversations.open({ actorId: 'ada', message: 'Where is it?' });
      await eventually(async () => {
        const { messages } = await cairnloop.conversations.get(id);
        assert.equal(messages?.at(-1)?.role, 'automation');
      });
      await cairnloop.context.get('ada');
      await cairnloop.outbound.trigger(id, { templateId: 't', content: 'c', actor: operator });
      await cairnloop.conversations.resolve(id, { resolvedBy: operator });
      await eventually(() => assert.equal(calls.length, 2));
      const scrape = await cairnloop.operations().fetch(new Request('http://localhost/metrics'));
      assert.equal(scrape.status, 200);
      assert.ok(!`${JSON.stringify(log)} ${await scrape.text()}`.includes(canary));
    });
    const { hostname, port } = new URL(database.url);
    assert.deepEqual([...targets], [`${hostname}:${port}`]);
    assert.deepEqual(await schemasOf(database), ['host_support']);
    for (const row of await everyRow(database, 'host_support')) assert.ok(!row.includes(canary), row);
  });

  it('throws CLOSED when it is used after close', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    await Promise.all([cairnloop.close(), cairnloop.close()]);
    await assert.rejects(cairnloop.conversations.open({}), { code: 'CLOSED' });
    await assert.rejects(cairnloop.conversations.open({ message: 'Hello?' }), { code: 'CLOSED' });
    await assert.rejects(cairnloop.worker.start(), { code: 'CLOSED' });
    assert.equal((await cairnloop.operations().fetch(new Request('http://localhost/health/ready'))).status, 503);
  });
});

/** Where sockets were opened to while `work` ran. */
async function connectionsOf(work: () => Promise<void>): Promise<Set<string>> {
  const targets = new Set<string>();
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]) {
    const [first, second] = given.flat() as [unknown, unknown];
    const { port, host } =
      typeof first === 'object' ? (first as net.TcpSocketConnectOpts) : { port: first, host: second };
    targets.add(`${host ?? 'localhost'}:${port}`);
    return connect.apply(this, given as never);
  } as typeof connect;
  try {
    await work();
    return targets;
  } finally {
    net.Socket.prototype.connect = connect;
  }
}

async function schemasOf(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.query(
    `SELECT DISTINCT relnamespace::regnamespace::text AS name FROM pg_class
     WHERE relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  return rows.map(({ name }) => name);
}

async function everyRow(database: TestDatabase, schema: string): Promise<string[]> {
  const tables = await database.query('SELECT tablename FROM pg_tables WHERE schemaname = $1', [schema]);
  const rows = await Promise.all(
    tables.rows.map(({ tablename }) => database.query(`SELECT t::text AS text FROM "${schema}"."${tablename}" t`)),
  );
  return rows.flatMap((result) => result.rows.map(({ text }) => text));
}

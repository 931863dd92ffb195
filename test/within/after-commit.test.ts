import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';

describe('within(executor) after the commit', () => {
  const { startHost } = useHosts();

  async function begin(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    return client;
  }

  it('wakes the workers once it listens again, after a commit during a reconnect', async () => {
    const { notifier } = recordingNotifier();
    const { cairnloop, database } = await startHost({ notifier }, { worker: false });
    const client = await begin(database.url);
    const { conversations } = cairnloop.within(client);
    const { id } = await conversations.open({ actorId: 'a' });
    await conversations.resolve(id, { resolvedBy: operator });
    const { rowCount } = await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cairnloop-commits' AND datname = current_database()`,
    );
    assert.equal(rowCount, 1);
    await client.query('COMMIT');
    await client.end();
    await eventually(async () =>
      assert.equal((await database.query('SELECT FROM cairnloop.agenda_jobs')).rowCount, 1, 'not woken'),
    );
  });

  it('LP8 a process that is killed right after the COMMIT leaves nothing uncalled', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop, database } = await startHost({ notifier }, { worker: false });
    const script = fileURLToPath(new URL('commit-and-die.ts', import.meta.url));
    const died = await execa(process.execPath, ['--import', 'tsx', script, database.url], { reject: false });
    assert.equal(died.signal, 'SIGKILL', died.stderr);
    await cairnloop.worker.start();
    await eventually(() =>
      assert.deepEqual(
        calls.map(({ conversation }) => conversation.actorId),
        ['dying'],
      ),
    );
  });

  it('calls host modules during the transaction with the host’s settings on the connection', async () => {
    const seen: unknown[] = [];
    let client: pg.Client | undefined;
    const automationPolicy = {
      async decide() {
        const { rows } = (await client?.query(`SELECT current_setting('TimeZone') AS zone`)) ?? { rows: [] };
        seen.push(rows[0]?.zone);
        return 'require_approval' as const;
      },
    };
    const { cairnloop, database } = await startHost({ automationPolicy }, { worker: false });
    client = await begin(database.url);
    await client.query(`SET LOCAL TimeZone = 'Asia/Tokyo'`);
    const { conversations, drafts } = cairnloop.within(client);
    const { id } = await conversations.open({ actorId: 'a', message: 'hi' });
    await drafts.propose(id, { type: 'reply', content: 'c', evidence: [] });
    await client.query('COMMIT');
    await client.end();
    assert.deepEqual(seen, ['Asia/Tokyo']);
    assert.equal((await cairnloop.drafts.listForConversation(id)).length, 1);
  });

  it('publishes the changes committed before close(), and refuses further calls', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const events: string[] = [];
    cairnloop.telemetry.attach('closing', 'cairnloop.conversation.opened', (event) => events.push(event));
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    const within = cairnloop.within(client);
    await within.conversations.open({ actorId: 'a' });
    await client.query('COMMIT');
    await cairnloop.close();
    assert.deepEqual(events, ['cairnloop.conversation.opened']);
    await client.query('BEGIN');
    await assert.rejects(within.conversations.open({ actorId: 'a' }), { code: 'CLOSED' });
    await client.end();
  });

  it('says which migrations are pending', async () => {
    const database = await createTestDatabase();
    await migrateUp({ url: database.url, schema: 'cairnloop' }, '0001-conversations');
    const { cairnloop } = await startHost({}, { worker: false, database });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    await assert.rejects(cairnloop.within(client).conversations.open({ actorId: 'a' }), { code: 'MIGRATIONS_PENDING' });
    await client.query('SELECT 1');
    await client.end();
  });
});

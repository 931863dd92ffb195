import assert from 'node:assert/strict';
import { pino } from 'pino';
import { listenForNotifications } from '../../src/db/listen.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { silentProxy } from '../support/silent-proxy.js';

describe('a listening connection', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const say = (payload: string) => database.query("SELECT pg_notify('channel', $1)", [payload]);

  async function listening(url: string, work: (heard: string[]) => Promise<void>): Promise<void> {
    const heard: string[] = [];
    const listener = listenForNotifications({
      connection: { url, schema: 'cairnloop', name: 'listener' },
      channel: 'channel',
      log: pino({ level: 'silent' }),
      what: 'test',
      hear: (payload) => heard.push(payload),
      missed: () => heard.push('missed'),
      probeEveryMs: 50,
      probeTimeoutMs: 200,
    });
    try {
      await work(heard);
    } finally {
      await listener.close();
    }
  }

  const untilHeard = (heard: string[], payload: string) =>
    eventually(async () => {
      await say(payload);
      assert.ok(heard.includes(payload), 'not heard yet');
    });

  it('reconnects when the server stops responding without closing it', async () => {
    const proxy = await silentProxy(database.url);
    await listening(proxy.url, async (heard) => {
      await untilHeard(heard, 'first');
      heard.length = 0;
      proxy.silence();
      await eventually(() => assert.ok(heard.includes('missed'), 'not heard yet'));
      await untilHeard(heard, 'second');
    });
    await proxy.close();
  });

  it('reconnects when the server stops responding during connecting', async () => {
    const proxy = await silentProxy(database.url);
    proxy.silenceNext();
    await listening(proxy.url, async (heard) => {
      await untilHeard(heard, 'first');
      assert.ok(proxy.connections() >= 2, 'not connected again yet');
    });
    await proxy.close();
  });

  it('reconnects when the server ends it', async () => {
    await listening(database.url, async (heard) => {
      await untilHeard(heard, 'first');
      heard.length = 0;
      const { rowCount } = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'listener'`,
      );
      assert.notEqual(rowCount, 0);
      await eventually(() => assert.ok(heard.includes('missed'), 'not heard yet'));
      await untilHeard(heard, 'second');
    });
  });

  it('reconnects when the server has become read-only, like a former primary after a failover', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await listening(database.url, async (heard) => {
      await untilHeard(heard, 'first');
      await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'listener'`,
      );
      heard.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(heard.length, 0, 'nothing is expected of a server that takes no writes');
      await database.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
      await eventually(() => assert.ok(heard.includes('missed'), 'not heard yet'));
    });
  });

  it('can be closed while it cannot connect', async () => {
    await listening('postgres://nobody@127.0.0.1:1/none', async (heard) => {
      assert.deepEqual(heard, []);
    });
  });
});

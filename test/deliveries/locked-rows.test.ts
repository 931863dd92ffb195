import assert from 'node:assert/strict';
import pg from 'pg';
import { err } from '../../src/contracts/result.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { atOnce, recordingGenerator, requestsDone } from '../support/drafting.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { parseExposition } from '../support/exposition.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

describe('rows that another session has locked', function () {
  this.timeout(120_000);
  const held: pg.Client[] = [];
  afterEach(async () => {
    await Promise.all(held.splice(0).map((client) => client.end()));
  });
  const { startHost } = useHosts();

  /** Locks it in a transaction that then does nothing; returns how to let go. */
  const lock = async ({ database }: StartedHost, sql: string, values: unknown[] = []) => {
    const client = new pg.Client(database.url);
    await client.connect();
    held.push(client);
    await client.query('BEGIN');
    await client.query(sql, values);
    return () => client.query('ROLLBACK');
  };
  const trigger = async ({ cairnloop }: StartedHost, scheduleInSeconds = 0) => {
    const { id } = await cairnloop.conversations.open({});
    return cairnloop.outbound.trigger(id, { templateId: 't', content: 'c', scheduleInSeconds });
  };
  const resolve = async ({ cairnloop }: StartedHost) => {
    const { id } = await cairnloop.conversations.open({});
    return cairnloop.conversations.resolve(id, { resolvedBy: operator });
  };
  const pending = async ({ database }: StartedHost): Promise<string[]> => {
    const { rows } = await database.query(`SELECT subject_id FROM cairnloop.deliveries WHERE state = 'pending'`);
    return rows.map((row) => row.subject_id);
  };
  const kept = async ({ database }: StartedHost): Promise<number> =>
    (await database.query('SELECT FROM cairnloop.delivery_outcomes')).rows.length;
  const ready = async ({ cairnloop }: StartedHost) => {
    const response = await cairnloop.operations().fetch(new Request('http://localhost/health/ready'));
    const { checks } = (await response.json()) as { checks: { settlements?: string } };
    return [response.status, checks.settlements];
  };
  /** As if the outcome had been reached so long ago. */
  const age = ({ database }: StartedHost) =>
    database.query(`UPDATE cairnloop.delivery_outcomes SET reached_at = reached_at - interval '1 minute'`);

  const rows = {
    message: `SELECT FROM cairnloop.messages WHERE id = $1 FOR UPDATE`,
    'message, shared,': `SELECT FROM cairnloop.messages WHERE id = $1 FOR SHARE`,
    delivery: `SELECT FROM cairnloop.deliveries WHERE subject_id = $1 FOR UPDATE`,
  };
  for (const [what, sql] of Object.entries(rows)) {
    it(`F21 one locked ${what} delays one outcome, and no other`, async () => {
      let locking: Promise<() => Promise<unknown>> | undefined;
      const { notifier, calls } = recordingNotifier(async ({ message }) => {
        if (message?.id !== first.message.id) return;
        locking ??= lock(host, sql, [message.id]);
        await locking;
      });
      const host = await startHost({ notifier, metrics: prometheus() }, { worker: false });
      const first = await trigger(host);
      const others = [...(await all(20, () => trigger(host))), ...(await all(20, () => resolve(host)))];
      await host.cairnloop.worker.start();
      await eventually(async () => assert.deepEqual(await pending(host), [first.message.id]));
      await eventually(async () => assert.equal(await kept(host), 1));
      assert.equal(calls.length, others.length + 1);
      assert.deepEqual(await ready(host), [200, undefined]);
      await age(host);
      assert.deepEqual(await ready(host), [503, 'waiting']);
      const metrics = await host.cairnloop.operations().fetch(new Request('http://localhost/metrics'));
      const families = parseExposition(await metrics.text());
      assert.equal(families.get('cairnloop_settlements_waiting')?.samples[0]?.value, 1);

      const letGo = await locking;
      await letGo?.();
      await eventually(async () => assert.deepEqual([await pending(host), await kept(host)], [[], 0]));
      const { messages = [] } = await host.cairnloop.conversations.get(first.message.conversationId);
      assert.equal(messages.at(-1)?.status, 'sent');
      assert.equal(calls.length, others.length + 1, 'and nothing was called again');
      assert.deepEqual(await ready(host), [200, undefined]);
    });
  }

  it('F21 the failure of a locked message is kept too, and reported once it is written', async () => {
    let locking: Promise<() => Promise<unknown>> | undefined;
    const { notifier } = recordingNotifier(async ({ message }) => {
      locking ??= lock(host, rows.message, [message?.id]);
      await locking;
      return err('no mailbox');
    });
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
    const failed: unknown[] = [];
    host.cairnloop.telemetry.attach('test', 'cairnloop.outbound.failed', (_event, _measured, about) => {
      failed.push(about.messageId);
    });
    const { message } = await trigger(host);
    await eventually(async () => assert.equal(await kept(host), 1));
    assert.deepEqual(failed, []);
    await (await locking)?.();
    await eventually(() => assert.deepEqual(failed, [message.id]));
    const [delivery] = await host.deliveries('outbound');
    assert.deepEqual([delivery?.state, delivery?.lastError, delivery?.attempts], ['discarded', 'no mailbox', 1]);
  });

  it('F21 stop() ends in time and loses no outcome: no other worker calls it again', async () => {
    let locking: Promise<() => Promise<unknown>> | undefined;
    const { notifier, calls } = recordingNotifier(async ({ message }) => {
      locking ??= lock(host, 'LOCK TABLE cairnloop.messages, cairnloop.deliveries IN ACCESS EXCLUSIVE MODE');
      await locking;
      assert.ok(message);
    });
    const worker = { leaseMs: 500, shutdownTimeoutMs: 60_000 };
    const host = await startHost({ notifier, worker });
    await trigger(host);
    await eventually(() => assert.equal(calls.length, 1));
    await host.cairnloop.worker.stop();
    assert.equal(await kept(host), 1);
    await (await locking)?.();
    const next = await startHost({ notifier, worker }, { database: host.database });
    await eventually(async () => assert.deepEqual([await pending(host), await kept(host)], [[], 0]));
    assert.equal(calls.length, 1);
    await next.cairnloop.worker.stop();
  });

  it('F21 while all messages are locked, deliveries without a message are settled', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(terms) }, { worker: false });
    await host.cairnloop.conversations.open({ message: 'Hello?' });
    await host.advance(terms.breachMinutes * minute);
    await lock(host, 'LOCK TABLE cairnloop.messages IN ACCESS EXCLUSIVE MODE');
    await host.cairnloop.worker.start();
    await eventually(async () => assert.deepEqual(await pending(host), []));
    assert.equal(calls.length, 1);
  });

  for (const table of ['conversations', 'slas']) {
    const column = table === 'slas' ? 'conversation_id' : 'id';
    it(`F21 a clock whose row in ${table} is locked breaches once it is unlocked, others at once`, async () => {
      const { notifier, calls } = recordingNotifier();
      const host = await startHost({ notifier, slaPolicyProvider: policies(terms) }, { worker: false });
      const [first, ...others] = await all(5, () => host.cairnloop.conversations.open({ message: 'Hello?' }));
      assert.ok(first);
      await host.advance(terms.breachMinutes * minute);
      const letGo = await lock(host, `SELECT FROM cairnloop.${table} WHERE ${column} = $1 FOR UPDATE`, [first.id]);
      await host.cairnloop.worker.start();
      await eventually(() => assert.equal(calls.length, others.length));
      await letGo();
      await eventually(() => assert.equal(calls.length, others.length + 1));
      const delivery = (await host.deliveries('sla_breach')).find(({ conversationId }) => conversationId === first.id);
      assert.equal(delivery?.attempts, 1, 'what was not called counts as no attempt');
      assert.deepEqual(calls.at(-1)?.metadata.attempt, 1);
    });
  }

  it('F21 a draft for a locked conversation is stored once it is unlocked, with one call of the generator', async () => {
    let locking: Promise<() => Promise<unknown>> | undefined;
    const { draftGenerator, calls } = recordingGenerator(async ({ id }) => {
      locking ??= lock(host, 'SELECT FROM cairnloop.conversations WHERE id = $1 FOR UPDATE', [id]);
      await locking;
      setTimeout(async () => (await locking)?.(), 2500);
      return { ok: true, value: { type: 'reply', content: 'Hi' } };
    });
    const host = await startHost({ ...atOnce, draftGenerator });
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    await requestsDone(host);
    assert.equal(calls.length, 1);
    assert.equal((await host.cairnloop.drafts.listForConversation(id)).length, 1);
  });

  it('F21 leases of other deliveries are renewed, and the heartbeat continues', async () => {
    let letGo: (() => void) | undefined;
    const going = new Promise<void>((done) => {
      letGo = done;
    });
    const { notifier, calls } = recordingNotifier(() => going);
    const host = await startHost({ notifier, worker: { leaseMs: 1500 } }, { worker: false });
    await host.database.query(
      `INSERT INTO cairnloop.worker_heartbeats
       VALUES (gen_random_uuid(), 'h', 1, 'v', 'running', 1, now() - interval '2 days', now() - interval '2 days')`,
    );
    await lock(host, 'SELECT FROM cairnloop.worker_heartbeats FOR UPDATE');
    const [first] = await all(3, () => trigger(host));
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 3));
    await lock(host, rows.delivery, [first?.message.id]);
    const leases = async () =>
      (
        await host.database.query(
          `SELECT count(*)::int AS n FROM cairnloop.deliveries WHERE lease_until > created_at + interval '4 seconds'`,
        )
      ).rows[0].n;
    await eventually(async () => assert.equal(await leases(), 2));
    assert.equal((await host.database.query('SELECT FROM cairnloop.worker_heartbeats')).rows.length, 2);
    letGo?.();
  });

  it('F21 no backend of the worker waits long for a lock', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier });
    const { message } = await trigger(host, 3600);
    for (const table of ['messages', 'conversations', 'deliveries', 'agenda_jobs'])
      await lock(host, `SELECT FROM cairnloop.${table} FOR UPDATE`);
    await host.database.query('SELECT 1');
    await all(5, () => resolve(host));
    await eventually(async () => assert.deepEqual(await pending(host), [message.id]));
    const { rows: waiting } = await host.database.query(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND application_name = 'cairnloop'`,
    );
    assert.deepEqual(waiting, []);
  });
});

function all<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, make));
}

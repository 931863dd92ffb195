import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import type { DeliveryTopic } from '../../../src/contracts/domain.js';
import { causes } from '../../support/error-causes.js';
import { eventually } from '../../support/eventually.js';
import { recordingNotifier } from '../../support/recording-notifier.js';
import { runCli } from '../../support/run-cli.js';
import { runMain } from '../../support/run-main.js';
import { type StartedHost, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

describe('cairnloop deliveries', () => {
  const { startHost } = useHosts();
  const secret = 'hunter2-abc';
  const me = `cli:${userInfo().username}`;
  let host: StartedHost;
  let folder: TempHost;
  let crm: 'up' | 'down';

  beforeEach(async () => {
    crm = 'down';
    const { notifier } = recordingNotifier(
      () => {
        if (crm === 'down') throw new Error(`the CRM is\ndown, password=${secret}`);
      },
      { replies: true },
    );
    host = await startHost({ notifier, worker: { maxAttempts: 1 } }, { worker: false });
    folder = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `export default { database: { url: ${JSON.stringify(host.database.url)} } };\n`,
    });
  });
  afterEach(() => folder.remove());

  const run = (...args: string[]) => runCli(['deliveries', ...args], { cwd: folder.folder });
  const json = async (...args: string[]) => (await runMain(folder.folder, ['deliveries', ...args, '--json'])).json();

  const cause = async (method: keyof typeof causes, subject = 'any') => {
    const { id } = await causes[method].cause(host, subject);
    const [delivery] = (await host.cairnloop.deliveries.list({ topic: causes[method].topic })).items;
    assert.equal(delivery?.conversationId, id);
    return delivery;
  };
  const stateOf = async (id: string) => (await host.cairnloop.deliveries.get(id)).state;

  /** What a worker made of it before it went. */
  const discarded = async (...methods: (keyof typeof causes)[]) => {
    const deliveries = [];
    for (const method of methods) deliveries.push(await cause(method));
    await host.cairnloop.worker.start();
    for (const { id } of deliveries) await eventually(async () => assert.equal(await stateOf(id), 'discarded'));
    await host.cairnloop.worker.stop();
    return deliveries.map(({ id }) => id);
  };

  const wakeUps = async () => {
    const { rows } = await host.database.query('SELECT DISTINCT name FROM cairnloop.agenda_jobs ORDER BY name');
    return rows.map(({ name }) => name);
  };
  const retriedBy = async () => {
    const { items } = await host.cairnloop.audit.list({ action: 'delivery.retried' });
    return items.map(({ actor, subjectId }) => [actor.id, subjectId]).sort();
  };

  it('list shows undelivered calls, how long they wait and whether a worker is alive', async () => {
    const none = await run('list');
    assert.equal(
      none.stdout,
      'Oldest due delivery: none\nLast worker heartbeat: no worker is running\n\nNo deliveries match.\n',
    );
    const [failed] = await discarded('onConversationResolved');
    crm = 'up';
    await host.cairnloop.worker.start();
    const good = await cause('onOutboundTriggered');
    await eventually(async () => assert.equal(await stateOf(good.id), 'done'));
    const alive = await run('list');
    assert.match(alive.stdout, /^Oldest due delivery: none\nLast worker heartbeat: \d+ s ago\n/);
    assert.match(
      alive.stdout,
      new RegExp(`\n${failed} +conversation_resolved +discarded +1 +- +\\d+ s +the CRM is down, `),
    );
    assert.doesNotMatch(alive.stdout, new RegExp(`${secret}|${good.id}`));
    await host.cairnloop.worker.stop();

    const waiting = await cause('onConversationResolved', 'waiting');
    const { stdout } = await run('list', '--state', 'pending');
    assert.match(stdout, /^Oldest due delivery: waiting for \d+ s\nLast worker heartbeat: no worker is running\n/);
    assert.match(stdout, new RegExp(`\n${waiting.id} +conversation_resolved +pending +0 +now +\\d+ s\n$`));
  });

  it('LP2 replies are listed, shown, retried and discarded like every other callback', async () => {
    const [failed = ''] = await discarded('onReply');
    assert.match((await run('list', '--topic', 'reply')).stdout, new RegExp(`\n${failed} +reply +discarded +1 `));
    const { subjectId } = await host.cairnloop.deliveries.get(failed);
    assert.match((await run('show', failed)).stdout, new RegExp(`topic +reply\n(.*\n)*about +${subjectId}\n`));
    const statusOf = async () => {
      const { rows } = await host.database.query('SELECT status FROM cairnloop.messages WHERE id = $1', [subjectId]);
      return rows[0].status;
    };
    assert.equal(await statusOf(), 'failed');
    assert.equal((await run('retry', '--topic', 'reply')).exitCode, 0);
    assert.equal(await statusOf(), 'pending');
    assert.deepEqual(await wakeUps(), ['reply']);
    assert.equal((await run('discard', failed, '--yes')).exitCode, 0);
    assert.equal(await statusOf(), 'failed');
    assert.equal((await run('retry', failed)).exitCode, 0);
    crm = 'up';
    await host.cairnloop.worker.start();
    await eventually(async () => assert.equal(await statusOf(), 'sent'));
  });

  it('list returns JSON in pages, by state and topic, without the secrets in an error', async () => {
    const [resolved, outbound] = await discarded('onConversationResolved', 'onOutboundTriggered');
    const later = await cause('onConversationResolved', 'later');
    const { items, oldestDueAt, lastBeatAt, nextCursor } = await json('list');
    assert.deepEqual(
      items.map(({ id }: { id: string }) => id),
      [later.id, outbound, resolved],
    );
    assert.deepEqual([oldestDueAt, lastBeatAt, nextCursor], [later.availableAt.toISOString(), null, null]);
    assert.doesNotMatch(JSON.stringify(items), new RegExp(secret));
    const ids = async (...args: string[]) => (await json('list', ...args)).items.map(({ id }: { id: string }) => id);
    assert.deepEqual(await ids('--state', 'discarded', '--topic', 'outbound'), [outbound]);
    assert.deepEqual(await ids('--state', 'done'), []);
    const first = await json('list', '--limit', '2');
    assert.deepEqual(await ids('--limit', '2', '--cursor', first.nextCursor), [resolved]);
    assert.equal((await run('list', '--state', 'lost')).exitCode, 2);
    assert.equal((await json('list', '--cursor', 'x')).error.code, 'CURSOR_INVALID');
  });

  it('a secret that another program wrote into a row is not printed', async () => {
    const [id = ''] = await discarded('onOutboundTriggered');
    await host.database.query(`UPDATE cairnloop.deliveries SET last_error = 'token=${secret}'`);
    for (const args of [['list'], ['list', '--json'], ['show', id], ['show', id, '--json'], ['retry', id, '--json']]) {
      const { stdout, stderr, exitCode } = await run(...args);
      assert.deepEqual([exitCode, `${stdout}${stderr}`.includes(secret)], [0, false], args.join(' '));
    }
  });

  it('show prints every field of one delivery; an unknown id is an error', async () => {
    const [id = ''] = await discarded('onOutboundTriggered');
    const stored = await host.cairnloop.deliveries.get(id);
    const { stdout } = await run('show', id);
    for (const part of [
      id,
      'outbound',
      'discarded',
      stored.conversationId,
      stored.settledAt?.toISOString(),
      'the CRM is down',
    ])
      assert.ok(part && stdout.includes(part), part ?? 'a time of settling');
    assert.deepEqual(Object.keys(await json('show', id)).sort(), Object.keys(stored).sort());
    for (const unknown of ['x', '01234567-0000-7000-8000-000000000000']) {
      const { exitCode, stderr } = await run('show', unknown);
      assert.equal(exitCode, 1);
      assert.match(stderr, /^There is no delivery /);
    }
  });

  it('NT3 retry <id> makes a discarded delivery pending, wakes the worker, and is in the audit record', async () => {
    const [id = ''] = await discarded('onOutboundTriggered');
    await host.database.query('TRUNCATE cairnloop.agenda_jobs');
    const { exitCode, stdout } = await run('retry', id);
    assert.deepEqual([exitCode, stdout], [0, `Delivery ${id} (outbound) will be retried by the next free worker.\n`]);
    assert.deepEqual(await wakeUps(), ['outbound']);
    assert.deepEqual(await retriedBy(), [[me, id]]);
    crm = 'up';
    await host.cairnloop.worker.start();
    await eventually(async () => assert.equal(await stateOf(id), 'done'));
    const again = await run('retry', id);
    assert.equal(again.exitCode, 1);
    assert.match(again.stderr, /cannot be retried: it is done/);
  });

  it('retry of a range skips deliveries discarded by hand; retry <id> brings one back with its due time', async () => {
    const { id } = await cause('onOutboundTriggered');
    await host.database.query(
      `UPDATE cairnloop.deliveries SET available_at = available_at + interval '1 hour', last_error = 'it bounced'`,
    );
    await run('discard', id, '--yes');
    assert.deepEqual(await json('retry', '--all'), { dryRun: false, count: 0, topics: {} });
    const shown = await json('show', id);
    assert.deepEqual(
      [shown.state, shown.lastError],
      ['discarded', 'discarded by hand; it had failed with: it bounced'],
    );
    assert.match((await run('retry', id)).stdout, / will be retried at \d{4}-/);
    assert.equal((await json('show', id)).availableAt, shown.availableAt);
    await run('discard', id, '--yes');
    assert.equal((await json('show', id)).lastError, shown.lastError);
  });

  it('retry makes a discarded delivery due now: the time while it was discarded does not count as lag', async () => {
    const [id = ''] = await discarded('onConversationResolved');
    await host.database.query(`UPDATE cairnloop.deliveries SET available_at = available_at - interval '3 days'`);
    await run('retry', id);
    const { oldestDueAt, now } = await json('list');
    assert.ok(Date.parse(now) - Date.parse(oldestDueAt) < 3_600_000, oldestDueAt);
  });

  it('list and show distinguish a delivery that is being called from one that waits', async () => {
    const { id } = await cause('onConversationResolved');
    await host.database.query(`UPDATE cairnloop.deliveries SET lease_until = cairnloop.clock() + interval '1 hour'`);
    const { stdout } = await run('list');
    assert.match(stdout, /Oldest due delivery: none/);
    assert.match(stdout, /being called/);
    assert.match((await run('show', id)).stdout, /next try +being called/);
  });

  it('retry of a range asks in a terminal, and a no calls nothing', async () => {
    const [resolved = ''] = await discarded('onConversationResolved');
    const asked = await runMain(folder.folder, ['deliveries', 'retry', '--all'], { '1 discarded': false });
    assert.deepEqual([asked.exitCode, asked.asked.length], [130, 1]);
    assert.match(asked.asked[0] ?? '', /would be retried: conversation_resolved 1\. Retry\?$/);
    assert.equal(await stateOf(resolved), 'discarded');
    assert.equal((await runMain(folder.folder, ['deliveries', 'retry', '--all', '--yes'], {})).exitCode, 0);
    assert.equal(await stateOf(resolved), 'pending');
  });

  it('retry of a range retries exactly what --dry-run listed, each in the audit record', async () => {
    const [resolved = '', second = '', outbound = ''] = await discarded(
      'onConversationResolved',
      'onConversationResolved',
      'onOutboundTriggered',
    );
    await host.database.query('TRUNCATE cairnloop.agenda_jobs');
    const pending = await cause('onConversationResolved', 'waits');
    const before = await host.database.query('SELECT * FROM cairnloop.deliveries ORDER BY id');
    const topics = { conversation_resolved: 2, outbound: 1 };
    for (const range of [['--all'], ['--state', 'discarded'], ['--since', '1h']])
      assert.deepEqual(await json('retry', ...range, '--dry-run'), { dryRun: true, count: 3, topics });
    const after = await host.database.query('SELECT * FROM cairnloop.deliveries ORDER BY id');
    assert.deepEqual([after.rows, await retriedBy()], [before.rows, []]);

    await host.database.query('TRUNCATE cairnloop.agenda_jobs');
    const byTopic = await run('retry', '--topic', 'outbound');
    assert.equal(byTopic.stdout, '1 discarded delivery will be retried by the next free worker: outbound 1.\n');
    assert.deepEqual(await Promise.all([resolved, second, outbound].map(stateOf)), [
      'discarded',
      'discarded',
      'pending',
    ]);
    assert.deepEqual(await wakeUps(), ['outbound']);
    assert.deepEqual(await retriedBy(), [[me, outbound]]);

    await host.database.query(
      `UPDATE cairnloop.deliveries SET settled_at = settled_at - interval '3 hours' WHERE id = $1`,
      [resolved],
    );
    assert.equal((await json('retry', '--since', '2h')).count, 1);
    assert.deepEqual(await Promise.all([resolved, second].map(stateOf)), ['discarded', 'pending']);
    assert.deepEqual(await json('retry', '--all'), { dryRun: false, count: 1, topics: { conversation_resolved: 1 } });
    assert.deepEqual(await retriedBy(), [resolved, second, outbound].map((id) => [me, id]).sort());
    assert.equal(
      (await run('retry', '--all')).stdout,
      '0 discarded deliveries will be retried by the next free worker.\n',
    );

    crm = 'up';
    await host.cairnloop.worker.start();
    for (const id of [resolved, second, outbound, pending.id])
      await eventually(async () => assert.equal(await stateOf(id), 'done'));
    const { messages = [] } = await host.cairnloop.conversations.get(
      (await host.cairnloop.deliveries.get(outbound)).conversationId,
    );
    assert.deepEqual(
      messages.filter(({ role }) => role === 'outbound').map(({ status, metadata }) => [status, 'failure' in metadata]),
      [['sent', false]],
    );
  });

  it('a range never calls a countdown that was discarded before its deadline', async () => {
    const { id: conversation } = await host.cairnloop.conversations.open({});
    await host.database.query(
      `INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, state, available_at, created_at, settled_at)
       VALUES ('sla_breach', $1, 'k', 'discarded', cairnloop.clock() + interval '1 hour', cairnloop.clock(), cairnloop.clock())`,
      [conversation],
    );
    assert.equal((await json('retry', '--all', '--dry-run')).count, 0);
    assert.equal((await json('retry', '--all')).count, 0);
    const { items } = await json('list', '--topic', 'sla_breach' satisfies DeliveryTopic);
    assert.deepEqual(
      items.map(({ state }: { state: string }) => state),
      ['discarded'],
    );
  });

  it('retry takes either an id or a range, and refuses other input before it connects to the database', async () => {
    const id = '01234567-0000-7000-8000-000000000000';
    for (const args of [
      [],
      ['--dry-run'],
      [id, '--all'],
      [id, '--topic', 'outbound'],
      [id, '--dry-run'],
      ['--state', 'done'],
      ['--topic', 'x'],
      ['--since', 'soon'],
    ]) {
      const { exitCode, out, json: document } = await runMain('/nowhere', ['deliveries', 'retry', ...args, '--json']);
      assert.deepEqual([exitCode, document().error.code], [2, 'USAGE'], out);
    }
  });

  it('retry does not release a message that is scheduled for later without --yes', async () => {
    const { id: conversation } = await host.cairnloop.conversations.open({});
    const later = { templateId: 't', content: 'Still well?', actor: { id: 'op-1' }, scheduleInSeconds: 86_400 };
    const { message } = await host.cairnloop.outbound.trigger(conversation, later);
    const { items } = await host.cairnloop.deliveries.list({ topic: 'outbound', limit: 200 });
    const id = items.find(({ subjectId }) => subjectId === message.id)?.id ?? '';
    const retry = (...args: string[]) => runMain(folder.folder, ['deliveries', 'retry', ...args]);
    const refused = await retry(id);
    assert.deepEqual(
      [refused.exitCode, /is scheduled for .*; nothing was sent/.test(refused.err)],
      [1, true],
      refused.err,
    );
    assert.match(refused.err, /--yes/);
    const released = await retry(id, '--yes');
    assert.equal(released.exitCode, 0, released.err);
    assert.match(released.out, /will be retried by the next free worker/);
  });

  it('discard gives up a waiting delivery, without a question if there is no terminal', async () => {
    const { id } = await cause('onOutboundTriggered');
    const { exitCode, stdout } = await run('discard', id);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Delivery \S+ \(outbound\) is discarded/);
    assert.equal(await stateOf(id), 'discarded');
    const { items } = await host.cairnloop.audit.list({ action: 'delivery.discarded' });
    assert.deepEqual(
      items.map(({ actor, subjectId }) => [actor.id, subjectId]),
      [[me, id]],
    );
    assert.equal((await json('discard', id)).error.code, 'DELIVERY_NOT_RETRYABLE');
    assert.equal((await json('discard', 'x', '--yes')).error.code, 'DELIVERY_NOT_FOUND');
  });

  it('discard asks on a terminal, except with --yes', async () => {
    const first = await cause('onOutboundTriggered');
    const discard = (id: string, answer: unknown, ...flags: string[]) =>
      runMain(folder.folder, ['deliveries', 'discard', id, ...flags], { Discard: answer });
    const refused = await discard(first.id, false);
    assert.deepEqual([refused.exitCode, refused.asked.length, await stateOf(first.id)], [130, 1, 'pending']);
    assert.match(refused.asked[0] ?? '', /outbound, attempts: 0, last error: none/);
    const agreed = await discard(first.id, true);
    assert.deepEqual([agreed.exitCode, await stateOf(first.id)], [0, 'discarded']);
    const second = await cause('onOutboundTriggered');
    const told = await discard(second.id, false, '--yes');
    assert.deepEqual([told.exitCode, told.asked, await stateOf(second.id)], [0, [], 'discarded']);
  });
});

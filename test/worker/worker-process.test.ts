import assert from 'node:assert/strict';
import { execa } from 'execa';
import { eventually } from '../support/eventually.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import {
  type RecordingHost,
  recordingHost,
  startWorkerProcess,
  type WorkerProcess,
} from '../support/worker-process.js';

describe('cairnloop worker', () => {
  const { startHost } = useHosts();
  let producer: StartedHost;
  let folders: RecordingHost[] = [];
  let workers: WorkerProcess[] = [];

  beforeEach(async () => {
    // The host's web process: it owes callbacks and makes none.
    const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
    producer = await startHost({ notifier }, { worker: false });
  });
  afterEach(async () => {
    for (const worker of workers) worker.signal('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
    for (const folder of folders) folder.remove();
    [workers, folders] = [[], []];
  });

  const writeHost = (options: Parameters<typeof recordingHost>[1]) => {
    const host = recordingHost(producer.database.url, options);
    folders.push(host);
    return host;
  };
  const startWorker = async (host: RecordingHost) => {
    const worker = await startWorkerProcess(host);
    workers.push(worker);
    return worker;
  };
  const resolveMany = async (count: number) => {
    const opened = await Promise.all(Array.from({ length: count }, () => producer.cairnloop.conversations.open({})));
    await Promise.all(opened.map(({ id }) => producer.cairnloop.conversations.resolve(id, { resolvedBy: operator })));
  };
  const stateCounts = async () => {
    const { rows } = await producer.database.query(
      'SELECT state, count(*)::int AS count FROM cairnloop.deliveries GROUP BY state ORDER BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  const startsOf = (host: RecordingHost) => host.calls().filter(({ at }) => at === 'start');
  const endsOf = (host: RecordingHost) => host.calls().filter(({ at }) => at === 'end');

  it('finishes running callbacks when its terminal is closed (SIGHUP), as on SIGTERM', async () => {
    const host = writeHost({});
    await resolveMany(1);
    host.letEnd(0);
    const worker = await startWorker(host);
    await eventually(() => assert.equal(startsOf(host).length, 1));
    worker.signal('SIGHUP');
    await eventually(() => assert.match(worker.stderr(), /SIGHUP: finishing running callbacks/));
    host.letEnd(Infinity);
    assert.equal(await worker.ended, 0);
    assert.equal(endsOf(host).length, 1);
    assert.deepEqual(await stateCounts(), { done: 1 });
  });

  it('NT16 SIGKILL in the middle of 200 callbacks loses none and repeats at most what was in flight', async () => {
    const leaseMs = 15_000;
    const host = writeHost({ config: { worker: { concurrency: 20, leaseMs } } });
    await resolveMany(200);
    host.letEnd(60);
    const killed = await startWorker(host);
    await eventually(() => assert.deepEqual([endsOf(host).length, startsOf(host).length], [60, 80]));
    killed.signal('SIGKILL');
    assert.equal(await killed.ended, 'SIGKILL');
    const inFlight = startsOf(host).length - ((await stateCounts()).done ?? 0);
    assert.ok(inFlight > 0 && inFlight <= 20, `${inFlight} in flight`);

    host.letEnd(Infinity);
    await producer.advance(leaseMs);
    await startWorker(host);
    await eventually(async () => assert.deepEqual(await stateCounts(), { done: 200 }));
    const attempts = new Map<string, number[]>();
    for (const { deliveryId, attempt } of startsOf(host))
      attempts.set(deliveryId, [...(attempts.get(deliveryId) ?? []), attempt]);
    assert.equal(attempts.size, 200);
    const repeated = [...attempts.values()].filter((numbers) => numbers.length > 1);
    assert.ok(repeated.length <= inFlight, `${repeated.length} repeated`);
    for (const numbers of repeated) assert.deepEqual(numbers, [1, 2]);
  });

  it('NT6 a callback is called even if the process crashes right after the commit', async () => {
    const host = writeHost({});
    await startWorker(host);
    const { id } = await producer.cairnloop.conversations.open({});
    host.write(
      'resolve-and-die.mjs',
      `import { createCairnloop } from 'cairnloop';
       import config from './cairnloop.config.mjs';
       const cairnloop = await createCairnloop(config);
       await cairnloop.conversations.resolve('${id}', { resolvedBy: { id: 'op-7' } });
       process.kill(process.pid, 'SIGKILL');`,
    );
    const died = await execa(process.execPath, ['resolve-and-die.mjs'], { cwd: host.folder, reject: false });
    assert.equal(died.signal, 'SIGKILL');
    await eventually(() => assert.equal(endsOf(host).length, 1));
    assert.equal(host.calls()[0]?.conversationId, id);
  });

  it('LP1 a reply is delivered even if the host is killed right after its commit', async () => {
    const host = writeHost({});
    await startWorker(host);
    const { conversations, drafts } = producer.cairnloop;
    const { id } = await conversations.open({ message: 'Where is it?' });
    const draft = await drafts.propose(id, { type: 'reply', content: 'On its way.' });
    const ways = {
      reply: `conversations.reply('${id}', { content: 'It left.', actor: { id: 'op-7' } })`,
      approve: `drafts.approve('${draft.id}', { actor: { id: 'op-7' } })`,
    };
    for (const [way, call] of Object.entries(ways)) {
      host.write(
        `${way}-and-die.mjs`,
        `import { createCairnloop } from 'cairnloop';
         import config from './cairnloop.config.mjs';
         const { conversations, drafts } = await createCairnloop(config);
         await ${call};
         process.kill(process.pid, 'SIGKILL');`,
      );
      const died = await execa(process.execPath, [`${way}-and-die.mjs`], { cwd: host.folder, reject: false });
      assert.equal(died.signal, 'SIGKILL');
    }
    await eventually(() => assert.equal(endsOf(host).length, 2));
    const { messages = [] } = await conversations.get(id);
    const replies = messages.filter(({ role }) => role === 'operator');
    assert.deepEqual(
      endsOf(host).map(({ method, messageId }) => [method, messageId]),
      replies.map((message) => ['onReply', message.id]),
    );
  });

  it('LP1 no reply overtakes an earlier one of its conversation while one of two workers is killed', async () => {
    const leaseMs = 15_000;
    const host = writeHost({ config: { worker: { concurrency: 10, leaseMs } } });
    const { conversations } = producer.cairnloop;
    await startWorker(host).then((first) => first.signal('SIGTERM'));
    await workers[0]?.ended;
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await conversations.open({})).id));
    for (let n = 0; n < 5; n += 1)
      await Promise.all(ids.map((id) => conversations.reply(id, { content: String(n), actor: operator })));
    host.letEnd(12);
    const [killed, survivor] = await Promise.all([startWorker(host), startWorker(host)]);
    await eventually(() => assert.ok(endsOf(host).length >= 24, 'not in the middle yet'));
    killed.signal('SIGKILL');
    assert.equal(await killed.ended, 'SIGKILL');
    host.letEnd(Infinity);
    await producer.advance(leaseMs);
    await eventually(async () => assert.deepEqual(await stateCounts(), { done: 100 }));
    assert.ok(survivor.pid);

    for (const id of ids) {
      const { messages = [] } = await conversations.get(id);
      assert.deepEqual(
        messages.map(({ status }) => status),
        Array(5).fill('sent'),
      );
      const order = messages.map((message) => message.id);
      const calls = host.calls().filter(({ conversationId }) => conversationId === id);
      const begun = [...new Set(calls.filter(({ at }) => at === 'start').map(({ messageId }) => messageId))];
      assert.deepEqual(begun, order);
      for (const [n, message] of order.entries()) {
        const start = calls.findIndex((call) => call.messageId === message);
        const ended = new Set(
          calls
            .slice(0, start)
            .filter(({ at }) => at === 'end')
            .map((call) => call.messageId),
        );
        assert.equal(ended.size, n, 'every earlier reply has ended before');
      }
    }
  });

  it('OP5 SIGTERM turns readiness to 503 first, lets running callbacks finish, takes nothing new and exits 0', async () => {
    const host = writeHost({});
    host.letEnd(0);
    const worker = await startWorker(host);
    assert.equal((await fetch(`${worker.opsUrl}/health/ready`)).status, 200);
    await resolveMany(3);
    await eventually(() => assert.equal(startsOf(host).length, 3));
    worker.signal('SIGTERM');
    const unready = await eventually(async () => {
      const response = await fetch(`${worker.opsUrl}/health/ready`);
      assert.equal(response.status, 503);
      return response.json();
    });
    assert.deepEqual(unready, {
      status: 'unavailable',
      checks: { database: 'ok', jobs: 'ok', migrations: 'ok', worker: 'draining' },
    });
    assert.equal((await fetch(`${worker.opsUrl}/health`)).status, 200);
    await resolveMany(2);
    host.letEnd(Infinity);

    assert.equal(await worker.ended, 0);
    assert.equal(endsOf(host).length, 3);
    assert.equal(startsOf(host).length, 3);
    assert.deepEqual(await stateCounts(), { done: 3, pending: 2 });
    const { rows } = await producer.database.query(
      `SELECT 1 FROM cairnloop.deliveries WHERE lease_until IS NOT NULL
       UNION ALL SELECT 1 FROM cairnloop.agenda_jobs WHERE locked_at IS NOT NULL`,
    );
    assert.deepEqual(rows, [], 'no lease and no lock is left');
  });

  it('OP5 a second signal exits at once', async () => {
    const host = writeHost({});
    host.letEnd(0);
    const worker = await startWorker(host);
    await resolveMany(1);
    await eventually(() => assert.equal(startsOf(host).length, 1));
    worker.signal('SIGTERM');
    await eventually(() => assert.match(worker.stderr(), /SIGTERM/));
    worker.signal('SIGTERM');
    assert.equal(await worker.ended, 'SIGTERM');
    assert.deepEqual(await stateCounts(), { pending: 1 });
  });
});

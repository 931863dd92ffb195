import assert from 'node:assert/strict';
import { execa } from 'execa';
import { agendaJobNames } from '../../src/agenda/jobs.js';
import type { JobsConfig } from '../../src/config/config-types.js';
import type { Notifier } from '../../src/contracts/notifier.js';
import { createTestDatabase } from '../support/database.js';
import { atOnce, recordingGenerator } from '../support/drafting.js';
import { causes, methods, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { type NotifierCall, recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import {
  type RecordingHost,
  recordingHost,
  startWorkerProcess,
  type WorkerProcess,
} from '../support/worker-process.js';

/** A job backend as the checks see it. */
export interface JobsUnderTest {
  jobs: JobsConfig;
  /** The names of the jobs that some worker holds. */
  lockedJobs(host: StartedHost): Promise<string[]>;
}

/** What has to hold for every store of Agenda's jobs. To be called in a `describe`; `prepare` runs before each test. */
export function deliversOver(prepare: () => JobsUnderTest): void {
  const { startHost } = useHosts();
  let backend: JobsUnderTest;
  let folder: RecordingHost | undefined;
  let workers: WorkerProcess[] = [];

  beforeEach(() => {
    backend = prepare();
  });
  afterEach(async () => {
    for (const worker of workers) worker.signal('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
    folder?.remove();
    [folder, workers] = [undefined, []];
  });

  const start = async (
    answer?: (call: NotifierCall) => unknown,
    options: Parameters<typeof startHost>[1] = {},
    worker = {},
  ) => {
    const { notifier, calls } = recordingNotifier(answer, { replies: true });
    const config = { jobs: backend.jobs, notifier, worker, slaPolicyProvider: policies(terms) };
    return { host: await startHost(config, options), calls };
  };
  const states = async ({ database }: StartedHost) => {
    const { rows } = await database.query(
      'SELECT state, count(*)::int AS count FROM cairnloop.deliveries GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  const allDone = (host: StartedHost, count: number) =>
    eventually(async () => assert.deepEqual(await states(host), { done: count }), 30_000);
  const resolveMany = async ({ cairnloop }: StartedHost, count: number) => {
    const opened = await Promise.all(Array.from({ length: count }, () => cairnloop.conversations.open({})));
    await Promise.all(opened.map(({ id }) => cairnloop.conversations.resolve(id, { resolvedBy: operator })));
  };

  /** A lock that a drain runs under may be read a little later than it was taken. */
  const lockedNow = (host: StartedHost) =>
    eventually(async () => {
      const names = await backend.lockedJobs(host);
      assert.notDeepEqual(names, [], 'no job is locked');
      return names;
    });

  for (const method of methods) {
    it(`NT2 ${method} is called once, in the Agenda job "${agendaJobNames[causes[method].topic]}"`, async () => {
      const locked: string[][] = [];
      const { host, calls } = await start(async () => void locked.push(await lockedNow(host)));
      await causes[method].cause(host, 'any');
      await allDone(host, 1);
      assert.deepEqual(locked, [[agendaJobNames[causes[method].topic]]]);
      assert.deepEqual(
        calls.map((call) => call.method),
        [method] satisfies (keyof Notifier)[],
      );
    });
  }

  it('AP10 a draft is made in the Agenda job "draft"', async () => {
    const locked: string[][] = [];
    const { draftGenerator, calls } = recordingGenerator(async () => {
      locked.push(await lockedNow(host));
      return { ok: true, value: null };
    });
    const host = await startHost({ jobs: backend.jobs, draftGenerator, ...atOnce });
    await host.cairnloop.conversations.open({ message: 'Where is it?' });
    await allDone(host, 1);
    assert.deepEqual([locked, calls.length], [[[agendaJobNames.draft]], 1]);
  });

  it('NT2 without a worker nothing fires; once one starts all of it does', async () => {
    const { host, calls } = await start(undefined, { worker: false });
    for (const method of methods) await causes[method].cause(host, 'waiting');
    assert.deepEqual([await states(host), calls.length], [{ pending: methods.length }, 0]);
    await host.cairnloop.worker.start();
    await allDone(host, methods.length);
    assert.deepEqual(calls.map((call) => call.method).sort(), [...methods].sort());
  });

  it('NT3 a failure is retried, then discarded, and delivered when it is retried by hand', async () => {
    let broken = true;
    const failing = () => {
      if (broken) throw new Error('the CRM is down');
    };
    const { host, calls } = await start(failing, {}, { maxAttempts: 2 });
    await host.stopClock();
    await causes.onOutboundTriggered.cause(host, 'any');
    await eventually(async () => assert.ok((await host.deliveries('outbound'))[0]?.lastError, 'not failed yet'));
    assert.equal(calls.length, 1);
    await host.advance(60_000);
    await eventually(async () => assert.deepEqual(await states(host), { discarded: 1 }));
    assert.equal(calls.length, 2);
    broken = false;
    const [delivery] = await host.deliveries('outbound');
    await host.cairnloop.deliveries.retry(delivery?.id ?? '', { actor: operator });
    await allDone(host, 1);
    assert.deepEqual(new Set(calls.map(({ metadata }) => metadata.deliveryId)), new Set([delivery?.id]));
  });

  it('a process that runs no worker wakes the one of another, for each of a burst', async () => {
    const { host: worker, calls } = await start();
    const { host: producer, calls: none } = await start(undefined, { worker: false, database: worker.database });
    await resolveMany(producer, 300);
    await allDone(worker, 300);
    assert.deepEqual(
      [new Set(calls.map(({ conversation }) => conversation.id)).size, calls.length, none.length],
      [300, 300, 0],
    );
  });

  it('workers share one topic, and call nothing twice', async () => {
    const bothWork = () => eventually(() => assert.ok(calls.length > 0 && others.length > 0, 'one works'), 20_000);
    const { host: first, calls } = await start(bothWork, {}, { concurrency: 5 });
    const { host: second, calls: others } = await start(bothWork, { database: first.database }, { concurrency: 5 });
    await resolveMany(first, 300);
    await allDone(second, 300);
    const called = [...calls, ...others].map(({ conversation }) => conversation.id);
    assert.deepEqual([new Set(called).size, called.length], [300, 300]);
  });

  it('OP5 a worker that stopped holds no job, and works again when it is started again', async () => {
    const { host, calls } = await start();
    await resolveMany(host, 20);
    await allDone(host, 20);
    await host.cairnloop.worker.stop();
    assert.deepEqual(await backend.lockedJobs(host), []);
    await resolveMany(host, 5);
    // By the time that another one has started and made these, it would have taken some.
    const { host: other, calls: others } = await start(undefined, { database: host.database });
    await allDone(host, 25);
    assert.deepEqual([calls.length, others.length], [20, 5]);
    await other.cairnloop.worker.stop();
    await host.cairnloop.worker.start();
    await resolveMany(host, 5);
    await allDone(host, 30);
    assert.deepEqual([calls.length, others.length], [25, 5]);
  });

  it('NT6 a process that dies right after the commit still has its delivery made', async () => {
    const { host } = await start(undefined, { worker: false });
    folder = recordingHost(host.database.url, { config: { jobs: backend.jobs } });
    workers.push(await startWorkerProcess(folder));
    const { id } = await host.cairnloop.conversations.open({});
    folder.write(
      'resolve-and-die.mjs',
      `import { createCairnloop } from 'cairnloop';
       import config from './cairnloop.config.mjs';
       const cairnloop = await createCairnloop(config);
       await cairnloop.conversations.resolve('${id}', { resolvedBy: { id: 'op-7' } });
       process.kill(process.pid, 'SIGKILL');`,
    );
    const died = await execa(process.execPath, ['resolve-and-die.mjs'], { cwd: folder.folder, reject: false });
    assert.equal(died.signal, 'SIGKILL');
    await allDone(host, 1);
    assert.deepEqual(new Set(folder.calls().map(({ conversationId }) => conversationId)), new Set([id]));
  });

  it('NT16 SIGKILL in the middle of callbacks loses nothing', async () => {
    const database = await createTestDatabase(migrated);
    const { host } = await start(undefined, { worker: false, database });
    const leaseMs = 15_000;
    const config = { jobs: backend.jobs, worker: { concurrency: 10, leaseMs } };
    const recording = recordingHost(database.url, { config });
    folder = recording;
    await resolveMany(host, 100);
    const starts = () => recording.calls().filter(({ at }) => at === 'start');
    recording.letEnd(20);
    const killed = await startWorkerProcess(recording);
    workers.push(killed);
    await eventually(() => assert.equal(starts().length, 30));
    killed.signal('SIGKILL');
    await killed.ended;
    const inFlight = starts().length - ((await states(host)).done ?? 0);
    recording.letEnd(Infinity);
    await host.advance(leaseMs);
    workers.push(await startWorkerProcess(recording));
    await allDone(host, 100);
    assert.equal(new Set(starts().map(({ deliveryId }) => deliveryId)).size, 100);
    assert.ok(starts().length - 100 <= inFlight, `${starts().length - 100} repeated, ${inFlight} in flight`);
  });
}

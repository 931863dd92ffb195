import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { createAgendaJobs } from '../../src/agenda/agenda-jobs.js';
import type { AgendaTopicJob } from '../../src/agenda/jobs.js';
import { validateConfig } from '../../src/config/config-schema.js';
import type { JobsConfig } from '../../src/config/config-types.js';
import { type DeliveryTopic, deliveryTopics } from '../../src/contracts/domain.js';
import { causes } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { useMongo } from '../support/mongo.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { runCli } from '../support/run-cli.js';
import { type StartedHost, useHosts } from '../support/started-host.js';
import { type SwitchedProxy, switchedProxy } from '../support/switched-proxy.js';
import {
  type RecordingHost,
  recordingHost,
  startWorkerProcess,
  type WorkerProcess,
} from '../support/worker-process.js';
import { deliversOver } from './delivers-over.js';

describe("deliveries with Agenda's jobs in MongoDB", () => {
  const { createMongo } = useMongo();

  deliversOver(() => {
    const mongo = createMongo();
    return {
      jobs: { backend: 'mongodb', url: mongo.url },
      lockedJobs: async () => {
        const jobs = await mongo.find('cairnloop_jobs');
        return [...new Set(jobs.filter(({ lockedAt }) => lockedAt).map(({ name }) => String(name)))];
      },
    };
  });
});

describe('MongoDB as a job backend', () => {
  const { startHost } = useHosts();
  const { createMongo } = useMongo();
  let proxy: SwitchedProxy | undefined;
  let folder: RecordingHost | undefined;
  let worker: WorkerProcess | undefined;

  afterEach(async () => {
    worker?.signal('SIGKILL');
    await worker?.ended;
    await proxy?.close();
    folder?.remove();
    [proxy, folder, worker] = [undefined, undefined, undefined];
  });

  const throughProxy = async (mongo = createMongo()) => {
    proxy = await switchedProxy(mongo.url);
    return proxy;
  };
  const jobsAt = (url: string): JobsConfig => ({ backend: 'mongodb', url });
  const resolveMany = async (host: StartedHost, count: number) => {
    for (let n = 0; n < count; n += 1) await causes.onConversationResolved.cause(host, 'any');
  };
  const stateCounts = async ({ database }: StartedHost) => {
    const { rows } = await database.query(
      'SELECT state, count(*)::int AS count FROM cairnloop.deliveries GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  const failedWakeUps = (host: StartedHost) => host.log.filter(({ msg }) => /^wake-up failed/.test(String(msg))).length;

  it('NT6 unreachable while conversations are resolved: nothing is lost, and deliveries go out when it is back', async () => {
    const mongo = createMongo();
    const line = await throughProxy(mongo);
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, jobs: jobsAt(line.url) });
    await resolveMany(host, 1);
    // The job has ended too: it would look for more.
    await eventually(async () =>
      assert.deepEqual([await stateCounts(host), await mongo.find('cairnloop_jobs')], [{ done: 1 }, []]),
    );
    line.off();
    await resolveMany(host, 20);
    await eventually(() => assert.ok(failedWakeUps(host) >= 3, `${failedWakeUps(host)} wake-ups failed`), 30_000);
    assert.deepEqual(await stateCounts(host), { done: 1, pending: 20 });
    line.on();
    await eventually(async () => assert.deepEqual(await stateCounts(host), { done: 21 }), 30_000);
    assert.equal(calls.length, 21);
  });

  it('unreachable while callbacks run: they finish and settle, and none is repeated', async () => {
    const line = await throughProxy();
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { notifier, calls } = recordingNotifier(() => held);
    const host = await startHost({ notifier, jobs: jobsAt(line.url) });
    await resolveMany(host, 5);
    await eventually(() => assert.equal(calls.length, 5));
    line.off();
    finish();
    await eventually(async () => assert.deepEqual(await stateCounts(host), { done: 5 }));
    line.on();
    await resolveMany(host, 5);
    await eventually(async () => assert.deepEqual(await stateCounts(host), { done: 10 }), 30_000);
    assert.equal(calls.length, 10);
  });

  it('emptied before a worker starts and while it runs: nothing is lost', async () => {
    const mongo = createMongo();
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, jobs: jobsAt(mongo.url) }, { worker: false });
    await resolveMany(host, 3);
    await eventually(async () => assert.notDeepEqual(await mongo.find('cairnloop_jobs'), []));
    await mongo.wipe();
    await host.cairnloop.worker.start();
    for (let round = 1; round <= 3; round += 1) {
      await resolveMany(host, 10);
      await mongo.wipe();
      await eventually(async () => assert.deepEqual(await stateCounts(host), { done: 3 + 10 * round }));
    }
    assert.equal(calls.length, 33);
  });

  it('unreachable for long: a worker neither ends nor uses CPU, is not ready, and stops on request', async () => {
    const line = await throughProxy();
    const { notifier } = recordingNotifier();
    const producer = await startHost({ notifier, jobs: jobsAt(line.url) }, { worker: false });
    folder = recordingHost(producer.database.url, { config: { jobs: jobsAt(line.url) } });
    const started = await startWorkerProcess(folder);
    worker = started;
    const ready = async () => (await fetch(`${started.opsUrl}/health/ready`)).status;
    assert.equal(await ready(), 200);

    line.off();
    const triedBefore = line.tried();
    await resolveMany(producer, 10);
    await eventually(async () => assert.equal(await ready(), 503));
    await eventually(() => assert.match(started.stderr(), /(?:wake-up failed.*\n.*){2}/), 30_000);
    assert.ok(line.tried() - triedBefore < 1000, `${line.tried() - triedBefore} connections tried`);
    assert.deepEqual(await stateCounts(producer), { pending: 10 });
    line.on();
    await eventually(async () => assert.deepEqual(await stateCounts(producer), { done: 10 }), 30_000);
    await eventually(async () => assert.equal(await ready(), 200));

    line.off();
    started.signal('SIGTERM');
    assert.equal(await started.ended, 0, started.stderr());
    assert.doesNotMatch(started.stderr(), /Unhandled|\n {4}at /);
  });

  it('gets one collection with one index from workers that start at the same moment', async () => {
    const { database } = await startHost({}, { worker: false });
    for (let round = 0; round < 3; round += 1) {
      const mongo = createMongo();
      const config = validateConfig({ database: { url: database.url }, jobs: jobsAt(mongo.url) });
      const booted = Array.from({ length: 8 }, () => createAgendaJobs(config, pino({ level: 'silent' })));
      const drain = { run: async () => {}, full: false };
      const drains = Object.fromEntries(deliveryTopics.map((topic) => [topic, drain])) as Record<
        DeliveryTopic,
        AgendaTopicJob
      >;
      await Promise.all(booted.map((jobs) => jobs.start(drains)));
      await Promise.all(booted.map((jobs) => jobs.probe()));
      assert.deepEqual(await mongo.collections(), ['cairnloop_jobs']);
      assert.deepEqual(await mongo.indexes('cairnloop_jobs'), ['_id_', 'next_job']);
      for (const jobs of booted) await jobs.stop();
      await Promise.all(booted.map((jobs) => jobs.close()));
    }
  });

  it('may be shared by two schemas and the Agenda of the host: each has a collection of its own', async () => {
    const { database } = await startHost({}, { worker: false });
    const mongo = createMongo();
    for (const schema of ['cairnloop', 'support']) {
      const config = validateConfig({ database: { url: database.url, schema }, jobs: jobsAt(mongo.url) });
      const jobs = createAgendaJobs(config, pino({ level: 'silent' }));
      jobs.wake('outbound');
      await eventually(async () => assert.equal((await mongo.find(`${schema}_jobs`)).length, 1));
      await jobs.close();
    }
    assert.deepEqual(await mongo.collections(), ['cairnloop_jobs', 'support_jobs']);
  });

  it('CL6 is checked by doctor', async () => {
    const { database } = await startHost({}, { worker: false });
    const { url } = createMongo();
    folder = recordingHost(database.url, { config: { jobs: jobsAt(url) } });
    const { stdout } = await runCli(['doctor', '--json'], { cwd: folder.folder });
    const found = JSON.parse(stdout).findings.find(({ code }: { code: string }) => code === 'JOBS');
    assert.deepEqual([found.level, found.message], ['ok', 'The mongodb job backend is reachable.']);
  });
});

describe('a worker without its MongoDB', () => {
  const { startHost } = useHosts();
  const password = 'hunter2-canary';
  let host: StartedHost;
  let folder: RecordingHost | undefined;
  afterEach(() => folder?.remove());

  const hostWith = async (url: string) => {
    host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    folder = recordingHost(host.database.url, { config: { jobs: { backend: 'mongodb', url } } });
    return folder;
  };

  for (const [what, url, reason] of [
    ['that is down', `mongodb://app:${password}@127.0.0.1:1/app`, 'ECONNREFUSED'],
    ['whose URL nobody can read', `mongodb://app:${password}@/app?x`, ''],
  ] as const) {
    it(`CL5 ${what} refuses to start, in one sentence with a hint and without the password`, async () => {
      const { folder: cwd } = await hostWith(url);
      await causes.onConversationResolved.cause(host, 'any');
      const { exitCode, stdout, stderr } = await runCli(['worker'], { cwd });
      assert.equal(exitCode, 1, stderr);
      const [refusal = '', hint, end, ...rest] = stderr.split('\n');
      assert.match(refusal, /^The mongodb job backend cannot be reached: .*\.$/);
      assert.ok(refusal.includes(reason), refusal);
      assert.match(hint ?? '', /jobs\.url/);
      assert.deepEqual([end, rest, stdout.includes(password), stderr.includes(password)], ['', [], false, false]);
      assert.deepEqual(
        (await host.deliveries('conversation_resolved')).map(({ state }) => state),
        ['pending'],
      );
    });
  }

  for (const missing of ['@agendajs/mongo-backend', 'mongodb']) {
    it(`CL5 and without the package ${missing} says what to install; so does doctor`, async () => {
      const { folder: cwd } = await hostWith(`mongodb://app:${password}@127.0.0.1:1/app`);
      const env = { NODE_OPTIONS: `--import ${withoutPackage(missing)}` };
      const { exitCode, stderr } = await runCli(['worker'], { cwd, env });
      assert.equal(exitCode, 1, stderr);
      const { dependencies = {}, peerDependencies = {} } = readPackage();
      assert.equal(dependencies['@agendajs/mongo-backend'], undefined);
      const backend = `@agendajs/mongo-backend@${peerDependencies['@agendajs/mongo-backend']}`;
      assert.equal(
        stderr,
        `jobs.backend is "mongodb", but ${missing} is not installed.\nRun \`npm install ${backend} mongodb@7\`.\n`,
      );
      const doctor = await runCli(['doctor'], { cwd, env });
      assert.ok(doctor.stdout.includes(`[blocked] JOBS: jobs.backend is "mongodb", but ${missing} is not installed.`));
    });
  }
});

/** A loader, as a URL, for which a package is not installed. */
function withoutPackage(name: string): string {
  const hooks = `export async function resolve(specifier, context, next) {
    if (specifier !== '${name}') return next(specifier, context);
    throw Object.assign(new Error("Cannot find package '${name}' imported from here"), { code: 'ERR_MODULE_NOT_FOUND' });
  }`;
  const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  return asUrl(`import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))});`);
}

function readPackage(): { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
}

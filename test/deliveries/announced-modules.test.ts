import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/connect.js';
import { readAnnouncedModules } from '../../src/deliveries/announced-modules.js';
import { owedCallbacksLogLine } from '../../src/deliveries/log-owed-callbacks.js';
import { recordingGenerator } from '../support/drafting.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

/** A web process whose config has no notifier, and workers whose config has one. */
describe('modules that the workers of a schema announce', () => {
  const { startHost } = useHosts();
  const slaPolicyProvider = policies(terms);
  const withoutWorker = { worker: false };
  const survey = { templateId: 'survey', content: 'How did we do?' };

  const announced = async ({ database }: StartedHost) => {
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
    return readAnnouncedModules(db).finally(() => db.close());
  };
  const saidAtStart = ({ log }: StartedHost) =>
    log.map(({ msg }) => String(msg)).filter((msg) => /^no notifier/.test(msg));
  const reply = async ({ cairnloop }: StartedHost) => {
    const { id } = await cairnloop.conversations.open({});
    return cairnloop.conversations.reply(id, { content: 'Hello', actor: operator });
  };
  const resolve = async ({ cairnloop }: StartedHost) => {
    const { id } = await cairnloop.conversations.open({});
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
  };

  it('LP1 a process without a notifier owes every callback that a worker announces', async () => {
    const { notifier, calls } = recordingNotifier(undefined, { replies: true });
    const worker = await startHost({ notifier, slaPolicyProvider });
    const web = await startHost({ slaPolicyProvider }, { database: worker.database, ...withoutWorker });
    assert.deepEqual(saidAtStart(web), [
      'no notifier.onReply in this config; the workers of schema cairnloop have it and deliver the replies',
    ]);
    await resolve(web);
    assert.equal((await reply(web)).status, 'pending');
    const { id } = await web.cairnloop.conversations.open({ message: 'Hello?' });
    await web.cairnloop.outbound.trigger(id, survey);
    await web.cairnloop.outbound.bulkTrigger([id], survey);
    await web.advance(terms.breachMinutes * minute);
    await eventually(() =>
      assert.deepEqual(calls.map(({ method }) => method).sort(), [
        'onConversationResolved',
        'onOutboundTriggered',
        'onOutboundTriggered',
        'onReply',
        'onSlaBreach',
      ]),
    );
  });

  it('LP1 replies are owed if a worker announces onReply, also without a notifier in this process', async () => {
    const { notifier } = recordingNotifier(undefined, { replies: true });
    const worker = await startHost({ notifier });
    const web = await startHost(
      { notifier: recordingNotifier().notifier },
      { database: worker.database, ...withoutWorker },
    );
    assert.equal((await reply(web)).status, 'pending');
  });

  it('are remembered while no worker runs: callbacks are owed, and delivered by the next worker', async () => {
    const { notifier, calls } = recordingNotifier(undefined, { replies: true });
    const worker = await startHost({ notifier });
    const web = await startHost({}, { database: worker.database, ...withoutWorker });
    await worker.cairnloop.worker.stop();
    await web.advance(24 * 60 * minute);
    await resolve(web);
    await reply(web);
    assert.equal(calls.length, 0);
    await worker.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 2));
  });

  it('NT10 before any worker has started nothing is owed, and the log says so', async () => {
    const web = await startHost({}, withoutWorker);
    assert.equal(await announced(web), null);
    assert.match(
      saidAtStart(web).join('\n'),
      /no worker of schema cairnloop has started yet: no callback is owed until/,
    );
    await resolve(web);
    assert.equal((await reply(web)).status, null);
    assert.deepEqual((await web.cairnloop.deliveries.list()).items, []);

    const { notifier, calls } = recordingNotifier(undefined, { replies: true });
    await startHost({ notifier }, { database: web.database });
    await resolve(web);
    assert.equal((await reply(web)).status, 'pending');
    await eventually(() => assert.equal(calls.length, 2));
  });

  it('NT10 workers without a notifier announce none: outbound is refused, resolve owes nothing', async () => {
    const worker = await startHost({});
    assert.deepEqual(await announced(worker), []);
    const web = await startHost({}, { database: worker.database, ...withoutWorker });
    assert.match(saidAtStart(web).join('\n'), /no notifier, here or in the workers/);
    const { id } = await web.cairnloop.conversations.open({});
    await assert.rejects(web.cairnloop.outbound.trigger(id, survey), { code: 'NOTIFIER_REQUIRED' });
    await resolve(web);
    assert.deepEqual((await web.cairnloop.deliveries.list()).items, []);
  });

  it('are withdrawn once the last worker with the notifier is gone, and not before', async () => {
    const { notifier } = recordingNotifier();
    const older = await startHost({ notifier });
    const newer = await startHost({}, { database: older.database });
    assert.deepEqual(await announced(newer), ['notifier']);
    await older.cairnloop.worker.stop();
    await newer.cairnloop.worker.stop();
    await newer.cairnloop.worker.start();
    assert.deepEqual(await announced(newer), []);
  });

  it('are complete when eight workers with different modules start at the same moment', async () => {
    const { notifier } = recordingNotifier(undefined, { replies: true });
    const { draftGenerator } = recordingGenerator();
    const first = await startHost({}, withoutWorker);
    const modules = [{}, { notifier }, {}, { draftGenerator }, {}, { notifier: recordingNotifier().notifier }, {}, {}];
    const hosts = await Promise.all(
      modules.map((config) => startHost(config, { database: first.database, ...withoutWorker })),
    );
    await Promise.all(hosts.map(({ cairnloop }) => cairnloop.worker.start()));
    assert.deepEqual(await announced(first), ['draftGenerator', 'notifier', 'notifier.onReply']);
  });

  it('NT8 a clock that started before any worker is not ended silently by a worker without the notifier', async () => {
    const web = await startHost({ slaPolicyProvider }, withoutWorker);
    await web.cairnloop.conversations.open({ message: 'Hello?' });
    // Another worker that has one, and that is busy elsewhere.
    await web.database.query(`
      INSERT INTO cairnloop.worker_heartbeats (worker_id, host, pid, version, state, concurrency, modules, started_at, beat_at)
      VALUES (gen_random_uuid(), 'elsewhere', 1, '0', 'running', 20, '{notifier}', now(), now() + interval '1 day')`);
    const without = await startHost({ slaPolicyProvider }, { database: web.database });
    await web.advance(terms.breachMinutes * minute);
    await eventually(async () => {
      const [delivery] = await web.deliveries('sla_breach');
      assert.match(delivery?.lastError ?? '', /no notifier is configured in this worker/);
    });
    await without.cairnloop.worker.stop();
    const { notifier, calls } = recordingNotifier();
    await startHost({ notifier, slaPolicyProvider }, { database: web.database });
    await web.advance(minute);
    await eventually(() => assert.equal(calls.length, 1));
  });

  it('AP10 a process without a draftGenerator asks for drafts that the workers can make', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const worker = await startHost({ draftGenerator });
    const web = await startHost({ drafts: { debounceMs: 0 } }, { database: worker.database, ...withoutWorker });
    const { id } = await web.cairnloop.conversations.open({ message: 'Where is it?' });
    await eventually(() => assert.equal(calls.length, 1));
    assert.equal(calls[0]?.conversation.id, id);
  });

  it('LP2 a worker without onReply leaves the reply to one that has it', async () => {
    const { notifier, calls } = recordingNotifier(undefined, { replies: true });
    const newer = await startHost({ notifier }, withoutWorker);
    const older = await startHost({ notifier: recordingNotifier().notifier }, { database: newer.database });
    const message = await reply(newer);
    await eventually(async () => {
      const [delivery] = await newer.deliveries('reply');
      assert.match(delivery?.lastError ?? '', /no notifier\.onReply is configured in this worker/);
    });
    await older.cairnloop.worker.stop();
    await newer.cairnloop.worker.start();
    await newer.advance(minute);
    await eventually(() => assert.equal(calls[0]?.message?.id, message.id));
  });

  it('the log says at the start which callbacks are owed, or that none are', () => {
    const { notifier } = recordingNotifier();
    const told = (config: object, modules: Parameters<typeof owedCallbacksLogLine>[1]) =>
      owedCallbacksLogLine(config, modules, 's');
    assert.match(told({ notifier }, ['notifier'])?.message ?? '', /replies are stored, and nobody is notified/);
    assert.match(told({ notifier }, null)?.message ?? '', /replies are stored, and nobody is notified/);
    assert.equal(told({}, null)?.level, 'warn');
    assert.match(told({}, [])?.message ?? '', /no callback is owed, and outbound messages are refused/);
    assert.match(
      told({}, ['notifier', 'notifier.onReply'])?.message ?? '',
      /the workers of schema s have it and deliver the replies/,
    );
  });
});

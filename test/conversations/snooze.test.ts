import assert from 'node:assert/strict';
import pg from 'pg';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { holdRow } from '../support/drafting.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { recordingHost, startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';
import { useWorkspaces } from '../workspace/served-workspace.js';

describe('a snoozed conversation', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();
  const workers: WorkerProcess[] = [];
  afterEach(async () => {
    for (const worker of workers) worker.signal('SIGKILL');
    await Promise.all(workers.splice(0).map((worker) => worker.ended));
  });

  /** So many milliseconds ahead of the database's clock. */
  const ahead = async ({ database }: StartedHost, ms: number) => {
    const { rows } = await database.query('SELECT cairnloop.clock() AS now');
    return new Date(rows[0].now.getTime() + ms);
  };

  const woken = async ({ cairnloop }: StartedHost) =>
    (await cairnloop.audit.list({ action: 'conversation.woken', limit: 200 })).items;

  it('LP6 is not in the open queue, its counts and lists until its time, also if no worker runs', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const workspace = await serve(host);
    const { id } = await conversations.open({ subject: 'Sleeper', message: 'Hello?' });
    const other = await conversations.open({ subject: 'Waker', message: 'Hello?' });
    const until = await ahead(host, 3_600_000);
    const snoozed = await conversations.snooze(id, { until, actor });
    assert.deepEqual([snoozed.status, snoozed.snoozedUntil], ['open', until]);
    const shown = async (filter: string) => {
      const { text } = await workspace.get(`/?filter=${filter}`);
      return ['Sleeper', 'Waker'].filter((subject) => text.includes(subject));
    };
    const counted = async (filter: string) =>
      new RegExp(`filter=${filter}"[^]*?>(\\d+)<`).exec((await workspace.get('/?filter=resolved')).text)?.[1];
    for (const filter of ['open', 'needs-reply']) assert.deepEqual(await shown(filter), ['Waker'], filter);
    assert.equal(await counted('needs-reply'), '1');
    assert.match((await workspace.get('/?q=Sleeper')).text, /Sleeper/);
    assert.deepEqual(
      (await conversations.list({ snoozed: false })).items.map((found) => found.id),
      [other.id],
    );
    await host.advance(3_600_000);
    for (const filter of ['open', 'needs-reply']) assert.deepEqual(await shown(filter), ['Sleeper', 'Waker'], filter);
    assert.equal(await counted('needs-reply'), '2');
    assert.equal(await conversations.count({ snoozed: true }), 0);
    assert.equal(await conversations.count({ snoozed: false }), 2);
  });

  it('LP6 wakes at a customer’s message, recorded in audit and domain events', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations, telemetry } = host.cairnloop;
    const heard: unknown[] = [];
    telemetry.attach('t', ['cairnloop.conversation.snoozed', 'cairnloop.conversation.woken'], (event, _, metadata) =>
      heard.push([event, metadata.because]),
    );
    const { id } = await conversations.open({ actorId: 'ada', message: 'Hello?' });
    await conversations.snooze(id, { until: await ahead(host, 3_600_000), actor });
    await conversations.reply(id, { content: 'We look into it', actor });
    await conversations.note(id, { content: 'Look on Monday', actor });
    assert.equal(await conversations.count({ snoozed: true }), 1, 'an operator’s words do not wake it');
    await conversations.receive(id, { content: 'Any news?' });
    assert.equal((await conversations.get(id)).snoozedUntil, null);
    assert.deepEqual(
      (await woken(host)).map(({ actor, detail }) => [actor.id, detail]),
      [['ada', { because: 'customer' }]],
    );
    assert.deepEqual(heard, [
      ['cairnloop.conversation.snoozed', undefined],
      ['cairnloop.conversation.woken', 'customer'],
    ]);
  });

  it('LP6 is woken once by workers that were already running, two at once, and never early', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const folder = recordingHost(host.database.url);
    try {
      workers.push(await startWorkerProcess(folder), await startWorkerProcess(folder));
      const due = new Map<string, Date>();
      for (let n = 0; n < 30; n += 1) {
        const { id } = await conversations.open({});
        const until = await ahead(host, 500 + n * 50);
        due.set(id, until);
        await conversations.snooze(id, { until, actor });
      }
      await eventually(async () => assert.equal((await woken(host)).length, due.size));
      for (const { at, actor, conversationId, detail } of await woken(host)) {
        const until = due.get(conversationId ?? '');
        assert.ok(until && at >= until);
        assert.deepEqual([actor.id, detail.because], ['system:snooze', 'time']);
        due.delete(conversationId ?? '');
      }
      assert.equal(due.size, 0);
      assert.ok((await conversations.list()).items.every(({ snoozedUntil }) => snoozedUntil === null));
    } finally {
      folder.remove();
    }
  });

  it('LP6 wakes even if the worker that had set its timer is killed', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const folder = recordingHost(host.database.url);
    try {
      const first = await startWorkerProcess(folder);
      workers.push(first);
      const { id } = await conversations.open({});
      await conversations.snooze(id, { until: await ahead(host, 1500), actor });
      first.signal('SIGKILL');
      await first.ended;
      workers.push(await startWorkerProcess(folder));
      await eventually(async () => assert.equal((await conversations.get(id)).snoozedUntil, null));
      assert.equal((await woken(host)).length, 1);
    } finally {
      folder.remove();
    }
  });

  it('LP6 a locked conversation does not keep others from waking', async () => {
    const host = await startHost();
    const { conversations } = host.cairnloop;
    const [held, free] = [await conversations.open({}), await conversations.open({})];
    const until = await ahead(host, 3_600_000);
    for (const { id } of [held, free]) await conversations.snooze(id, { until, actor });
    const letGo = await holdRow(
      new pg.Client(host.database.url),
      'SELECT FROM cairnloop.conversations WHERE id = $1 FOR UPDATE',
      [held.id],
    );
    try {
      await host.advance(3_600_000);
      await eventually(async () => assert.equal((await conversations.get(free.id)).snoozedUntil, null));
      assert.deepEqual((await conversations.get(held.id)).snoozedUntil, until);
    } finally {
      await letGo();
    }
    await eventually(async () => assert.equal((await conversations.get(held.id)).snoozedUntil, null));
  });

  it('LP6 its SLA clock runs on, and breaches', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(terms) });
    const { conversations, sla } = host.cairnloop;
    const workspace = await serve(host);
    const { id } = await conversations.open({ subject: 'Sleeper', priority: terms.priority, message: 'Hello?' });
    const running = await sla.forConversation(id);
    await conversations.snooze(id, { until: await ahead(host, 2 * terms.breachMinutes * minute), actor });
    assert.deepEqual(await sla.forConversation(id), running);
    await host.advance(terms.breachMinutes * minute);
    await eventually(() => assert.equal(calls.length, 1));
    assert.equal((await sla.forConversation(id))?.status, 'breached');
    assert.equal(await conversations.count({ snoozed: true }), 1);
    assert.match((await workspace.get('/?filter=breached')).text, /Sleeper/);
    assert.doesNotMatch((await workspace.get('/?filter=open')).text, /Sleeper/);
  });

  it('LP6 is moved to another time, woken by null, and unchanged by its own time', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations, audit } = host.cairnloop;
    const { id } = await conversations.open({});
    const [first, second] = [await ahead(host, 3_600_000), await ahead(host, 7_200_000)];
    await conversations.snooze(id, { until: null, actor });
    await conversations.snooze(id, { until: first, actor });
    await conversations.snooze(id, { until: second, actor });
    const before = [await conversations.get(id), await audit.list()];
    const { messages: _, ...head } = await conversations.get(id);
    assert.deepEqual(await conversations.snooze(id, { until: second, actor }), head);
    assert.deepEqual([await conversations.get(id), await audit.list()], before);
    assert.equal((await conversations.snooze(id, { until: null, actor })).snoozedUntil, null);
    await conversations.snooze(id, { until: null, actor });
    assert.deepEqual(
      (await audit.list({ conversationId: id })).items.map(({ action }) => action),
      ['conversation.woken', 'conversation.snoozed', 'conversation.snoozed', 'conversation.opened'],
    );
  });

  it('LP6 a time in the past of the database’s clock, and an invalid time, are refused', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({});
    const soon = await ahead(host, 60_000);
    await host.advance(120_000);
    const wrong = [soon, new Date(0), new Date(Number.NaN), new Date(8.64e15), '2099-01-01', 4102444800000, undefined];
    for (const until of wrong as Date[])
      await assert.rejects(conversations.snooze(id, { until, actor }), (error: CairnloopError) => {
        assert.equal(error.code, 'INPUT_INVALID');
        assert.match(error.message, /until: expected a Date in the future, or null to wake it now, found /);
        return true;
      });
    assert.equal((await conversations.get(id)).snoozedUntil, null);
  });

  it('LP6 is awake once it is resolved or archived, and cannot be snoozed then', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const until = await ahead(host, 3_600_000);
    const [first, second] = [await conversations.open({}), await conversations.open({})];
    for (const { id } of [first, second]) await conversations.snooze(id, { until, actor });
    assert.equal((await conversations.resolve(first.id, { resolvedBy: actor })).snoozedUntil, null);
    assert.equal((await conversations.archive(second.id, { actor })).snoozedUntil, null);
    for (const { id } of [first, second])
      await assert.rejects(conversations.snooze(id, { until, actor }), { code: 'CONVERSATION_RESOLVED' });
    await assert.rejects(conversations.snooze('no id', { until, actor }), { code: 'CONVERSATION_NOT_FOUND' });
    await assert.rejects(conversations.snooze('no id', { until: null, actor }), { code: 'CONVERSATION_NOT_FOUND' });
  });
});

import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { parseNotifyPayload, toNotifyPayloads } from '../../src/change-feed/announce.js';
import type { ChangeFeed, ChangeListener, ChangeVisibility } from '../../src/change-feed/change-feed.js';
import { openChangeFeed } from '../../src/change-feed/open-change-feed.js';
import { openDatabase } from '../../src/db/connect.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const log = pino({ level: 'silent' });

describe('the change feed', () => {
  let database: TestDatabase;
  const cleanup: (() => Promise<unknown>)[] = [];

  before(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const release of cleanup.splice(0).reverse()) await release();
  });
  after(() => database.drop());

  /** What a process of its own would open. */
  function open(schema = 'cairnloop') {
    const db = openDatabase({ url: database.url, schema, poolSize: 4 });
    const activity = openChangeFeed(db, log);
    cleanup.push(
      () => db.close(),
      () => activity.close(),
    );
    return activity;
  }

  /** Subscribes, and waits for the word that the connection is up; what is said from then on reaches `listener`. */
  async function listen(activity: ChangeFeed, listener: ChangeListener): Promise<() => void> {
    let isUp = false;
    const stop = activity.subscribe((ids) => {
      if (isUp) listener(ids);
      isUp ||= ids.length === 0;
    });
    await until(() => isUp);
    return stop;
  }

  it('notifies every process that listens, including the one that made the change', async () => {
    const [one, two] = [open(), open()];
    const heard = { one: new Set<string>(), two: new Set<string>() };
    await listen(one, (ids) => ids.forEach((id) => void heard.one.add(id)));
    await listen(two, (ids) => ids.forEach((id) => void heard.two.add(id)));
    const id = randomUUID();
    one.changed(id);
    await until(() => heard.one.has(id) && heard.two.has(id));
  });

  it('merges many changes into few messages and loses none below its bound', async () => {
    const activity = open();
    const heard = new Set<string>();
    let messages = 0;
    await listen(activity, (ids) => {
      messages += 1;
      for (const id of ids) heard.add(id);
    });
    const ids = Array.from({ length: 900 }, () => randomUUID());
    for (const id of [...ids, ...ids]) activity.changed(id);
    await until(() => heard.size === ids.length);
    assert.ok(messages <= 10, `${messages} messages`);
  });

  it('sends "anything" instead of a long list of ids, and stays well below 8000 bytes', () => {
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    const changes = new Map<string, ChangeVisibility>(ids.map((id) => [id, 'internal']));
    assert.deepEqual(toNotifyPayloads(changes), ['*']);
    changes.delete(ids[0] ?? '');
    const payloads = toNotifyPayloads(changes);
    assert.equal(payloads.flatMap((payload) => payload.split(',')).length, 999);
    for (const payload of payloads) assert.ok(Buffer.byteLength(payload) < 8000);
  });

  it('notifies listeners for visible changes of those only, and merges several changes into the widest one', async () => {
    const activity = open();
    const heard = { internal: [] as string[], visible: [] as string[] };
    await listen(activity, (ids) => heard.internal.push(...ids));
    activity.subscribe((ids) => heard.visible.push(...ids), 'visible');
    const [note, reply, both, last] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    activity.changed(note);
    activity.changed(reply, 'visible');
    activity.changed(both, 'visible');
    activity.changed(both, 'internal');
    await until(() => heard.internal.length === 3);
    activity.changed(last, 'visible');
    await until(() => heard.visible.includes(last));
    assert.deepEqual(heard, { internal: [note, reply, both, last], visible: [reply, both, last] });
  });

  it('treats the message of an earlier version, which holds ids only, as a visible change', () => {
    const [one, other] = [randomUUID(), randomUUID()];
    assert.deepEqual(
      parseNotifyPayload(`${one},~${other}`),
      new Map([
        [one, 'visible'],
        [other, 'internal'],
      ]),
    );
    assert.equal(parseNotifyPayload('*'), null);
  });

  it('keeps schemas of one database apart', async () => {
    const [ours, theirs] = [open('ours'), open('theirs')];
    const heard = { ours: [] as string[], theirs: [] as string[] };
    await listen(ours, (ids) => heard.ours.push(...ids));
    await listen(theirs, (ids) => heard.theirs.push(...ids));
    // Postgres tells each connection in the order of the commits: who hears the next word has missed none before it.
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    ours.changed(first);
    await until(() => heard.ours.includes(first));
    theirs.changed(second);
    await until(() => heard.theirs.includes(second));
    ours.changed(third);
    await until(() => heard.ours.includes(third));
    assert.deepEqual(heard, { ours: [first, third], theirs: [second] });
  });

  it('reconnects after the server ended its connection, and reports that anything may have changed meanwhile', async () => {
    const activity = open();
    const heard: (readonly string[])[] = [];
    await listen(activity, (ids) => heard.push(ids));
    const { rowCount } = await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query like 'LISTEN%'`,
    );
    assert.notEqual(rowCount, 0);
    await until(() => heard.some((ids) => ids.length === 0));
    const id = randomUUID();
    activity.changed(id);
    await until(() => heard.some((ids) => ids.includes(id)));
  });

  it('never throws at the caller, also if the database fails', async () => {
    const db = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', schema: 'x', poolSize: 1 });
    const said: string[] = [];
    const activity = openChangeFeed(db, pino({}, { write: (line: string) => said.push(line) }));
    activity.subscribe(() => {});
    activity.changed(randomUUID());
    for (const failure of ['could not be announced', 'connection lost'])
      await until(() => said.some((line) => line.includes(failure)));
    await activity.close();
    activity.changed(randomUUID());
    await db.close();
  });

  it('opens no connection for a subscription after it was closed', async () => {
    const activity = open();
    await activity.close();
    const stop = activity.subscribe(() => assert.fail('nobody tells'));
    await sleep(200);
    const { rows } = await database.query(
      "select from pg_stat_activity where datname = current_database() and query like 'LISTEN%'",
    );
    assert.equal(rows.length, 0);
    stop();
  });

  it('notifies the other listeners when one throws', async () => {
    const activity = open();
    const heard: string[] = [];
    activity.subscribe(() => {
      throw new Error('a page went away');
    });
    const stop = await listen(activity, (ids) => heard.push(...ids));
    const id = randomUUID();
    activity.changed(id);
    await until(() => heard.includes(id));
    stop();
    let wordCame = false;
    activity.subscribe(() => {
      wordCame = true;
    });
    activity.changed(randomUUID());
    await until(() => wordCame);
    assert.deepEqual(heard, [id]);
  });
});

/** Waits for what must come; the test's own time-out is the bound. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { toPayloads } from '../../src/activity/announce.js';
import { openActivity } from '../../src/activity/open-activity.js';
import { openDatabase } from '../../src/db/connect.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const log = pino({ level: 'silent' });

describe('activity', () => {
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
    const activity = openActivity(db, log);
    cleanup.push(
      () => db.close(),
      () => activity.close(),
    );
    return activity;
  }

  async function listening(count: number): Promise<void> {
    await until(async () => {
      const { rows } = await database.query("select from pg_stat_activity where query like 'LISTEN%'");
      return rows.length >= count;
    });
  }

  it('tells every process that listens, the changing one too', async () => {
    const [one, two] = [open(), open()];
    const heard = { one: new Set<string>(), two: new Set<string>() };
    one.subscribe((ids) => ids.forEach((id) => void heard.one.add(id)));
    two.subscribe((ids) => ids.forEach((id) => void heard.two.add(id)));
    await listening(2);
    const id = randomUUID();
    one.changed(id);
    await until(() => heard.one.has(id) && heard.two.has(id));
  });

  it('merges many changes into few messages and loses none below its bound', async () => {
    const activity = open();
    const heard = new Set<string>();
    let messages = 0;
    activity.subscribe((ids) => {
      messages += 1;
      for (const id of ids) heard.add(id);
    });
    await listening(1);
    const ids = Array.from({ length: 900 }, () => randomUUID());
    for (const id of [...ids, ...ids]) activity.changed(id);
    await until(() => heard.size === ids.length);
    assert.ok(messages <= 10, `${messages} messages`);
  });

  it('says "anything" instead of naming more than a payload list is worth, and never nears 8000 bytes', () => {
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    assert.deepEqual(toPayloads(ids), ['*']);
    const payloads = toPayloads(ids.slice(0, 999));
    assert.equal(payloads.flatMap((payload) => payload.split(',')).length, 999);
    for (const payload of payloads) assert.ok(Buffer.byteLength(payload) < 8000);
  });

  it('keeps schemas of one database apart', async () => {
    const [ours, theirs] = [open('ours'), open('theirs')];
    const heard: string[] = [];
    ours.subscribe((ids) => heard.push(...ids));
    theirs.subscribe((ids) => heard.push(...ids));
    await listening(2);
    const id = randomUUID();
    ours.changed(id);
    await until(() => heard.includes(id));
    await sleep(50);
    assert.deepEqual(heard, [id]);
  });

  it('reconnects after the server ended its connection, and says that anything may have changed meanwhile', async () => {
    const activity = open();
    const heard: (readonly string[])[] = [];
    activity.subscribe((ids) => heard.push(ids));
    await until(() => heard.length === 1);
    heard.length = 0;
    await database.query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'");
    await until(() => heard.some((ids) => ids.length === 0));
    const id = randomUUID();
    activity.changed(id);
    await until(() => heard.some((ids) => ids.includes(id)));
  });

  it('never throws at the caller, whatever the database does', async () => {
    const db = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', schema: 'x', poolSize: 1 });
    const activity = openActivity(db, log);
    activity.subscribe(() => {});
    activity.changed(randomUUID());
    await sleep(50);
    await activity.close();
    activity.changed(randomUUID());
    await db.close();
  });

  it('goes on telling the others when one listener throws', async () => {
    const activity = open();
    const heard: string[] = [];
    activity.subscribe(() => {
      throw new Error('a page went away');
    });
    const stop = activity.subscribe((ids) => heard.push(...ids));
    await listening(1);
    const id = randomUUID();
    activity.changed(id);
    await until(() => heard.includes(id));
    stop();
    activity.changed(randomUUID());
    await sleep(50);
    assert.deepEqual(heard, [id]);
  });
});

/** Waits for what must come; the test's own time-out is the bound. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

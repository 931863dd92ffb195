import { strict as assert } from 'node:assert';
import { type Database, openDatabase } from '../../src/db/connect.js';
import type { Runtime } from '../../src/runtime.js';
import { countQueueByFilter, findQueuePage } from '../../src/workspace/queries/queue.js';
import {
  parseQueueView,
  type QueueFilter,
  type QueueView,
  queueQueryString,
} from '../../src/workspace/queue-filters.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

describe('the queue', () => {
  let database: TestDatabase;
  let runtime: Runtime;
  let asked: string[];

  before(async () => {
    database = await createTestDatabase(migrated);
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 3 });
    const run: Database['run'] = (statement, ...params) => {
      asked.push(statement.name);
      return db.run(statement, ...params);
    };
    runtime = { db: { ...db, run } } as unknown as Runtime;
  });
  beforeEach(async () => {
    asked = [];
    await database.query('truncate cairnloop.conversations cascade');
  });
  after(async () => {
    await runtime.db.close();
    await database.drop();
  });

  interface Given {
    status?: string;
    unanswered?: boolean;
    /** Minutes ago. */
    active: number;
    clock?: {
      status: 'active' | 'breached' | 'fulfilled';
      startedAgo: number;
      /** When the response is due; now by default. */
      dueIn?: number;
      breachIn: number;
      paused?: boolean;
    };
    draft?: 'pending' | 'prepared';
    subject?: string;
    actorId?: string;
    message?: string;
    owner?: string;
    tags?: string[];
    /** Minutes to come. */
    snoozedFor?: number;
  }

  async function insert(given: Given): Promise<string> {
    const { rows } = await database.query(
      `insert into cairnloop.conversations (subject, actor_id, status, created_at, updated_at, last_message_at, unanswered_since,
         assignee, tags, snoozed_until)
       values ($1, $2, $3, now() - interval '1 day', now(), now() - make_interval(mins => $4),
         case when $5 then now() - make_interval(mins => $6) end, $7, $8, now() + make_interval(mins => $9))
       returning id`,
      [
        given.subject ?? null,
        given.actorId ?? null,
        given.status ?? 'open',
        given.active,
        given.unanswered ?? false,
        given.clock?.startedAgo ?? 0,
        given.owner === undefined ? null : { id: given.owner },
        given.tags ?? [],
        given.snoozedFor ?? null,
      ],
    );
    const { id } = rows[0];
    if (given.clock) {
      const { status, startedAgo, breachIn, paused, dueIn } = given.clock;
      await database.query(
        `insert into cairnloop.slas (conversation_id, priority, status, response_minutes, breach_minutes, started_at,
           response_due_at, breach_at, paused_at, completed_at)
         values ($1, 'normal', $2, 1, 2, now() - make_interval(mins => $3), now() + make_interval(mins => $6),
           now() + make_interval(mins => $4), case when $5 then now() end, case when $2 <> 'active' then now() end)`,
        [id, status, startedAgo, breachIn, paused ?? false, dueIn ?? 0],
      );
      if (status === 'breached') await markOverdue();
    }
    if (given.draft) {
      await database.query(
        `insert into cairnloop.drafts (conversation_id, type, content, risk_tier, decision, decision_outcome, decision_ms,
           input_digest, status, decided_at, created_at)
         values ($1, 'reply', 'x', 'low', 'require_approval', 'decided', 1, '', $2, now(), now())`,
        [id, given.draft],
      );
    }
    if (given.message) {
      await database.query(
        `insert into cairnloop.messages (conversation_id, role, content, created_at) values ($1, 'customer', $2, now())`,
        [id, given.message],
      );
    }
    return id;
  }

  /** As the breach of a clock leaves its conversation. */
  const markOverdue = () =>
    database.query(`update cairnloop.conversations c set overdue_since = l.breach_at
      from cairnloop.slas l where l.conversation_id = c.id and l.status = 'breached'`);

  const view = (filter: QueueFilter, cursor: string | null = null): QueueView => ({ filter, search: '', cursor });
  const ids = async (wanted: QueueView) => (await findQueuePage(runtime, wanted)).rows.map(({ id }) => id);
  const search = (text: string) => ids({ filter: 'open', search: text, cursor: null });

  it('is ordered by the most urgent clock, then by the newest message', async () => {
    const quiet = await insert({ active: 50 });
    const late = await insert({ active: 40, clock: { status: 'active', startedAgo: 10, breachIn: 100 } });
    const recent = await insert({ active: 1 });
    const urgent = await insert({ active: 90, clock: { status: 'active', startedAgo: 10, breachIn: 5 } });
    const met = await insert({ active: 20, clock: { status: 'fulfilled', startedAgo: 10, breachIn: 1 } });
    assert.deepEqual(await ids(view('open')), [urgent, late, recent, met, quiet]);
  });

  it('lists as breaching soon what a row highlights: a missed response target, or the last quarter before the breach', async () => {
    const missed = await insert({ active: 1, clock: { status: 'active', startedAgo: 10, dueIn: -1, breachIn: 90 } });
    const last = await insert({ active: 2, clock: { status: 'active', startedAgo: 90, dueIn: 5, breachIn: 10 } });
    await insert({ active: 3, clock: { status: 'active', startedAgo: 10, dueIn: 20, breachIn: 90 } });
    await insert({ active: 4, clock: { status: 'active', startedAgo: 10, dueIn: -1, breachIn: 90, paused: true } });
    assert.deepEqual(await ids(view('breaching')), [last, missed]);
    const { counts } = await countQueueByFilter(runtime);
    assert.equal(counts.breaching.value, 2);
  });

  it('has conversations with a late answer before all others, the longest waiting first', async () => {
    const running = await insert({
      active: 1,
      unanswered: true,
      clock: { status: 'active', startedAgo: 10, breachIn: -1 },
    });
    const late = await insert({
      active: 50,
      unanswered: true,
      clock: { status: 'breached', startedAgo: 90, breachIn: -10 },
    });
    const later = await insert({
      active: 9,
      unanswered: true,
      clock: { status: 'breached', startedAgo: 99, breachIn: -70 },
    });
    const answered = await insert({ active: 7, clock: { status: 'breached', startedAgo: 90, breachIn: -80 } });
    assert.deepEqual(await ids(view('open')), [later, late, running, answered]);
    assert.deepEqual(await ids(view('needs-reply')), [later, late, running]);
    assert.deepEqual(await ids(view('breached')), [later, late, running, answered]);
  });

  it('lists each conversation under its filters, with equal counts', async () => {
    const waiting = await insert({ active: 1, unanswered: true });
    const approval = await insert({ active: 2, draft: 'pending' });
    await insert({ active: 3, draft: 'prepared' });
    const soon = await insert({ active: 4, clock: { status: 'active', startedAgo: 90, breachIn: 10 } });
    await insert({ active: 5, clock: { status: 'active', startedAgo: 90, breachIn: 10, paused: true } });
    const breached = await insert({ active: 6, clock: { status: 'breached', startedAgo: 90, breachIn: -10 } });
    const unmarked = await insert({ active: 7, clock: { status: 'active', startedAgo: 90, breachIn: -1 } });
    const resolved = await insert({
      active: 8,
      status: 'resolved',
      clock: { status: 'breached', startedAgo: 9, breachIn: -1 },
    });
    await insert({ active: 9, status: 'resolved', draft: 'pending' });
    await insert({ active: 10, status: 'archived', unanswered: true });
    assert.deepEqual(await ids(view('needs-reply')), [waiting]);
    assert.deepEqual(await ids(view('needs-approval')), [approval]);
    assert.deepEqual(await ids(view('breaching')), [soon]);
    assert.deepEqual(new Set(await ids(view('breached'))), new Set([breached, unmarked]));
    assert.equal((await ids(view('resolved')))[0], resolved);
    const { counts } = await countQueueByFilter(runtime);
    const values = Object.fromEntries(Object.entries(counts).map(([filter, { value }]) => [filter, value]));
    assert.deepEqual(values, {
      'needs-reply': 1,
      'needs-approval': 1,
      breaching: 1,
      breached: 2,
      open: 7,
      resolved: 2,
      mine: 0,
      unassigned: 7,
      snoozed: 0,
    });
  });

  it('sorts by the newest message: a note, a tag or a draft changes no position', async () => {
    const [older, newer] = [await insert({ active: 20 }), await insert({ active: 10 })];
    const answered = [
      await insert({ active: 20, status: 'resolved' }),
      await insert({ active: 10, status: 'resolved' }),
    ];
    const waiting = [await insert({ active: 4, unanswered: true }), await insert({ active: 3, unanswered: true })];
    for (const id of [older, answered[0], waiting[0]]) {
      await database.query(`update cairnloop.conversations set updated_at = now() + interval '1 s' where id = $1`, [
        id,
      ]);
    }
    assert.deepEqual(await ids(view('open')), [...waiting.toReversed(), newer, older]);
    assert.deepEqual(await ids(view('resolved')), answered.toReversed());
    assert.deepEqual(await ids(view('needs-reply')), waiting.toReversed());
  });

  it('shows the operator’s own in Mine, those without owner in Unassigned, the most urgent first', async () => {
    const mine = await insert({ active: 9, owner: 'op-7' });
    const urgent = await insert({
      active: 30,
      owner: 'op-7',
      clock: { status: 'active', startedAgo: 5, breachIn: 5 },
    });
    await insert({ active: 1, owner: 'op-7', status: 'resolved' });
    await insert({ active: 1, owner: 'op-7', snoozedFor: 60 });
    const hers = await insert({ active: 2, owner: 'op-8' });
    const free = await insert({ active: 3 });
    const of = async (operator: string, filter: QueueFilter) =>
      (await findQueuePage(runtime, view(filter), operator)).rows.map(({ id }) => id);
    assert.deepEqual(await of('op-7', 'mine'), [urgent, mine]);
    assert.deepEqual(await of('op-8', 'mine'), [hers]);
    assert.deepEqual(await of('op-7', 'unassigned'), [free]);
    const { counts } = await countQueueByFilter(runtime, 'op-7');
    assert.deepEqual([counts.mine.value, counts.unassigned.value], [2, 1]);
  });

  it('shows snoozed conversations in Snoozed only, the next to wake first', async () => {
    const later = await insert({ active: 1, unanswered: true, snoozedFor: 90 });
    const next = await insert({ active: 5, snoozedFor: 10 });
    await insert({ active: 5, snoozedFor: -10, owner: 'op-7' });
    assert.deepEqual(await ids(view('snoozed')), [next, later]);
    assert.deepEqual((await ids(view('open'))).length, 1);
    assert.deepEqual(await ids(view('needs-reply')), []);
    assert.equal((await countQueueByFilter(runtime)).counts.snoozed.value, 2);
  });

  it('narrows every filter to a tag, to an owner, and to both', async () => {
    const billing = await insert({ active: 1, tags: ['billing', 'vip'], owner: 'op-7', unanswered: true });
    const free = await insert({ active: 2, tags: ['billing'], unanswered: true });
    const resolved = await insert({ active: 3, tags: ['billing'], owner: 'op-7', status: 'resolved' });
    const draft = await insert({ active: 4, tags: ['vip'], owner: 'op-8', draft: 'pending' });
    const narrowed = (filter: QueueFilter, by: { tag?: string; owner?: string }) => ids({ ...view(filter), ...by });
    assert.deepEqual(await narrowed('open', { tag: 'billing' }), [billing, free]);
    assert.deepEqual(await narrowed('open', { owner: 'op-7' }), [billing]);
    assert.deepEqual(await narrowed('open', { owner: '' }), [free]);
    assert.deepEqual(await narrowed('open', { tag: 'vip', owner: 'op-8' }), [draft]);
    assert.deepEqual(await narrowed('needs-reply', { tag: 'billing', owner: '' }), [free]);
    assert.deepEqual(await narrowed('resolved', { tag: 'billing' }), [resolved]);
    assert.deepEqual(await narrowed('resolved', { owner: 'op-7' }), [resolved]);
    assert.deepEqual(await narrowed('needs-approval', { tag: 'vip' }), [draft]);
    assert.deepEqual(await narrowed('needs-approval', { tag: 'billing' }), []);
    assert.deepEqual(await narrowed('unassigned', { tag: 'billing' }), [free]);
    assert.deepEqual(await narrowed('open', { tag: "'; --" }), []);
  });

  it('does not count a breach once a newer clock runs', async () => {
    const id = await insert({ active: 1, clock: { status: 'breached', startedAgo: 500, breachIn: -400 } });
    assert.deepEqual(await ids(view('breached')), [id]);
    await database.query(
      `insert into cairnloop.slas (conversation_id, priority, response_minutes, breach_minutes, started_at, response_due_at, breach_at)
       values ($1, 'normal', 60, 600, now(), now() + interval '1 hour', now() + interval '10 hours')`,
      [id],
    );
    assert.deepEqual(await ids(view('breached')), []);
  });

  it('shows the last message of a conversation, its customer, and what waits in it', async () => {
    const id = await insert({
      active: 3,
      unanswered: true,
      actorId: 'c-9',
      subject: 'Export',
      message: 'It fails',
      draft: 'pending',
      clock: { status: 'active', startedAgo: 1, breachIn: 60 },
    });
    await database.query(
      `insert into cairnloop.messages (conversation_id, role, content, created_at) values ($1, 'system', 'resolved', now() + interval '1 s')`,
      [id],
    );
    const [row] = (await findQueuePage(runtime, view('open'))).rows;
    assert.equal(row?.customer, 'c-9');
    assert.deepEqual(row?.preview, { role: 'customer', text: 'It fails' });
    assert.deepEqual([row?.unanswered, row?.waitingDraft, row?.clock?.status], [true, true, 'active']);
    await database.query(`update cairnloop.conversations set metadata = '{"customerName": "Zoë"}' where id = $1`, [id]);
    assert.equal((await findQueuePage(runtime, view('open'))).rows[0]?.customer, 'Zoë');
  });

  const everyPage: QueueFilter[] = ['open', 'needs-reply', 'resolved', 'needs-approval', 'breached'];
  for (const filter of everyPage) {
    it(`shows every conversation of "${filter}" on one page and no other, though times are alike`, async () => {
      const clock = "case when n % 3 = 0 then 'active' when n % 3 = 1 then 'breached' else 'fulfilled' end";
      await database.query(
        `with c as (
           insert into cairnloop.conversations (status, created_at, updated_at, unanswered_since)
           select $1, date_trunc('second', now()) - make_interval(secs => n / 10), now(), now() - interval '1 min' from generate_series(1, 180) n
           returning id
         ), numbered as (select id, row_number() over () as n from c)
         , d as (
           insert into cairnloop.drafts (conversation_id, type, content, risk_tier, decision, decision_outcome, decision_ms,
             input_digest, status, decided_at, created_at)
           select id, 'reply', 'x', 'low', 'require_approval', 'decided', 1, '', 'pending', now(), now() from c
         )
         insert into cairnloop.slas (conversation_id, priority, status, response_minutes, breach_minutes, started_at,
           response_due_at, breach_at, completed_at)
         select id, 'normal', case when $2 then 'breached' else ${clock} end, 1, 2, now(), now(), date_trunc('second', now()),
           case when $2 or n % 3 > 0 then now() end from numbered`,
        [filter === 'resolved' ? 'resolved' : 'open', filter === 'breached'],
      );
      await markOverdue();
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await findQueuePage(runtime, view(filter, cursor));
        seen.push(...page.rows.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor && seen.length < 1000);
      assert.equal(seen.length, 180);
      assert.equal(new Set(seen).size, 180);
    });
  }

  it('counts up to a limit and says that there are more', async () => {
    await database.query(
      `insert into cairnloop.conversations (created_at, updated_at) select now(), now() from generate_series(1, 1200)`,
    );
    assert.deepEqual((await countQueueByFilter(runtime)).counts.open, { value: 999, more: true });
  });

  it('finds by subject, by the beginning of an actor id, by words of a message, and by an e-mail address', async () => {
    const subject = await insert({ active: 1, subject: 'Invoice 2291 shows the wrong VAT' });
    const actor = await insert({ active: 2, actorId: 'cust_00042' });
    const message = await insert({ active: 3, message: 'Please write to zoe@example.com about the refund' });
    assert.deepEqual(await search('invoice wro'), [subject]);
    assert.deepEqual(await search('cust_000'), [actor]);
    assert.deepEqual(await search('refund'), [message]);
    assert.deepEqual(await search('zoe@example.com'), [message]);
    assert.deepEqual(await search('nothing like it'), []);
  });

  it('reads search text as words, never as query syntax', async () => {
    await insert({ active: 1, subject: 'Fifty percent (50%)', actorId: 'a%b' });
    for (const text of ["'", '%', '_', '!!', "a' OR 1=1", '(((', '& | !', '\\', '🪨', 'a:*', '<b>']) await search(text);
    assert.deepEqual(await search('%'), [], 'a wildcard is not one');
    assert.equal((await search('50')).length, 1);
  });

  it('needs three statements per page', async () => {
    await insert({ active: 1 });
    for (const filter of [
      'open',
      'mine',
      'needs-approval',
      'breaching',
      'breached',
      'resolved',
      'needs-reply',
      'snoozed',
      'unassigned',
    ] as const) {
      asked = [];
      await Promise.all([findQueuePage(runtime, view(filter)), countQueueByFilter(runtime)]);
      assert.ok(asked.length <= 3, `${filter}: ${asked}`);
    }
  });

  it('writes its view into addresses and reads it back', () => {
    const views: QueueView[] = [
      { filter: 'open', search: '', cursor: null },
      { filter: 'breached', search: '', cursor: 'abc' },
      { filter: 'open', search: 'a & b', cursor: null },
      { filter: 'snoozed', search: '', cursor: null, tag: 'a & b', owner: 'op-7' },
      { filter: 'open', search: '', cursor: null, owner: '' },
      { filter: 'mine', search: '', cursor: null, tag: 'vip' },
    ];
    for (const written of views) {
      const query = new URLSearchParams(queueQueryString(written));
      assert.deepEqual(
        parseQueueView((name) => query.get(name) ?? undefined),
        written,
      );
    }
    assert.equal(parseQueueView(() => 'nonsense').filter, 'open');
  });
});

import assert from 'node:assert/strict';
import { executeDuePendingActions } from '../../src/pending-actions/execute-due.js';
import { type PendingActionRequest, schedulePendingAction } from '../../src/pending-actions/schedule.js';
import { takeBackAction } from '../../src/pending-actions/take-back.js';
import type { Runtime } from '../../src/runtime.js';
import { runtimeOf } from '../support/runtime-of.js';
import { operator, useHosts } from '../support/started-host.js';

const colleague = { id: 'op-2', name: 'Grace' };

describe('pending actions', () => {
  const { startHost } = useHosts();
  let runtimes: Runtime[] = [];
  afterEach(async () => {
    await Promise.all(runtimes.map(({ db }) => db.close()));
    runtimes = [];
  });

  async function startThread() {
    const host = await startHost({}, { worker: false });
    const { cairnloop } = host;
    const runtime = runtimeOf(host);
    runtimes.push(runtime);
    const { id } = await cairnloop.conversations.open({ actorId: 'c-1', message: 'It fails' });
    const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: 'Drafted' });
    const base = {
      conversationId: id,
      kind: 'reply' as const,
      thenResolve: false,
      draftId: null,
      content: 'Mine',
      actor: operator,
      lastSeen: undefined,
      dedupeKey: 'k-1',
    };
    const schedule = (given: Partial<PendingActionRequest> = {}, delayMs = 5000) =>
      schedulePendingAction(runtime, { ...base, ...given }, delayMs);
    const sent = async () =>
      ((await cairnloop.conversations.get(id)).messages ?? [])
        .filter(({ role }) => role === 'operator')
        .map(({ content }) => content);
    const held = async () =>
      (
        await host.database.query<{ code: string }>(
          `SELECT held ->> 'code' AS code FROM cairnloop.pending_actions ORDER BY id`,
        )
      ).rows.map(({ code }) => code);
    const status = async () => (await cairnloop.conversations.get(id)).status;
    const approve = { kind: 'approve', draftId: draft.id, content: null, dedupeKey: `draft:${draft.id}` } as const;
    return {
      ...host,
      id,
      draft,
      approve,
      schedule,
      sent,
      held,
      status,
      run: () => executeDuePendingActions(runtime),
      runtime,
    };
  }

  it('OA4 a reply waits for its time, and is sent once by several processes', async () => {
    const { advance, schedule, sent, run, held } = await startThread();
    await schedule();
    await run();
    assert.deepEqual(await sent(), []);
    await advance(6000);
    await Promise.all([run(), run(), run()]);
    await run();
    assert.deepEqual([await sent(), await held()], [['Mine'], []]);
  });

  it('OA4 an action that is taken back is not carried out, and returns its text', async () => {
    const { id, advance, schedule, sent, run, runtime, status } = await startThread();
    const reply = await schedule();
    const resolve = await schedule({ kind: 'resolve', content: null, dedupeKey: 'resolve', lastSeen: undefined });
    const by = { conversationId: id, operatorId: operator.id };
    assert.equal(await takeBackAction(runtime, { ...by, id: reply?.id ?? '', operatorId: colleague.id }), null);
    assert.equal((await takeBackAction(runtime, { ...by, id: reply?.id ?? '' }))?.content, 'Mine');
    assert.equal(await takeBackAction(runtime, { ...by, id: reply?.id ?? '' }), null);
    await advance(6000);
    await run();
    assert.deepEqual([await sent(), await status()], [[], 'open'], 'what was asked for after it is held');
    assert.ok(await takeBackAction(runtime, { ...by, id: resolve?.id ?? '' }));
  });

  it('OA4 of taking back and carrying out at once one succeeds', async () => {
    const { id, advance, schedule, sent, run, runtime } = await startThread();
    for (let round = 0; round < 12; round += 1) {
      const action = await schedule({ dedupeKey: `k${round}`, content: `Text ${round}` });
      await advance(6000);
      const [taken] = await Promise.all([
        takeBackAction(runtime, { conversationId: id, id: action?.id ?? '', operatorId: operator.id }),
        run(),
      ]);
      assert.equal((await sent()).includes(`Text ${round}`), taken === null);
    }
  });

  it('OA4 a worker carries out the actions of a process that has ended', async () => {
    const { cairnloop, schedule, sent, advance } = await startThread();
    await schedule();
    await advance(6000);
    await cairnloop.worker.start();
    for (let tries = 0; tries < 100 && (await sent()).length === 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await sent(), ['Mine']);
  });

  for (const who of ['customer', 'colleague'] as const) {
    it(`OA4 OA3 a message of a ${who} meanwhile holds back a reply, an approval and a resolution, and keeps their text`, async () => {
      const { cairnloop, id, advance, schedule, sent, run, held, status, approve } = await startThread();
      await schedule({ thenResolve: true });
      await schedule(approve);
      await schedule({ kind: 'resolve', content: null, dedupeKey: 'resolve' });
      if (who === 'customer') await cairnloop.conversations.receive(id, { content: 'Wait, stop!' });
      else await cairnloop.conversations.note(id, { content: 'Wait for the lawyer', actor: colleague });
      await advance(6000);
      await run();
      assert.deepEqual([await sent(), await status()], [[], 'open']);
      assert.deepEqual(await held(), ['CONVERSATION_CHANGED', 'EARLIER_HELD', 'EARLIER_HELD']);
    });
  }

  it('OA4 an operator’s own messages hold nothing back, and replies keep their order', async () => {
    const { cairnloop, id, advance, schedule, sent, run, status } = await startThread();
    const seen = (await cairnloop.conversations.get(id)).messages?.[0]?.id ?? null;
    await schedule({ lastSeen: seen });
    await cairnloop.conversations.note(id, { content: 'To self', actor: operator });
    await schedule({ lastSeen: seen, content: 'Second', dedupeKey: 'k-2' }, 0);
    await schedule({ kind: 'resolve', content: null, dedupeKey: 'resolve', lastSeen: seen });
    await advance(6000);
    await run();
    assert.deepEqual([await sent(), await status()], [['Mine', 'Second'], 'resolved']);
  });

  it('OA4 an action that would be refused is refused at once, and stores nothing', async () => {
    const { cairnloop, id, schedule, held, approve, draft } = await startThread();
    await assert.rejects(schedule({ lastSeen: null }), { code: 'CONVERSATION_CHANGED' });
    await assert.rejects(schedule({ content: ' ' }), { code: 'INPUT_INVALID' });
    await assert.rejects(schedule({ conversationId: 'none' }), { code: 'CONVERSATION_NOT_FOUND' });
    await cairnloop.drafts.discard(draft.id, { actor: colleague });
    await assert.rejects(schedule(approve), { code: 'DRAFT_NOT_PENDING' });
    await cairnloop.conversations.resolve(id, { resolvedBy: colleague });
    await assert.rejects(schedule(), { code: 'CONVERSATION_RESOLVED' });
    assert.deepEqual(await held(), []);
  });

  it('OA4 a second click returns the first action, and two operators cannot send the same draft', async () => {
    const { advance, schedule, sent, run, approve } = await startThread();
    const twice = await Promise.all([schedule(), schedule()]);
    assert.equal(twice[0]?.id, twice[1]?.id);
    await schedule(approve);
    await schedule(approve);
    await assert.rejects(schedule({ ...approve, actor: colleague }), { code: 'DRAFT_NOT_PENDING' });
    await assert.rejects(schedule({ ...approve, kind: 'edit', content: 'Other words' }), { code: 'DRAFT_NOT_PENDING' });
    await advance(6000);
    await run();
    assert.deepEqual(await sent(), ['Mine', 'Drafted']);
    assert.equal(await schedule(), null, 'the same form once more sends nothing');
  });

  it('OA4 actions of a locked conversation wait, and the others are carried out', async () => {
    const { cairnloop, database, advance, schedule, sent, run, runtime } = await startThread();
    const other = await cairnloop.conversations.open({ actorId: 'c-2', message: 'Another' });
    await schedule();
    await schedule({ conversationId: other.id });
    await advance(6000);
    const client = await runtime.db.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM cairnloop.conversations WHERE actor_id = $1 FOR UPDATE', ['c-1']);
    await run();
    assert.deepEqual([await sent(), (await cairnloop.conversations.get(other.id)).messages?.length], [[], 2]);
    await client.query('ROLLBACK');
    client.release();
    await run();
    assert.deepEqual(await sent(), ['Mine']);
    assert.equal((await database.query('SELECT FROM cairnloop.pending_actions')).rows.length, 0);
  });

  it('OA4 the wait does not breach a clock that the action would have met in time', async () => {
    const { database, schedule } = await startThread();
    await database.query(
      `INSERT INTO cairnloop.slas (conversation_id, priority, response_minutes, breach_minutes, started_at, response_due_at, breach_at)
       SELECT id, 'normal', 1, 1, cairnloop.clock(), cairnloop.clock() + interval '3 s', cairnloop.clock() + interval '3 s'
       FROM cairnloop.conversations`,
    );
    const action = await schedule();
    assert.ok(action && action.inMs <= 2000 && action.inMs > 0);
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { bin, runCli } from '../support/run-cli.js';
import { migrated, type StartedHost, start } from '../support/started-host.js';
import { recordingHost, startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

const ada = 'ada@example.org';

describe('an erasure beside running work', () => {
  let database: TestDatabase;
  let host: StartedHost;
  let worker: WorkerProcess | undefined;

  beforeEach(async () => {
    database = await createTestDatabase(migrated);
    host = await start({}, database);
  });
  afterEach(async () => {
    worker?.signal('SIGKILL');
    await worker?.ended;
    worker = undefined;
    await host.cairnloop.close();
    await database.drop();
  });

  /** A customer with so many messages, each with its delivery, draft and audit line, in ten conversations. */
  const fill = async (messages: number) => {
    for (let n = 0; n < 10; n += 1) {
      const { id } = await host.cairnloop.conversations.open({ actorId: ada, subject: `Of ${ada}` });
      await database.query(
        `WITH message AS (
           INSERT INTO cairnloop.messages (conversation_id, role, content, author, created_at)
           SELECT $1, 'customer', 'text ' || n || ' of ${ada}', '{"id": "${ada}"}', now() - n * interval '1 second'
           FROM generate_series(1, $2::int) n RETURNING *
         ), delivery AS (
           INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, state, settled_at, available_at, created_at)
           SELECT 'draft', conversation_id, id, id, 'done', now(), now(), now() FROM message
         ), draft AS (
           INSERT INTO cairnloop.drafts (conversation_id, type, content, risk_tier, decision, decision_outcome, decision_ms,
             input_digest, status, decided_at, created_at)
           SELECT conversation_id, 'reply', content, 'low', 'draft_only', 'decided', 1, '', 'prepared', now(), now() FROM message
         )
         INSERT INTO cairnloop.audit_events (at, actor, action, conversation_id, subject_id, detail)
         SELECT now(), author, 'message.received', conversation_id, id, jsonb_build_object('text', content) FROM message`,
        [id, messages / 10],
      );
    }
  };
  const rowsOfAda = async () => {
    const tables = ['conversations', 'messages', 'drafts', 'audit_events', 'erasures', 'conversation_texts'];
    const counts = await Promise.all(
      tables.map((table) => database.query(`SELECT FROM cairnloop.${table} t WHERE t::text LIKE '%${ada}%'`)),
    );
    return counts.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  };

  it('CD2 whose process is killed is finished by the next process, with the counts of both', async () => {
    await fill(20_000);
    const project = recordingHost(database.url);
    const args = [bin, 'customer', 'erase', ada, '--yes', '--json', '--reason', 'the first'];
    const child = spawn(process.execPath, args, { cwd: project.folder, stdio: 'ignore' });
    const under = () => database.query('SELECT * FROM cairnloop.erasures');
    await eventually(async () => assert.ok((await under()).rows[0]?.messages > 0, 'nothing was erased yet'), 30_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal((await under()).rowCount, 1);
    assert.ok((await rowsOfAda()) > 0);
    const second = await runCli(['customer', 'erase', ada, '--yes', '--json', '--reason', 'the second'], {
      cwd: project.folder,
    });
    assert.equal(second.exitCode, 0, second.stderr);
    const { conversations, messages, drafts, deliveries } = JSON.parse(second.stdout);
    assert.deepEqual([conversations, messages, drafts, deliveries], [10, 20_000, 20_000, 20_000]);
    assert.equal(await rowsOfAda(), 0);
    const lines = (await host.cairnloop.audit.list({ action: 'customer.erased' })).items;
    assert.deepEqual(
      lines.map(({ detail }) => [detail.reason, detail.messages]),
      [['the first', 20_000]],
    );
    project.remove();
  });

  it('CD2 of 10 000 messages does not delay deliveries of other customers, and loses none', async () => {
    await fill(10_000);
    const project = recordingHost(database.url);
    worker = await startWorkerProcess(project);
    let stopped = false;
    const owed: string[] = [];
    const others = async () => {
      while (!stopped) {
        const { id } = await host.cairnloop.conversations.open({ actorId: 'bob' });
        await host.cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-1' } });
        owed.push(id);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const flow = [others(), others()];
    await eventually(async () => assert.ok(owed.length > 50));
    await host.cairnloop.customers.erase(ada, { actor: { id: 'dpo-1' }, reason: 'asked for' });
    stopped = true;
    await Promise.all(flow);
    await eventually(async () => {
      const { rows } = await database.query(
        `SELECT count(*) FILTER (WHERE state <> 'done')::int AS left FROM cairnloop.deliveries WHERE topic = 'conversation_resolved'`,
      );
      assert.equal(rows[0].left, 0);
    }, 30_000);
    const told = project.calls().filter(({ at }) => at === 'end');
    assert.deepEqual(new Set(told.map(({ conversationId }) => conversationId)), new Set(owed));
    assert.equal(told.length, owed.length);
    assert.equal(await rowsOfAda(), 0);
    const late = await database.query(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, max(ms) AS max FROM (
         SELECT extract(epoch FROM settled_at - created_at) * 1000 AS ms FROM cairnloop.deliveries
         WHERE topic = 'conversation_resolved') settled`,
    );
    if (process.env.CAIRNLOOP_SHOW_LAG) console.log('lag of the others, in ms:', late.rows[0], owed.length);
    project.remove();
  });
});

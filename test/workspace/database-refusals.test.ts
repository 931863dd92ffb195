import assert from 'node:assert/strict';
import { CairnloopError, type ErrorCode, errorCodes } from '../../src/foundation/errors.js';
import { errorCodesWithPageText, toActionRefusal } from '../../src/workspace/refusals.js';
import { eventually } from '../support/eventually.js';
import { losingProxy } from '../support/losing-proxy.js';
import { start as startOn, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

/** Codes that no operation of the workspace can end with: of configs, the command line, mounts and a host's own calls. */
const elsewhere = [
  /^(CONFIG|ENV_FILE|EMBEDDED|JSON_FILE|POLICY_FILE|HOST|PATH|FILE|WRITE|JOURNAL|UNDO|TRANSACTION|TELEMETRY|METRIC|PORT)_/,
  /^(METRICS_REGISTRY_UNUSABLE|OUTPUT_LOST|USAGE|CANCELLED|AI_SDK_MISSING|OPENTELEMETRY_MISSING|WEBHOOK_FAILED|AUDIT_KEY_(MISSING|RETIRED)|MOUNT_OPTION_INVALID|DEMO_STUCK|BACKEND_NOT_INSTALLED)$/,
  /^(WORKER_CRASHED|WORKER_DID_NOT_START|JOBS_UNREACHABLE|DATABASE_UNSUITABLE|MIGRATION_(UNKNOWN|NOT_APPLIED|FAILED))$/,
];

describe('messages on pages about a failing database', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('exist for every code that an operation may end with', () => {
    const unsaid = errorCodes.filter(
      (code) => !elsewhere.some((words) => words.test(code)) && !errorCodesWithPageText.includes(code),
    );
    assert.deepEqual(unsaid, []);
    const both = errorCodesWithPageText.filter((code) => elsewhere.some((words) => words.test(code)));
    assert.deepEqual(both, []);
  });

  it('contain no server, role or reason of the database, which are logged', () => {
    const details = {
      target: 'db.internal:5432/app',
      reason: 'role "app" lacks it',
      schema: 's',
      unknown: [],
      pending: [],
    };
    const codes = errorCodesWithPageText.filter((code) => /^(DATABASE_|OUTCOME_|MIGRATIONS_|SCHEMA_)/.test(code));
    assert.ok(codes.length >= 10);
    for (const code of codes) {
      const lines: unknown[] = [];
      const log = { error: (line: unknown) => lines.push(line) } as never;
      const refusal =
        toActionRefusal(new CairnloopError(code as ErrorCode, details as never), log) ?? assert.fail(code);
      const words = `${refusal.notice.title} ${refusal.notice.text}`;
      assert.doesNotMatch(words, /db\.internal|role|cairnloop migrate|database\.url/, code);
      if (refusal.status === 503) assert.match(JSON.stringify(lines), new RegExp(`${code}.*(db\\.internal|Schema)`));
    }
  });

  it('a read-only database: the text stays on the page of the conversation, marked as not saved', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ message: 'Where is it?' });
    const workspace = await serve(host);
    const seen = await workspace.seen(id);
    const name = new URL(host.database.url).pathname.slice(1);
    await host.database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await host.database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'cairnloop%'`);
    // The pool finds out one by one which of its connections are gone.
    await eventually(async () => {
      for (let times = 0; times < 6; times += 1) assert.equal((await workspace.get('/')).status, 200);
    });
    const answer = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'On its way.', ...seen });
    assert.equal(answer.status, 503);
    assert.match(textOf(answer.text), /Nothing can be saved at the moment\. The database accepts no changes/);
    assert.match(answer.text, /On its way\.<\/textarea>/);
    assert.ok(host.log.some(({ code }) => code === 'DATABASE_READ_ONLY'));
  });

  it('a lost commit: the page says that the outcome is unknown, and sending again writes once', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ message: 'Where is it?' });
    const proxy = await losingProxy(host.database.url);
    const beyond = await startOn({}, { ...host.database, url: proxy.url });
    try {
      const workspace = await serve(beyond);
      const form = { mode: 'reply', content: 'On its way.', nonce: 'n-1', ...(await workspace.seen(id)) };
      // With its end: BEGIN names READ COMMITTED.
      proxy.loseAnswerTo('COMMIT\0');
      const answer = await workspace.post(`/c/${id}/compose`, form);
      assert.equal(answer.status, 503);
      assert.match(textOf(answer.text), /It is unknown whether the change was saved\./);
      await workspace.post(`/c/${id}/compose`, form);
      const { messages = [] } = await host.cairnloop.conversations.get(id);
      assert.equal(messages.filter(({ content }) => content === 'On its way.').length, 1);
    } finally {
      await beyond.cairnloop.close();
      await proxy.close();
    }
  });

  it('an unreachable database, or one of a newer version: pages and forms say so', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ message: 'Where is it?' });
    const proxy = await losingProxy(host.database.url);
    const beyond = await startOn({}, { ...host.database, url: proxy.url });
    const workspace = await serve(beyond);
    await workspace.get('/');
    await host.database.query(
      "INSERT INTO cairnloop.migrations (name, applied_at) VALUES ('9999-of-a-newer-version', now())",
    );
    const other = await startOn({}, host.database);
    const fresh = await serve(other);
    const newer = await fresh.post(`/c/${id}/resolve`, {});
    assert.deepEqual([newer.status, /newer than this application/.test(newer.text)], [503, true]);
    await other.cairnloop.close();
    await proxy.close();
    for (const answer of [await workspace.get('/'), await workspace.get(`/c/${id}`)]) {
      assert.equal(answer.status, 503);
      assert.match(textOf(answer.text), /The database cannot be reached\./);
      assert.doesNotMatch(answer.text, new RegExp(new URL(proxy.url).port));
    }
    await beyond.cairnloop.close();
  });
});

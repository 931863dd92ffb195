/** The host without TypeScript, and the receiver of its webhooks; `npm run build` comes before. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated } from '../support/started-host.js';
import { answersAsItShould, endsOnSignal, refundsOnce, sendTo, sessions, takesANote } from './checks.js';
import { type Running, root, useProcesses } from './processes.js';

describe('examples/javascript', () => {
  const { start, keep } = useProcesses();
  const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;
  let database: TestDatabase;
  let receiver: Running;

  before(async () => {
    database = await createTestDatabase(migrated);
    receiver = keep('node examples/webhook-receiver.mjs', { WEBHOOK_SECRET });
    const env = { DATABASE_URL: database.url, WEBHOOK_SECRET, WEBHOOK_URL: await receiver.listening };
    await keep('node --import tsx examples/open-conversation.ts', env).ended;
    keep('node bin/cairnloop.js worker --config examples/javascript/cairnloop.config.js --no-ops', env);
  });
  after(() => database.drop());

  async function startHost() {
    const env = { DATABASE_URL: database.url, WEBHOOK_SECRET, ...sessions };
    const host = start('node examples/javascript/server.js', env);
    return { ...host, origin: await host.listening };
  }

  it('has JavaScript files only', () => {
    assert.deepEqual(
      readdirSync(`${root}examples/javascript`).filter((file) => !file.endsWith('.js')),
      [],
    );
  });

  it("OP3 the probes and the workspace are served beside the host's own page, and SIGTERM ends it", async () => {
    const { origin, child, ended } = await startHost();
    await answersAsItShould(origin, sendTo(origin));
    await takesANote(origin, 'javascript');
    await endsOnSignal(origin, { child, ended });
  });

  it('LP1, LP8 a refund and its conversation are committed together, and the answer reaches a webhook once', async () => {
    const { origin } = await startHost();
    const subject = await refundsOnce('javascript', sendTo(origin), database);
    await eventually(() => {
      const received = receiver
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line))
        .filter(({ data }) => data.conversation?.subject === subject);
      assert.deepEqual(
        received.map(({ type, data }) => [type, data.message.content]),
        [['conversation.replied', 'Your money is on its way.']],
      );
    });
  });

  it('the receiver refuses a request that is not signed with its secret', async () => {
    const answer = await fetch(await receiver.listening, {
      method: 'POST',
      headers: { 'webhook-id': 'x', 'webhook-timestamp': String(Date.now() / 1000), 'webhook-signature': 'v1,AAAA' },
      body: '{}',
    });
    assert.equal(answer.status, 401);
  });
});

import assert from 'node:assert/strict';
import { recordingNotifier } from '../../support/recording-notifier.js';
import { runMain } from '../../support/run-main.js';
import { operator, type StartedHost, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

const canary = 'canary-77aa';

describe('cairnloop report', () => {
  const { startHost } = useHosts();
  let host: StartedHost;
  let folder: TempHost;

  beforeEach(async () => {
    host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    folder = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `export default { database: { url: ${JSON.stringify(host.database.url)} } };\n`,
    });
  });
  afterEach(() => folder.remove());

  it('prints a line for each group of numbers, and deliveries by topic and outcome', async () => {
    const { id } = await host.cairnloop.conversations.open({ message: canary, actorId: canary, subject: canary });
    await host.cairnloop.conversations.reply(id, { content: canary, actor: operator });
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await host.cairnloop.conversations.submitCsat(id, 'positive');
    const { out, exitCode } = await runMain(folder.folder, ['report', '--since', '2d']);
    assert.equal(exitCode, 0);
    assert.match(out, /^Conversations opened +1$/m);
    assert.match(out, /^First response +median \d+ s, 90 % within \d+ s +1 answered, 0 not answered$/m);
    assert.match(out, /^SLA met +– +0 met, 0 breached, 0 running$/m);
    assert.match(out, /^CSAT positive +100 % +1 positive, 0 negative$/m);
    assert.match(out, /^conversation_resolved +0 +1 +0 +0$/m);
    assert.ok(!out.includes(canary));
  });

  it('prints with --json the numbers of cairnloop.report() with the ids of their conversations', async () => {
    const { id } = await host.cairnloop.conversations.open({ message: canary });
    const printed = (await runMain(folder.folder, ['report', '--json'])).json();
    assert.deepEqual(printed.firstResponse.unanswered, { count: 1, conversationIds: [id] });
    const { since: _, until: __, ...numbers } = JSON.parse(JSON.stringify(await host.cairnloop.report()));
    const { since, until, ...others } = printed;
    assert.deepEqual(others, numbers);
    assert.equal(Date.parse(until) - Date.parse(since), 30 * 86_400_000);
    for (const secret of [canary, new URL(host.database.url).password])
      assert.ok(!JSON.stringify(printed).includes(secret));
  });

  it('takes the longest period that it names, 366 days', async () => {
    const { exitCode, err } = await runMain(folder.folder, ['report', '--since', '366d']);
    assert.deepEqual([exitCode, err], [0, '']);
  });

  it('refuses a period of more than 366 days', async () => {
    const { exitCode, err } = await runMain(folder.folder, ['report', '--since', '400d']);
    assert.equal(exitCode, 1);
    assert.match(err, /since: expected a time at most 366 days before /);
  });
});

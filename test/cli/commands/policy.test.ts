import assert from 'node:assert/strict';
import { answer, recordingPolicy } from '../../support/drafting.js';
import { runCli } from '../../support/run-cli.js';
import { runMain } from '../../support/run-main.js';
import { type StartedHost, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

describe('cairnloop policy replay', () => {
  const { startHost } = useHosts();
  let started: StartedHost;
  let host: TempHost;

  beforeEach(async () => {
    const { automationPolicy } = recordingPolicy(({ summary }) => summary);
    started = await startHost({ automationPolicy }, { worker: false });
  });
  afterEach(() => host.remove());

  const makeHost = (policy: string) => {
    host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `import { defineConfig } from 'cairnloop';
export default defineConfig({ database: { url: ${JSON.stringify(started.database.url)} }, ${policy} });
`,
    });
    return host.folder;
  };

  const propose = async (...decisions: string[]) => {
    const { conversations, drafts } = started.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    for (const summary of decisions) await drafts.propose(id, { ...answer, summary });
  };

  it('shows a small table, the changes and the counts (the binary)', async () => {
    await propose('require_approval', 'draft_only', 'deny', 'allow');
    const cwd = makeHost("automationPolicy: { decide: ({ summary }) => (summary === 'allow' ? 'deny' : 'allow') }");
    const run = await runCli(['policy', 'replay', '--since', '30d'], { cwd });
    assert.equal(run.exitCode, 0, run.stderr);
    assert.match(
      run.stdout,
      /^3 proposal\(s\) since .*, decided again by the configured policy; nothing was sent or stored\n/,
    );
    assert.match(run.stdout, /^decided then \\ now +allow +draft_only +require_approval +deny$/m);
    assert.match(run.stdout, /^require_approval +1 +0 +0 +0$/m);
    assert.match(run.stdout, /^3 would be decided differently:$/m);
    assert.match(run.stdout, /low risk +allow -> deny$/m);
    assert.match(run.stdout, /^1 denied proposal\(s\) left out: their text was not stored\.$/m);
    assert.ok(!run.stdout.includes(answer.content));
  });

  it('prints one JSON document', async () => {
    await propose('require_approval', 'deny');
    const run = await runMain(makeHost("automationPolicy: { decide: () => 'Allow' }"), ['policy', 'replay', '--json']);
    const { asked, denied, undecided, changes, decisions } = run.json();
    assert.deepEqual([asked, denied, undecided.invalid, changes], [1, 1, 1, []]);
    assert.equal(decisions.require_approval.require_approval, 1);
  });

  it('says so if there are no proposals, or no policy', async () => {
    const cwd = makeHost('');
    assert.match(
      (await runMain(cwd, ['policy', 'replay'])).out,
      /^0 proposal\(s\) .* no automationPolicy is configured/,
    );
    await propose('require_approval');
    assert.match((await runMain(cwd, ['policy', 'replay'])).out, /No decision would change\./);
    const wrong = await runMain(cwd, ['policy', 'replay', '--since', 'tomorrow']);
    assert.deepEqual([wrong.exitCode, wrong.out], [2, '']);
    assert.match(wrong.err, /--since expected a time such as 30d/);
  });
});

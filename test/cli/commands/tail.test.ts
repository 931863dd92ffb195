import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { pino } from 'pino';
import { migrateUp } from '../../../src/db/migrate.js';
import { createCairnloop } from '../../../src/instance/cairnloop.js';
import type { TailLine } from '../../../src/tail/tail-lines.js';
import { startOwnCluster } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { recordingNotifier } from '../../support/recording-notifier.js';
import { bin, runCli } from '../../support/run-cli.js';
import { operator, type StartedHost, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

/** Stands for secrets and for what customers write. */
const canary = 'canary-51d0';

interface RunningTail {
  child: ChildProcess;
  out(): string;
  err(): string;
  lines(): TailLine[];
  ended: Promise<number | NodeJS.Signals | null>;
}

describe('cairnloop tail', () => {
  const { startHost } = useHosts();
  let host: StartedHost;
  let folder: TempHost;
  let running: RunningTail[] = [];
  let attempts = 0;

  beforeEach(async () => {
    attempts = 0;
    const { notifier } = recordingNotifier(
      () => {
        attempts += 1;
        if (attempts === 1) throw new Error(canary);
      },
      { replies: true },
    );
    host = await startHost({ notifier }, { worker: false });
    folder = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `export default { database: { url: ${JSON.stringify(host.database.url)} } };\n`,
    });
  });
  afterEach(async () => {
    for (const { child, ended } of running) {
      child.kill('SIGKILL');
      await ended;
    }
    running = [];
    folder.remove();
  });

  async function start(...args: string[]): Promise<RunningTail> {
    const child = spawn(process.execPath, [bin, 'tail', ...args], {
      cwd: folder.folder,
      env: { ...process.env, CI: '1', SECRET: canary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      written.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      written.err += chunk;
    });
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code));
    });
    const tail: RunningTail = {
      child,
      ended,
      out: () => written.out,
      err: () => written.err,
      lines: () =>
        written.out
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line)),
    };
    running.push(tail);
    return tail;
  }

  /** Until it sees what happens: only what comes after its start is shown. */
  async function listening(tail: RunningTail): Promise<void> {
    await eventually(async () => {
      await host.cairnloop.conversations.open({ subject: 'probe' });
      assert.notEqual(tail.out(), '', tail.err());
    }, 30_000);
  }

  it('shows a delivery when it is written and at each change, and the events around it, as JSON lines', async () => {
    const tail = await start('--json');
    await listening(tail);
    const { id } = await host.cairnloop.conversations.open({ message: canary });
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator, metadata: { canary } });
    await eventually(() => assert.ok(statuses(tail, id).includes('waiting'), tail.out()));
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(statuses(tail, id).at(-1), 'done'));
    assert.ok(statuses(tail, id).includes('retrying'));
    const events = tail.lines().flatMap((line) => (line.type === 'event' && line.conversationId === id ? line : []));
    assert.deepEqual(
      events.map(({ action }) => action),
      ['conversation.opened', 'message.received', 'conversation.resolved'],
    );
    for (const secret of [canary, new URL(host.database.url).password])
      assert.ok(!(tail.out() + tail.err()).includes(secret));
    tail.child.kill('SIGINT');
    assert.equal(await tail.ended, 0);
  });

  function statuses(tail: RunningTail, conversationId: string): string[] {
    return tail
      .lines()
      .flatMap((line) => (line.type === 'delivery' && line.conversationId === conversationId ? line.status : []));
  }

  it('shows deliveries alone of a topic, a state and a conversation', async () => {
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({});
    const other = await conversations.open({});
    const tails = [
      await start('--json', '--topic', 'reply'),
      await start('--json', '--state', 'done'),
      await start('--json', '--conversation', id.toUpperCase()),
      await start('--json'),
    ];
    await listening(tails[3] as RunningTail);
    await host.cairnloop.worker.start();
    await eventually(async () => {
      for (const conversation of [id, other.id])
        await conversations.reply(conversation, { content: 'Hi', actor: operator });
      for (const tail of tails.slice(0, 3)) assert.notEqual(tail.out(), '', tail.err());
    }, 30_000);
    await conversations.resolve(id, { resolvedBy: operator });
    await eventually(() => assert.ok(statuses(tails[1] as RunningTail, id).length > 1));
    const [topic, state, one] = tails.map((tail) => tail.lines());
    assert.ok(topic?.every((line) => line.type === 'delivery' && line.topic === 'reply'));
    assert.ok(state?.every((line) => line.type === 'delivery' && line.state === 'done'));
    assert.ok(one?.every((line) => line.conversationId === id));
    assert.ok(one?.some((line) => line.type === 'event'));
  });

  it('shows every event of a steady stream, and says only of a burst that its oldest events are not shown', async () => {
    const tail = await start('--json');
    await listening(tail);
    const shown = (action: string) =>
      tail.lines().filter((line) => line.type === 'event' && line.action === action).length;
    const write = (action: string, count: number) =>
      host.database.query(
        `INSERT INTO cairnloop.audit_events (at, actor, action, detail)
         SELECT now(), '{"id": "op-1"}', $1, '{}' FROM generate_series(1, $2::int)`,
        [action, count],
      );
    for (let written = 150; written <= 900; written += 150) {
      await write('steady', 150);
      await eventually(() => assert.equal(shown('steady'), written));
    }
    assert.doesNotMatch(tail.err(), /not shown/);
    await write('burst', 700);
    await eventually(() => assert.equal(shown('burst'), 500));
    await write('after', 1);
    await eventually(() => assert.equal(shown('after'), 1));
    assert.equal(
      tail.err().match(/More than 500 new deliveries or audit events at once; the oldest are not shown/g)?.length,
      1,
      tail.err(),
    );
  });

  it('prints control characters in a text escaped, on one line', async () => {
    const tail = await start();
    await listening(tail);
    await host.cairnloop.conversations.open({ actorId: 'mallory\u001b[2J\n12:00 forged\u202e', message: 'Hello' });
    await eventually(() => assert.match(tail.out(), /by mallory\\u001b\[2J\\n12:00 forged\\u202e/));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    assert.doesNotMatch(tail.out(), /[\0-\x08\x0b-\x1f\u202e]|^12:00 forged/m);
  });

  it('goes on after Postgres was stopped and started, in either mode, and says each time that it waits and is back', async function () {
    this.timeout(120_000);
    const cluster = await startOwnCluster();
    await migrateUp({ url: cluster.url, schema: 'cairnloop' });
    folder.write('cairnloop.config.js', `export default { database: { url: ${JSON.stringify(cluster.url)} } };\n`);
    const tail = await start('--json', '--topic', 'conversation_resolved');
    const { notifier } = recordingNotifier();
    const cairnloop = await createCairnloop(
      { database: { url: cluster.url }, notifier },
      { logger: pino({ level: 'silent' }) },
    );
    /** Resolves until the tail has shown one; returns its conversation. */
    const shown = async (): Promise<string> => {
      let id = '';
      await eventually(async () => {
        ({ id } = await cairnloop.conversations.open({}));
        await cairnloop.conversations.resolve(id, { resolvedBy: operator });
        await eventually(() => assert.ok(tail.lines().some(({ conversationId }) => conversationId === id)), 3000);
      }, 40_000);
      return id;
    };
    try {
      await shown();
      for (const [n, mode] of (['fast', 'immediate'] as const).entries()) {
        await cluster.halt(mode);
        await eventually(
          () => assert.equal(tail.err().match(/unreachable; waiting/g)?.length, n + 1, tail.err()),
          20_000,
        );
        await cluster.resume();
        await shown();
        assert.equal(tail.err().match(/is reachable again/g)?.length, n + 1, tail.err());
      }
      assert.ok(tail.lines().every((line) => line.type === 'delivery' && line.topic === 'conversation_resolved'));
    } finally {
      tail.child.kill('SIGKILL');
      await cairnloop.close();
      await cluster.stop();
    }
  });

  it('ends with exit code 0 when the reader of its output is gone, and on SIGTERM', async () => {
    const tail = await start();
    await listening(tail);
    tail.child.stdout?.destroy();
    await host.cairnloop.conversations.open({});
    await eventually(async () => {
      await host.cairnloop.conversations.open({});
      assert.notEqual(tail.child.exitCode, null);
    });
    assert.deepEqual([await tail.ended, tail.err().includes('EPIPE')], [0, false]);
    const second = await start();
    await listening(second);
    second.child.kill('SIGTERM');
    assert.equal(await second.ended, 0);
  });

  it('refuses an unknown topic, state and conversation', async () => {
    for (const args of [
      ['--topic', 'x'],
      ['--state', 'x'],
      ['--conversation', 'x'],
    ])
      assert.equal((await runCli(['tail', ...args], { cwd: folder.folder })).exitCode, 2);
  });
});

import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { Conversation } from '../../src/contracts/domain.js';
import { formatLogLine } from '../../src/foundation/pretty-line.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { runMain } from '../support/run-main.js';
import { migrated, operator, start, useHosts } from '../support/started-host.js';
import { recordingHost, startWorkerProcess } from '../support/worker-process.js';

const canary = 'sk-proj-canary0123456789abcdefghijklmnop';

describe('the log of delivery attempts', () => {
  const { startHost } = useHosts();
  const notifier = (failing: { fails: boolean }) => ({
    onConversationResolved: (_: Conversation) => {
      if (failing.fails) throw new Error(`refused with Authorization: Bearer ${canary}`);
    },
    onSlaBreach() {},
    onOutboundTriggered() {},
  });

  it('has one line per attempt, with delivery, conversation, attempt, outcome and duration, and no secret', async () => {
    const failing = { fails: true };
    const host = await startHost({ notifier: notifier(failing) });
    const { id } = await host.cairnloop.conversations.open({ message: `My key is ${canary}` });
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const lines = () => host.log.filter(({ conversationId, outcome }) => conversationId === id && outcome);
    await eventually(() => assert.equal(lines().length, 1));
    failing.fails = false;
    await host.advance(3_600_000);
    await eventually(() => assert.ok(lines().length > 1, 'no second line'));
    const [delivery] = await host.deliveries('conversation_resolved');
    assert.deepEqual(
      lines().map(({ level, deliveryId, attempt, outcome, topic, durationMs }) => [
        ...[level, deliveryId, attempt, outcome, topic],
        typeof durationMs,
      ]),
      [
        [40, delivery?.id, 1, 'retried', 'conversation_resolved', 'number'],
        [30, delivery?.id, 2, 'done', 'conversation_resolved', 'number'],
      ],
    );
    assert.doesNotMatch(JSON.stringify([host.log, delivery]), /canary/);
  });

  it('goes to the logger of the config', async () => {
    const written: string[] = [];
    const logger = pino({ level: 'info', name: 'host' }, { write: (line: string) => void written.push(line) });
    const { createCairnloop } = await import('../../src/instance/cairnloop.js');
    const database = await createTestDatabase(migrated);
    const cairnloop = await createCairnloop({
      database: { url: database.url },
      notifier: notifier({ fails: false }),
      logger,
    });
    await cairnloop.worker.start();
    const { id } = await cairnloop.conversations.open({});
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(() => assert.match(written.join(''), new RegExp(`"name":"host".*"conversationId":"${id}"`)));
    await cairnloop.close();
    await database.drop();
  });

  it('a logger without the log methods is refused', async () => {
    const database = await createTestDatabase(migrated);
    await assert.rejects(start({ logger: { info() {} } as never }, database), {
      code: 'CONFIG_INVALID',
      message: /logger: expected a pino logger, or an object with .*, found one without fatal, error, warn/,
    });
    await database.drop();
  });

  it('is written as JSON by a worker process, from --log-level up', async () => {
    const database = await createTestDatabase(migrated);
    const producer = await start({ notifier: notifier({ fails: false }) }, database);
    for (const [level, expected] of [
      ['info', 1],
      ['warn', 0],
    ] as const) {
      const host = recordingHost(database.url);
      const worker = await startWorkerProcess(host, ['--log-level', level]);
      const { id } = await producer.cairnloop.conversations.open({});
      await producer.cairnloop.conversations.resolve(id, { resolvedBy: operator });
      await eventually(async () => {
        const { rows } = await database.query(`SELECT FROM cairnloop.deliveries WHERE state <> 'done'`);
        assert.equal(rows.length, 0);
      });
      worker.signal('SIGTERM');
      await worker.ended;
      const lines = worker
        .stderr()
        .split('\n')
        .filter((line) => line.includes(id));
      assert.equal(lines.length, expected, worker.stderr());
      for (const line of lines) assert.equal(JSON.parse(line).outcome, 'done');
      host.remove();
    }
    await producer.cairnloop.close();
    await database.drop();
  });

  it('an unknown level is refused', async () => {
    const { exitCode, err } = await runMain(process.cwd(), ['worker', '--log-level', 'loud']);
    assert.equal(exitCode, 2);
    assert.match(err, /fatal.*silent/);
  });
});

describe('prettyLine', () => {
  it('shows time, level, message and fields of a line of pino', () => {
    const time = new Date(2026, 0, 2, 3, 4, 5).getTime();
    const line = {
      level: 40,
      time,
      pid: 1,
      hostname: 'h',
      name: 'cairnloop',
      deliveryId: '7',
      reason: 'a "b"',
      msg: 'failed',
    };
    assert.equal(formatLogLine(JSON.stringify(line)), '03:04:05 WARN  failed deliveryId=7 reason="a \\"b\\""\n');
  });

  it('leaves a line that is no JSON as it is', () => {
    assert.equal(formatLogLine('cairnloop: the logger failed\n'), 'cairnloop: the logger failed\n');
  });
});

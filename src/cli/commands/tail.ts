import { deliveryStates, deliveryTopics } from '../../contracts/domain.js';
import { CairnloopError } from '../../foundation/errors.js';
import type { TailLine } from '../../tail/tail-lines.js';
import { configOption, cwdOption, defineCommand } from '../command.js';
import { withDatabase } from '../host-database.js';
import type { CliIo } from '../io.js';

export const tailCommand = defineCommand({
  options: [
    { flags: '--topic <topic>', description: 'only deliveries of this topic', choices: deliveryTopics },
    { flags: '--state <state>', description: 'only deliveries in this state', choices: deliveryStates },
    { flags: '--conversation <id>', description: 'only this conversation' },
    { flags: '--json', description: 'print one JSON object per line' },
    cwdOption,
    configOption,
  ],
  about:
    'Shows what happens from now on, until Ctrl-C. A delivery is shown when it is written and at each change; `cairnloop deliveries show <id>` shows why one failed.',
  examples: ['cairnloop tail', 'cairnloop tail --topic reply', 'cairnloop tail --state discarded --json'],
  exitCodes: { 0: 'stopped by a signal, or because the reader of its output ended' },
  async run({ options }, io) {
    const [{ isId }, { tailActivity }, { openChangeFeed }, { waitForStopSignal }, { pino }] = await Promise.all([
      import('../../validation/input.js'),
      import('../../tail/tail.js'),
      import('../../change-feed/open-change-feed.js'),
      import('../../foundation/stop-signal.js'),
      import('pino'),
    ]);
    const filter = { topic: options.topic, state: options.state, conversationId: options.conversation?.toLowerCase() };
    if (filter.conversationId !== undefined && !isId(filter.conversationId)) throw notAnId(options.conversation);
    return withDatabase(options, io, async ({ db }) => {
      const changeFeed = openChangeFeed(db, pino({ level: 'silent' }));
      const ended = new AbortController();
      waitForStopSignal().then(() => ended.abort());
      io.outputGone?.addEventListener('abort', () => ended.abort());
      if (!options.json) io.stderr.write('Waiting for deliveries and events. Press Ctrl-C to stop.\n');
      try {
        const show = (lines: readonly TailLine[]) => write(lines, options.json === true, io);
        const warn = (message: string) => void io.stderr.write(`${message}\n`);
        await tailActivity({ db, changeFeed, filter, signal: ended.signal, show, warn });
      } finally {
        await changeFeed.close();
      }
      return undefined;
    });
  },
});

function notAnId(found: string | undefined): CairnloopError {
  return new CairnloopError('USAGE', {
    message: `--conversation expected the id of a conversation, found "${found}".`,
    hint: 'It is a UUID, as `cairnloop deliveries show <id>` prints it.',
  });
}

function write(lines: readonly TailLine[], asJson: boolean, io: CliIo): void {
  for (const line of lines) io.stdout.write(`${asJson ? JSON.stringify(line) : formatTailLine(line)}\n`);
}

/**
 * Formats an event or a delivery as one line. Line breaks in foreign text are escaped here, other controls by the
 * output. Pure.
 */
export function formatTailLine(line: TailLine): string {
  const at = line.at.toISOString().slice(11, 23);
  const words =
    line.type === 'delivery'
      ? ['delivery', line.topic, line.status, `attempts ${line.attempts}`, line.id]
      : ['event', line.action, `by ${onOneLine(line.actorId)}`];
  return [at, ...words, ...(line.conversationId ? [`conversation ${line.conversationId}`] : [])].join('  ');
}

function onOneLine(text: string): string {
  const cut = text.length > 100 ? `${text.slice(0, 100).toWellFormed()}…` : text;
  return cut.replace(/[\r\n\t]/g, (found) => JSON.stringify(found).slice(1, -1));
}

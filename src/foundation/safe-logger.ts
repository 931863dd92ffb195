import { writeSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { escapeControls } from './escape-controls.js';
import { formatLogLine } from './pretty-line.js';

/**
 * Makes a logger that writes to stderr with control characters escaped: lines for people on a terminal, else JSON. A
 * full disk, a closed pipe or a stopped reader loses log lines but never ends or blocks the process, as pino's own
 * destination would.
 */
export function createStderrLogger(level: string, isTerminal = process.stderr.isTTY): Logger {
  const write = isTerminal ? (line: string) => writeToStderr(formatLogLine(line)) : writeToStderr;
  return pino({ name: 'cairnloop', level }, { write });
}

/** How long a log line waits for a slow reader of stderr, in milliseconds. */
const patienceMs = 100;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes to stderr synchronously, so that the last lines are written before the process ends. Never throws. */
function writeToStderr(text: string): void {
  const bytes = Buffer.from(escapeControls(text));
  const until = performance.now() + patienceMs;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(2, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > until) return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

type Write = (...line: unknown[]) => unknown;

/**
 * Wraps the host's logger: a log call that throws or rejects must not fail the operation. Lost lines are reported once,
 * on stderr.
 */
export function createNonThrowingLogger(logger: Logger): Logger {
  let told = false;
  const lost = () => {
    if (!told) writeToStderr('cairnloop: the logger failed; log lines are lost\n');
    told = true;
  };
  const wrap = (level: (typeof levels)[number]): Write => {
    return (...line) => {
      try {
        const write = (logger[level] ?? logger.error) as Write;
        const returned = write.apply(logger, line);
        if (returned !== undefined) Promise.resolve(returned).catch(lost);
      } catch {
        lost();
      }
    };
  };
  const methods = levels.map((level) => [level, { value: wrap(level), writable: true, configurable: true }]);
  return Object.create(logger, Object.fromEntries(methods)) as Logger;
}

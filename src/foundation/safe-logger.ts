import { writeSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { escapeControls } from './escape-controls.js';

/**
 * JSON lines on stderr, without what could move a terminal. A full disk, a closed pipe or a reader that has stopped costs log lines, not the process: pino's
 * own destination ends the process at the first, and tries for ever at the last.
 */
export function stderrLogger(level: string): Logger {
  return pino({ name: 'cairnloop', level }, { write: writeToStderr });
}

/** How long a line waits for whoever reads stderr, in milliseconds. */
const patienceMs = 100;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes at once, so that the last words of a process are out before it ends. Never throws. */
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
 * The host's logger, whose failures stay its own: a log line that throws or rejects must not fail the operation that
 * writes it. That lines are lost is said once, on stderr.
 */
export function safeLogger(logger: Logger): Logger {
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

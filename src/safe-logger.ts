import { writeSync } from 'node:fs';
import { type Logger, pino } from 'pino';

/** JSON lines on stderr. A full disk or a closed pipe behind it costs log lines, not the process. */
export function stderrLogger(level: string): Logger {
  const stderr = pino.destination(2);
  stderr.on('error', () => {});
  return pino({ name: 'cairnloop', level }, stderr);
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

function writeToStderr(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // A full disk or a closed pipe: there is nobody left to tell.
  }
}

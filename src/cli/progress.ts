import type { CliIo } from './io.js';

/** How often progress is shown, in milliseconds. */
export interface ProgressIntervals {
  /** Interval between two progress updates on a terminal, where each one overwrites the previous one. */
  terminalMs: number;
  /** Interval between two progress updates in a log, where each one is a new line. */
  plainMs: number;
}

const defaultIntervals: ProgressIntervals = { terminalMs: 250, plainMs: 10_000 };

/** With `json`, no progress is shown. */
interface Quiet {
  json?: boolean | undefined;
}

/**
 * Hides progress while a result is written to a terminal, because a status line would split its text. Progress stays if
 * the result goes to the file `output`.
 */
export function hideProgressIfResultOnTerminal(
  { json, output }: Quiet & { output?: string | undefined },
  io: CliIo,
): Quiet {
  return { json: json || (output === undefined && io.stdout.isTTY) };
}

/** Shows the state of the work, e.g. `1200 events`. */
export type ProgressCallback = (state: string) => void;

/**
 * Runs `work` and shows its state and duration on stderr at intervals. Shows nothing for short work or with `--json`.
 */
export async function withProgress<T>(
  title: string,
  { json }: Quiet,
  io: CliIo,
  work: (show: ProgressCallback) => Promise<T>,
  intervals: ProgressIntervals = defaultIntervals,
): Promise<T> {
  if (json) return work(() => {});
  const began = performance.now();
  let state = '';
  const line = () => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    return `${title}: ${state === '' ? '' : `${state}, `}${seconds} s`;
  };
  const isTerminal = Boolean(io.stderr.isTTY && io.stderr.status);
  const draw = () => (isTerminal ? io.stderr.status?.(line()) : io.stderr.write(`${line()}\n`));
  const timer = setInterval(draw, isTerminal ? intervals.terminalMs : intervals.plainMs);
  timer.unref();
  try {
    return await work((next) => {
      state = next;
    });
  } finally {
    clearInterval(timer);
    if (isTerminal) io.stderr.status?.('');
  }
}

import type { CliIo } from './io.js';

/** How often progress is shown, in milliseconds. */
export interface ProgressIntervals {
  /** Interval on a terminal, where one line is overwritten. */
  terminalMs: number;
  /** Interval in a log, where each progress is a line of its own. */
  plainMs: number;
}

const defaultIntervals: ProgressIntervals = { terminalMs: 250, plainMs: 10_000 };

/** No progress is shown with `json`. */
interface Quiet {
  json?: boolean | undefined;
}

/**
 * For work that writes its result meanwhile, to stdout or the file `output`: a status line would cut that text up on a
 * terminal.
 */
export function withoutProgressOnResult({ json, output }: Quiet & { output?: string | undefined }, io: CliIo): Quiet {
  return { json: json || (output === undefined && io.stdout.isTTY) };
}

/** Shows how far the work is, e.g. `1200 events`. */
export type ShowProgress = (state: string) => void;

/**
 * Shows on stderr that long work goes on, with its state and the seconds it took so far; nothing where it ends soon,
 * and nothing with `--json`.
 */
export async function withProgress<T>(
  title: string,
  { json }: Quiet,
  io: CliIo,
  work: (show: ShowProgress) => Promise<T>,
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

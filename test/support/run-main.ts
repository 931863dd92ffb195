import { main } from '../../src/cli/main.js';
import { memoryIo } from './memory-io.js';

export interface MainRun {
  exitCode: number;
  out: string;
  err: string;
  asked: string[];
  /** Stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on what the document holds
  json(): any;
}

/** The command line in this process; `answers` stand for the person at the terminal. */
export async function runMain(
  cwd: string,
  argv: readonly string[],
  answers?: Record<string, unknown>,
): Promise<MainRun> {
  const io = memoryIo(cwd, answers);
  const exitCode = await main(argv, io);
  return { exitCode, out: io.out(), err: io.err(), asked: io.asked, json: () => JSON.parse(io.out()) };
}

import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The real binary; it runs `dist`, so `npm run build` comes before. */
export const bin = fileURLToPath(new URL('../../bin/cairnloop.js', import.meta.url));

export interface CliRun {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** Spawns the binary without a terminal, as a script or CI would, and waits for it; a failure is an answer, not a throw. */
export async function runCli(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string>; input?: string; timeoutMs?: number },
): Promise<CliRun> {
  const run = await execa(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { CI: '1', ...options.env },
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? 60_000,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  });
  if (run.exitCode === undefined) throw new Error(`cairnloop ${args.join(' ')} did not end: ${run.shortMessage}`);
  return { stdout: run.stdout, stderr: run.stderr, exitCode: run.exitCode };
}

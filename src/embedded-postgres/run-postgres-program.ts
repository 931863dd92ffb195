import { spawn } from 'node:child_process';
import { CairnloopError } from '../foundation/errors.js';
import type { SystemAccount } from './account.js';

export interface PostgresProgramCall {
  /** What the program is run for, as an error message names it. */
  step: string;
  file: string;
  args: readonly string[];
  cwd: string;
  account: SystemAccount | undefined;
}

/**
 * Runs a program to its end. Unless it exits with 0, rejects with `EMBEDDED_POSTGRES_FAILED` and the last lines of its
 * output.
 */
export function runPostgresProgram({ step, file, args, cwd, account }: PostgresProgramCall): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new CairnloopError('EMBEDDED_POSTGRES_FAILED', { step, reason }));
    const child = spawn(file, args, {
      cwd,
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...account,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) =>
      fail(lastLogLines(output) || `the program ended with ${signal ?? `exit code ${code}`}`),
    );
    child.once('exit', (code) => {
      if (code !== 0) return;
      // On Windows the Postgres server inherits the pipes, so that `close` would come only when the server stops.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve();
    });
  });
}

/** The last lines of a log, which usually show the cause of a failure. */
export function lastLogLines(text: string): string {
  return text.trim().split(/\r?\n/).slice(-12).join('\n');
}

/**
 * The environment of the Postgres programs: without the host's PG* variables, which are for other servers, and with the
 * C locale, which exists everywhere.
 */
function serverEnvironment(): NodeJS.ProcessEnv {
  const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(foreign), LC_ALL: 'C' };
}

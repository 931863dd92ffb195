/** Commands of examples/README.md as processes, ended after each test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Running {
  child: ChildProcess;
  /** The address that it says it listens on. */
  listening: Promise<string>;
  output(): string;
  ended: Promise<{ code: number | NodeJS.Signals; output: string }>;
}

type Env = Record<string, string>;

/** Runs `node …`, or `cd folder && node …`, from a folder; by default the repository's root. */
export function run(command: string, env: Env, from = root): Running {
  const [, folder = '.', args = ''] = /^(?:cd (\S+) && )?node (.+)$/.exec(command) ?? [];
  const { OPERATOR_SESSION: _, CUSTOMER_SESSION: __, ...inherited } = process.env;
  const child = spawn(process.execPath, args.split(' '), {
    cwd: path.join(from, folder),
    env: { ...inherited, PORT: '0', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, output }));
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const address = /^listening on (\S+)\n/m.exec(output)?.[1];
      if (address) resolve(address);
    });
    ended.then(({ code }) => reject(new Error(`${command} ended with ${code}: ${output}`)));
  });
  listening.catch(() => {});
  return { child, listening, output: () => output, ended };
}

/** To be called in a `describe`: what `start` runs is killed after each test, what `keep` runs after all of them. */
export function useProcesses() {
  const perTest: Running[] = [];
  const forAll: Running[] = [];
  const end = async (running: Running[]) => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.splice(0).map(({ ended }) => ended));
  };
  afterEach(() => end(perTest));
  after(() => end(forAll));
  const into =
    (list: Running[]) =>
    (...args: Parameters<typeof run>): Running => {
      const running = run(...args);
      list.push(running);
      return running;
    };
  return { start: into(perTest), keep: into(forAll) };
}

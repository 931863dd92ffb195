/** Commands in a host's folder, as a developer types them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

export interface Place {
  folder: string;
  env: Record<string, string>;
}

export interface Started {
  process: Promise<unknown> & { pid?: number | undefined };
  output(): string;
  kill(): void;
}

/** In a process group of its own, which `kill` ends as a whole. */
export function start(command: string, { folder, env }: Place): Started {
  const options = { cwd: folder, env, shell: true, detached: true, all: true, reject: false, buffer: false } as const;
  const child = execa(command, options);
  let output = '';
  child.all.on('data', (chunk) => {
    output += chunk;
  });
  return {
    process: child,
    output: () => output,
    kill: () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    },
  };
}

/** As a supervisor stops it: SIGTERM to the group, and then it ends by itself. */
export async function stopped({ process: child, output }: Started): Promise<void> {
  if (child.pid) process.kill(-child.pid, 'SIGTERM');
  const ended = await Promise.race([child.then(() => true), sleep(40_000, false)]);
  if (!ended) throw new Error(`it did not end after SIGTERM\n${output()}`);
}

export async function until(
  holds: () => boolean | Promise<boolean>,
  { process: child, output }: Started,
): Promise<void> {
  let over = false;
  void child.then(() => {
    over = true;
  });
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    if (over) break;
    await sleep(200);
  }
  throw new Error(`it ${over ? 'ended' : 'did not come to it'}:\n${output()}`);
}

export async function shell(command: string, { folder, env }: Place): Promise<string> {
  const run = await execa(command, {
    cwd: folder,
    env,
    shell: true,
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: 600_000,
  });
  if (run.exitCode === 0) return run.all;
  throw new Error(`$ ${command}\n${run.all.slice(-4000)}`);
}

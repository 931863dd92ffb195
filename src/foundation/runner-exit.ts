import { readFileSync } from 'node:fs';

const intervalMs = 500;

/**
 * Calls `onGone` once the package manager that started this process has exited: npm and npx do not forward the signal
 * that ends them. Returns a function that stops watching.
 */
export function onPackageManagerExit(onGone: () => void, env: NodeJS.ProcessEnv = process.env): () => void {
  if (!env.npm_config_user_agent && !env.npm_lifecycle_event) return () => {};
  const chain = runnerChain();
  const timer = setInterval(() => {
    if (chain.every(({ pid, parent }) => parentOf(pid) === parent)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs).unref();
  return () => clearInterval(timer);
}

/** This process and, if it is found, the shell between it and the package manager, each with its parent. */
function runnerChain(): { pid: number; parent: number }[] {
  const shell = process.ppid;
  const runner = parentOf(shell);
  const own = { pid: process.pid, parent: shell };
  const isBetween = !isRunner(shell) && runner !== undefined && isRunner(runner);
  return isBetween ? [own, { pid: shell, parent: runner }] : [own];
}

/**
 * Returns the parent of a process. For another process it is read on Linux only: elsewhere a program would have to run.
 */
function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid;
  const [, parent] = /\) \S (\d+) /.exec(read(`/proc/${pid}/stat`)) ?? [];
  return parent === undefined ? undefined : Number(parent);
}

function isRunner(pid: number): boolean {
  return /\b(npm|npx|pnpm|pnpx|yarn|bun|bunx)\b/.test(read(`/proc/${pid}/cmdline`));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

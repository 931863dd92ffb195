import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import path from 'node:path';
import { waitForStopSignal } from '../../foundation/stop-signal.js';
import type { CliIo } from '../io.js';

export interface RunDevWithReloadOptions {
  /** The host's package, whose files are watched. */
  cwd: string;
  /** Arguments after `cairnloop dev --no-reload`. */
  args: readonly string[];
}

/** Editors and builds write several files at once: restart after this long without a write, in milliseconds. */
const quietMs = 200;

const watched = /(\.([cm]?[jt]sx?|json)|(^|[\\/])\.env(\.\w+)*)$/;
const ignored = new Set(['node_modules', '.git', '.cairnloop', 'dist', 'build', 'coverage', '.next', '.svelte-kit']);

/**
 * Runs `cairnloop dev` in a child process and restarts it when a module of the host changes, because a process cannot
 * unload modules. If the restart fails, it waits for the next change. Returns the exit code.
 */
export async function runDevWithReload({ cwd, args }: RunDevWithReloadOptions, io: CliIo): Promise<number> {
  const changes = watchSources(cwd);
  let stopped = false;
  const stopping = waitForStopSignal().then(() => {
    stopped = true;
  });
  try {
    for (let reloads = 0; ; reloads += 1) {
      const child = startDev(args);
      const exited = once(child, 'exit').then(([code, signal]) => exitCodeOf(code, signal));
      const changed = changes.next();
      const ended = await Promise.race([exited, changed, stopping]);
      if (typeof ended === 'number' && (reloads === 0 || ended === 0)) return ended;
      if (typeof ended === 'number') {
        io.stderr.write('cairnloop dev did not start. It starts again when a module changes.\n');
        await Promise.race([changed, stopping]);
      } else {
        const code = await stopDev(child, exited, stopped);
        if (stopped) return code;
      }
      if (stopped) return 0;
      io.stderr.write('A module has changed: restarting\n');
    }
  } finally {
    changes.close();
  }
}

/** Starts the child in its own process group, so that Ctrl-C reaches only this process, which forwards it once. */
function startDev(args: readonly string[]): ChildProcess {
  const program = process.argv[1] ?? '';
  return spawn(process.execPath, [...process.execArgv, program, 'dev', '--no-reload', ...args], {
    detached: true,
    // The child stops when its IPC channel closes, e.g. because this process is killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

async function stopDev(child: ChildProcess, exited: Promise<number>, handOn: boolean): Promise<number> {
  const again = (signal: NodeJS.Signals) => child.kill(signal);
  child.kill('SIGTERM');
  // Forward a second signal, which ends the child at once.
  if (handOn) for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, again);
  return exited;
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? (signal === 'SIGINT' ? 130 : 143);
}

interface Changes {
  /** Resolves after the next change, once no other one has followed for `quietMs`. */
  next(): Promise<'changed'>;
  close(): void;
}

function watchSources(cwd: string): Changes {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let tell = () => {};
  const onChange = (_: string, file: string | null) => {
    if (!file || !watched.test(file) || file.split(/[\\/]/).some((part) => ignored.has(part))) return;
    clearTimeout(timer);
    timer = setTimeout(() => tell(), quietMs);
  };
  const watchers = new Map<string, FSWatcher>();
  const follow = (name: string, recursive: boolean) => {
    const watcher = watch(path.join(cwd, name), { recursive }, recursive ? onChange : onTopChange);
    watchers.set(
      name,
      watcher.on('error', () => {}),
    );
  };
  /** Watches new folders and stops watching removed ones. A folder that is removed meanwhile is ignored. */
  const followFolders = () => {
    const names = foldersIn(cwd);
    for (const [name, watcher] of watchers) {
      if (name === '.' || names.includes(name)) continue;
      watcher.close();
      watchers.delete(name);
    }
    for (const name of names.filter((one) => !watchers.has(one))) ignoreErrors(() => follow(name, true));
  };
  const onTopChange = (event: string, file: string | null) => {
    if (!closed) ignoreErrors(followFolders);
    onChange(event, file);
  };
  follow('.', false);
  followFolders();
  return {
    next: () =>
      new Promise((resolve) => {
        tell = () => resolve('changed');
      }),
    close() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function foldersIn(cwd: string): string[] {
  const entries = readdirSync(cwd, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !ignored.has(entry.name)).map(({ name }) => name);
}

function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {
    // A folder that cannot be watched is skipped: the next change tries to watch it again.
  }
}

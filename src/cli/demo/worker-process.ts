import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { CairnloopError } from '../../foundation/errors.js';

const bin = fileURLToPath(new URL('../../../bin/cairnloop.js', import.meta.url));

/** A `cairnloop worker` in a process of its own. */
export interface WorkerProcess {
  pid: number;
  /** The URL of the ops server of this worker, e.g. `http://127.0.0.1:40123`. */
  opsUrl: string;
  /** Stops the worker by SIGTERM and returns its exit code. */
  stop(): Promise<number | null>;
}

export interface WorkerProcessOptions {
  /** The host's folder. */
  cwd: string;
  databaseUrl: string;
  /** Called with each line that the demo's notifier logs about a callback. */
  onCall(line: string): void;
}

/** Starts a worker and waits until it drains deliveries. Throws `WORKER_DID_NOT_START` with its output. */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const child = fork(bin, ['worker', '--port', '0'], {
    cwd: options.cwd,
    env: { ...process.env, DATABASE_URL: options.databaseUrl },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C must reach only the parent, which then stops the worker.
    detached: true,
  });
  const lines = createInterface(child.stderr as Readable);
  lines.on('line', (line) => {
    // The notifier's log lines arrive mixed with the worker's own.
    if (/^on[A-Z]\w+, attempt /.test(line)) options.onCall(line);
  });
  const opsUrl = await untilRunning(child, lines);
  return {
    pid: child.pid ?? 0,
    opsUrl,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      const [exitCode] = await once(child, 'exit');
      return exitCode as number | null;
    },
  };
}

function untilRunning(child: ChildProcess, lines: Interface): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    child.once('exit', () => reject(new CairnloopError('WORKER_DID_NOT_START', { said: said.slice(-5).join('\n') })));
    lines.on('line', (line) => {
      said.push(line);
      const address = /^Worker is running.* on http:\/\/[^:]+:(\d+)/.exec(line);
      if (address) resolve(`http://127.0.0.1:${address[1]}`);
    });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from './run-cli.js';
import { type TempHost, tempHost } from './temp-host.js';

/** A line that the Notifier of {@link recordingHost} writes when it is called, and another when it is done. */
export interface RecordedCall {
  at: 'start' | 'end';
  method: string;
  conversationId: string;
  /** Of `onReply`. */
  messageId?: string;
  deliveryId: string;
  attempt: number;
  pid: number;
}

export interface RecordingHost extends TempHost {
  calls(): RecordedCall[];
  /** Lets so many callbacks of each process end; those after them begin and wait. All may end until this is called. */
  letEnd(count: number): void;
}

/** A host whose Notifier writes its calls to a file; `config` is JSON for the rest. */
export function recordingHost(databaseUrl: string, { config = {} } = {}): RecordingHost {
  const host = tempHost({
    'package.json': { type: 'module' },
    'settings.json': { database: { url: databaseUrl }, ops: { host: '127.0.0.1', port: 0 }, ...config },
    'may-end': 'Infinity',
    'cairnloop.config.mjs': `
      import { appendFileSync, readFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { defineConfig, prometheus } from 'cairnloop';

      const beside = (name) => new URL(name, import.meta.url);
      let begun = 0;
      const told = async (method, conversation, { deliveryId, attempt }, messageId) => {
        const call = { method, conversationId: conversation.id, messageId, deliveryId, attempt, pid: process.pid };
        const write = (at) => appendFileSync(beside('calls.jsonl'), JSON.stringify({ at, ...call }) + '\\n');
        write('start');
        const nth = (begun += 1);
        while (nth > Number(readFileSync(beside('may-end'), 'utf8'))) await sleep(20);
        write('end');
      };
      export default defineConfig({
        ...JSON.parse(readFileSync(beside('settings.json'), 'utf8')),
        notifier: {
          onConversationResolved: (conversation, metadata) => told('onConversationResolved', conversation, metadata),
          onSlaBreach: (conversation, sla, metadata) => told('onSlaBreach', conversation, metadata),
          onOutboundTriggered: (message, conversation) => told('onOutboundTriggered', conversation, message.metadata),
          onReply: (message, conversation, metadata) => told('onReply', conversation, metadata, message.id),
        },
        metrics: prometheus(),
      });
    `,
  });
  const file = join(host.folder, 'calls.jsonl');
  return {
    ...host,
    letEnd: (count) => host.write('may-end', String(count)),
    calls: () => {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      // A worker that was killed may have left half a line.
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      return whole
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
  };
}

export interface WorkerProcess {
  pid: number;
  /** Where its ops server listens, e.g. `http://127.0.0.1:9464`; empty without one. */
  opsUrl: string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
}

/** Starts the real `cairnloop worker` in a host and waits until it runs. */
export async function startWorkerProcess(
  host: TempHost,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  program = bin,
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [program, 'worker', ...args], {
    cwd: host.folder,
    env: { ...process.env, CI: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
  const told = () => stderr;
  await ready(child, told, ended);
  return {
    pid: child.pid ?? 0,
    opsUrl: /health and metrics on (\S+)/.exec(stderr)?.[1] ?? '',
    stderr: told,
    signal: (name) => child.kill(name),
    ended,
  };
}

async function ready(child: ChildProcess, stderr: () => string, ended: Promise<unknown>): Promise<void> {
  const running = new Promise<void>((resolve) => {
    child.stderr?.on('data', () => /Worker is running.*\n/.test(stderr()) && resolve());
  });
  await Promise.race([
    running,
    ended.then((how) => Promise.reject(new Error(`the worker ended with ${how}: ${stderr()}`))),
  ]);
}

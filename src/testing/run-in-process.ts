import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AttemptReportLine, ProcessAttempt } from './fault-process.js';
import type { RecordedSideEffect } from './fault-provider.js';
import { selectModuleLoadingOptions } from './node-options.js';

type Attempt = Omit<ProcessAttempt, 'file'>;

/** Makes attempts of a callback one after the other, each in a process of its own, and returns their side effects. */
export async function runAttemptsInProcesses(
  attempts: readonly Attempt[],
  timeoutMs: number,
): Promise<RecordedSideEffect[]> {
  const lines = await linesOf(attempts, timeoutMs);
  return lines.flatMap((line) => ('effect' in line ? [line.effect] : []));
}

/** Why another process cannot load the module and make its notifier; null if it can. */
export async function findNotifierLoadFailure(module: string): Promise<string | null> {
  const probe: Attempt = {
    module,
    callback: null,
    conversationId: '',
    delivery: { deliveryId: '', attempt: 1 },
    fault: { kind: 'none' },
  };
  const [line] = await linesOf([probe], 0);
  if (!line) return 'the process ended without a message';
  return 'failed' in line ? line.failed : null;
}

async function linesOf(attempts: readonly Attempt[], timeoutMs: number): Promise<AttemptReportLine[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-faults-'));
  const file = path.join(folder, 'lines.jsonl');
  try {
    for (const attempt of attempts) await runProcess({ ...attempt, file }, timeoutMs);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Time limit for the start of a process, in milliseconds; the time limit of the attempt comes on top. */
const startMs = 30_000;

async function runProcess(attempt: ProcessAttempt, timeoutMs: number): Promise<void> {
  const program = fileURLToPath(new URL(`./fault-process${path.extname(import.meta.url)}`, import.meta.url));
  const args = [...selectModuleLoadingOptions(process.execArgv), program, JSON.stringify(attempt)];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs + timeoutMs);
  await once(child, 'exit');
  clearTimeout(timer);
}

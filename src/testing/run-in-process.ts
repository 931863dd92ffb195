import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessAttempt } from './fault-process.js';
import type { RecordedEffect } from './fault-provider.js';

/** Makes attempts one after the other, each in a process of its own, and returns the effects of all. */
export async function runInProcesses(
  attempts: readonly Omit<ProcessAttempt, 'file'>[],
  timeoutMs: number,
): Promise<RecordedEffect[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-faults-'));
  const file = path.join(folder, 'effects.jsonl');
  try {
    for (const attempt of attempts) await runProcess({ ...attempt, file }, timeoutMs);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process takes longer to start than a call may take. */
const startMs = 30_000;

async function runProcess(attempt: ProcessAttempt, timeoutMs: number): Promise<void> {
  const program = fileURLToPath(new URL(`./fault-process${path.extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program, JSON.stringify(attempt)], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs + timeoutMs);
  await once(child, 'exit');
  clearTimeout(timer);
}

/**
 * `npm run test:faults [-- --grep F1] [-- --soak 10m]`: the long form of the fault tests, or a soak. Either writes its
 * part of docs/fault-report.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeFaults, writeSoak } from './report/fault-report.js';
import { soak } from './soak/soak.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { soak: { type: 'string' }, grep: { type: 'string', default: '' } } });
process.exitCode = values.soak === undefined ? runFaults(values.grep) : await runSoak(values.soak);

function runFaults(grep: string): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-faults-'));
  const results = path.join(folder, 'results.jsonl');
  const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
  const { status } = spawnSync(process.execPath, [mocha, 'test/faults/**/*.test.ts', '--grep', grep], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CAIRNLOOP_FAULTS: 'long', CAIRNLOOP_FAULT_RESULTS: results },
  });
  if (existsSync(results)) {
    writeFaults(
      readFileSync(results, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
  }
  rmSync(folder, { recursive: true });
  return status ?? 1;
}

async function runSoak(duration: string): Promise<number> {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(duration) ?? [];
  if (!amount || !unit) {
    console.error(`--soak expected a duration such as 30s, 10m or 6h, found "${duration}"`);
    return 2;
  }
  const seconds = Number(amount) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  const result = await soak(seconds);
  writeSoak(duration, result);
  return result.held ? 0 : 1;
}

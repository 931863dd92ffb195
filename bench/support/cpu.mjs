import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ticks a second of the times in `/proc`. */
const ticks = 100;

/** CPU seconds of a Postgres and of all its backends, those that have ended too; null where there is no `/proc`. */
export function cpuOfServer({ dataDir }) {
  const [pid] = readFileSync(join(dataDir, 'cluster', 'data', 'postmaster.pid'), 'utf8').split('\n');
  const all = processes();
  const postmaster = all.find((one) => one.pid === pid);
  if (!postmaster) return null;
  const backends = all.filter(({ parent }) => parent === pid);
  return (postmaster.ended + [postmaster, ...backends].reduce((sum, { own }) => sum + own, 0)) / ticks;
}

function processes() {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(statOf);
  } catch {
    return [];
  }
}

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
    return [{ pid, parent: fields[1], own: user + system, ended: childUser + childSystem }];
  } catch {
    return [];
  }
}

/**
 * `npm test` runs each fault in its short form: seconds, the same code. `npm run test:faults` runs the long form and
 * writes docs/fault-report.md.
 */
import { appendFileSync } from 'node:fs';

/** Whether this is the long form. */
export const isLong = process.env.CAIRNLOOP_FAULTS === 'long';

/** The short form's number, or the long form's. */
export function sized<T>(short: T, long: T): T {
  return isLong ? long : short;
}

/** What a fault test saw; `lost` and `repeated` are calls, `recovery` is in seconds. */
export interface FaultFigures {
  accepted?: number;
  delivered?: number;
  /** How many replies were among what was owed. */
  replies?: number;
  lost?: number;
  repeated?: number;
  recovery?: number;
  seed?: number;
  note?: string;
}

/** One fault of the list: a test by its number and name, which returns what it saw. */
export function fault(
  title: string,
  timeoutMs: { short: number; long: number },
  work: () => Promise<FaultFigures>,
): void {
  it(title, async function () {
    // Twice what it may take alone, for a machine that does other work too.
    this.timeout(2 * sized(timeoutMs.short, timeoutMs.long));
    const started = performance.now();
    const figures = await work();
    tell(title, { ...figures, seconds: (performance.now() - started) / 1000 });
  });
}

function tell(title: string, figures: FaultFigures & { seconds: number }): void {
  const words = Object.entries(figures)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toFixed(2)) : value}`);
  console.log(`      ${words.join(', ')}`);
  const file = process.env.CAIRNLOOP_FAULT_RESULTS;
  if (file) appendFileSync(file, `${JSON.stringify({ title, ...figures })}\n`);
}

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function seeded(seed = Number(process.env.CAIRNLOOP_FAULT_SEED ?? Math.floor(Math.random() * 1e9))): {
  seed: number;
  random(): number;
} {
  let state = seed;
  return {
    seed,
    random() {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

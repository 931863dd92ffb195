import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopSharedServer } from '../../support/database.js';
import { buildArena } from '../support/arena.js';
import { resolveAtRate, untilDrained } from '../support/tally.js';

export interface SoakResult {
  held: boolean;
  marks: Record<string, number | string>;
}

interface Sample {
  seconds: number;
  rssMb: number;
  heapMb: number;
  timers: number;
  handles: number;
}

const perSecond = 200;

/** Resolves 200 conversations a second for so long and watches one worker process. */
export async function soak(seconds: number): Promise<SoakResult> {
  const built: (() => Promise<unknown>)[] = [];
  const arena = await buildArena({ config: { log: { level: 'warn' } } }, built);
  try {
    arena.host.write('watch.mjs', watch);
    const env = { NODE_OPTIONS: `--import ${path.join(arena.host.folder, 'watch.mjs')}` };
    const worker = await arena.worker({ env });
    let [accepted, oldest] = [0, 0];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const minute = Math.min(60, (until - performance.now()) / 1000);
      const load = resolveAtRate(arena, await arena.open(Math.ceil(perSecond * minute)), perSecond);
      for (let second = 0; second < minute; second += 1) {
        await sleep(1000);
        oldest = Math.max(oldest, await ageOfOldest());
      }
      await load.stop();
      accepted += load.accepted.length;
      await arena.query(`DELETE FROM cairnloop.deliveries WHERE state = 'done'`);
    }
    await untilDrained(arena);
    return judge(samples(arena.host.folder), {
      accepted,
      oldest,
      delivered: arena.host.delivered(),
      ends: worker.ends.length,
    });
  } finally {
    for (const undo of built.reverse()) await undo();
    await stopSharedServer();
  }

  async function ageOfOldest(): Promise<number> {
    const { rows } = await arena.query(
      `SELECT coalesce(extract(epoch FROM now() - min(available_at)), 0)::float8 AS age
       FROM cairnloop.deliveries WHERE state = 'pending'`,
    );
    return rows[0].age;
  }
}

/** Preloaded into the worker: what it holds, every two seconds, after a collection. */
const watch = `
  import { appendFileSync } from 'node:fs';
  import v8 from 'node:v8';
  import vm from 'node:vm';
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc');
  setInterval(() => {
    gc();
    const { rss, heapUsed } = process.memoryUsage();
    const resources = process.getActiveResourcesInfo();
    const timers = resources.filter((name) => name === 'Timeout').length;
    const sample = { seconds: process.uptime(), rssMb: rss / 1e6, heapMb: heapUsed / 1e6, timers, handles: resources.length - timers };
    appendFileSync(new URL('samples.jsonl', import.meta.url), JSON.stringify(sample) + '\\n');
  }, 2000).unref();
`;

function samples(folder: string): Sample[] {
  const lines = readFileSync(path.join(folder, 'samples.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/** The first third is warm-up. */
function judge(all: Sample[], run: { accepted: number; delivered: number; oldest: number; ends: number }): SoakResult {
  const warm = all.slice(Math.floor(all.length / 3));
  const [timers, handles] = [warm.map((sample) => sample.timers), warm.map((sample) => sample.handles)];
  const heap = slopePerHour(warm, (sample) => sample.heapMb);
  const rss = slopePerHour(warm, (sample) => sample.rssMb);
  const lost = run.accepted - run.delivered;
  // What a minute of noise amounts to in an hour is far more than a leak of that minute would.
  const tolerated = Math.max(1, 3600 / ((warm.at(-1)?.seconds ?? 1) - (warm[0]?.seconds ?? 0)));
  const isFlat = Math.max(rss, heap) < tolerated && growth(timers) <= 25 && growth(handles) <= 5;
  const held = lost === 0 && run.ends === 0 && run.oldest < 5 && isFlat;
  return {
    held,
    marks: {
      'events a second': perSecond,
      accepted: run.accepted,
      delivered: run.delivered,
      lost,
      'oldest waiting delivery (s)': run.oldest,
      'RSS at the end (MB)': warm.at(-1)?.rssMb ?? 0,
      'RSS slope after warm-up (MB/h)': rss,
      'heap in use, slope after warm-up (MB/h)': heap,
      'slope that is called flat (MB/h)': tolerated,
      'timers, first and last third': `${mean(thirdOf(timers, 0)).toFixed(1)}, ${mean(thirdOf(timers, 2)).toFixed(1)}`,
      'other handles, first and last third': `${mean(thirdOf(handles, 0)).toFixed(1)}, ${mean(thirdOf(handles, 2)).toFixed(1)}`,
      verdict: held ? 'flat' : 'NOT flat',
    },
  };
}

/** Least squares. */
function slopePerHour(all: readonly Sample[], of: (sample: Sample) => number): number {
  const [x, y] = [mean(all.map((sample) => sample.seconds)), mean(all.map(of))];
  const over = all.reduce((sum, sample) => sum + (sample.seconds - x) * (of(sample) - y), 0);
  const under = all.reduce((sum, sample) => sum + (sample.seconds - x) ** 2, 0);
  return under === 0 ? 0 : (over / under) * 3600;
}

function growth(counts: readonly number[]): number {
  return mean(thirdOf(counts, 2)) - mean(thirdOf(counts, 0));
}

function thirdOf<T>(all: readonly T[], third: 0 | 2): T[] {
  const size = Math.ceil(all.length / 3);
  return third === 0 ? all.slice(0, size) : all.slice(-size);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/**
 * `BENCH_SCALE=0.01` runs a benchmark with a hundredth of its rows and two rounds, to see that it works. Its figures mean
 * nothing, so `run.mjs` does not write them to docs/benchmarks.md.
 */
const scale = Number(process.env.BENCH_SCALE ?? 1);

export const isFullSize = scale === 1;

/** So many rows, or a share of them that is no smaller than `least`. */
export function scaled(count, least = 200) {
  return isFullSize ? count : Math.max(Math.min(count, least), Math.round(count * scale));
}

export function scaledRounds(rounds) {
  return isFullSize ? rounds : Math.min(rounds, 2);
}

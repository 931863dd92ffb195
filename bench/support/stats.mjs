export function median(values) {
  return quantile(values, 0.5);
}

/** The value that a share `q` of the values does not exceed. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

/** Calls `work` once for each name, round after round, so that a slow moment of the machine meets all alike. */
export async function alternate(names, rounds, work) {
  const results = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results.get(name).push(await work(name, round));
  }
  return results;
}

import type { ArenaWorker } from './arena.js';

/** The status of a worker's readiness, and what it says of outcomes that wait. */
export async function readiness(worker: ArenaWorker): Promise<[number, string | undefined]> {
  const response = await fetch(`${worker.current().opsUrl}/health/ready`);
  const { checks } = (await response.json()) as { checks: { settlements?: string } };
  return [response.status, checks.settlements];
}

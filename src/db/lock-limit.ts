import type pg from 'pg';

/** How long a call of the host may wait for a lock that another session holds, in milliseconds. */
export const hostLockTimeoutMs = 10_000;

/**
 * How long a worker's statement may wait for a lock, in milliseconds. A row that stays locked is left for a later
 * round.
 */
export const workerLockTimeoutMs = 1000;

const limits = new WeakMap<pg.ClientBase, number>();

/** Sets the lock timeout of a connection, in milliseconds, unless it has this value already. */
export async function limitLockWait(client: pg.ClientBase, ms: number): Promise<void> {
  if (limits.get(client) === ms) return;
  await client.query(`SET lock_timeout = ${ms}`);
  limits.set(client, ms);
}

import type pg from 'pg';

/** How long a call of the host may wait for a lock that another session holds, in milliseconds. */
export const hostLockMs = 10_000;

/** How long a worker's statement may wait for a lock, in milliseconds. Locked rows wait for a later round. */
export const workerLockMs = 1000;

const limits = new WeakMap<pg.ClientBase, number>();

/**
 * Makes the server end statements of this connection that wait for a lock longer than `ms`. Skipped when it is set
 * already.
 */
export async function limitLockWait(client: pg.ClientBase, ms: number): Promise<void> {
  if (limits.get(client) === ms) return;
  await client.query(`SET lock_timeout = ${ms}`);
  limits.set(client, ms);
}

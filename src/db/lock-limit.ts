import type pg from 'pg';

/** How long a call of the host may wait for a lock that another session holds, in milliseconds. */
export const hostLockMs = 10_000;

/** The same for a worker's statement: what is locked waits for a later round, and `stop()` keeps its bound. */
export const workerLockMs = 1000;

const limits = new WeakMap<pg.ClientBase, number>();

/** Has the server end statements of this connection that wait for a lock longer than `ms`. Costs nothing when it is set already. */
export async function limitLockWait(client: pg.ClientBase, ms: number): Promise<void> {
  if (limits.get(client) === ms) return;
  await client.query(`SET lock_timeout = ${ms}`);
  limits.set(client, ms);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isAnswer, isConflict, isConnectionLost, isPlanOutdated, isReadOnly } from './outage.js';

/** How often work that met another transaction is begun anew. */
const conflictTries = 5;

/** Connections are not all replaced more often than this, in milliseconds: a database may stay read-only for long. */
const replaceEveryMs = 1000;

/** Runs work on connections of a pool, and on another one where the first cannot do it and did nothing of it. */
export interface PoolRunner {
  /** `work` may run again: it writes to the connection alone, and nothing of it is kept when it throws. */
  run<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
}

export function createPoolRunner(pool: pg.Pool): PoolRunner {
  const connectedAt = new WeakMap<pg.PoolClient, number>();
  let goodSince = Number.NEGATIVE_INFINITY;
  pool.on('connect', (client) => connectedAt.set(client, performance.now()));

  const isOld = (client: pg.PoolClient) => (connectedAt.get(client) ?? 0) < goodSince;

  async function checkOut(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await pool.connect();
      if (!isOld(client)) return client;
      client.release(true);
    }
  }

  /** After a failover old connections lead to what was the primary, or keep the settings of before. */
  function replaceAll(): boolean {
    const now = performance.now();
    if (now - goodSince < replaceEveryMs) return false;
    goodSince = now;
    return true;
  }

  /** Whether a further try has a chance, and what was done before is undone for certain. */
  function worthAnotherTry(error: unknown, client: pg.PoolClient, tries: number): boolean {
    if (isPlanOutdated(error)) return tries <= pool.options.max;
    if (isConflict(error)) return tries < conflictTries;
    return isReadOnly(error) && (isOld(client) || replaceAll()) && tries < conflictTries;
  }

  async function run<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const client = await checkOut();
      let broken = false;
      let waitMs = 0;
      // A client that was taken out of the pool has nobody else to tell: without a listener its loss ends the process.
      const onError = () => {
        broken = true;
      };
      client.on('error', onError);
      try {
        return await work(client);
      } catch (error) {
        const again = worthAnotherTry(error, client, tries);
        broken ||= mustNotBeHandedOn(error) || isOld(client);
        if (!again) throw error;
        if (isConflict(error)) waitMs = Math.random() * 20 * 2 ** tries;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
      await sleep(waitMs);
    }
  }
  return { run };
}

/** Its answers are out of step, or its prepared statements are of tables as they were. */
function mustNotBeHandedOn(error: unknown): boolean {
  return isPlanOutdated(error) || (!isAnswer(error) && isConnectionLost(error));
}

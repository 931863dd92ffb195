import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import {
  isCachedQueryPlanError,
  isConnectionLostError,
  isErrorFromServer,
  isReadOnlyError,
  isTransactionConflictError,
} from './outage.js';

/** Maximum number of attempts after serialization failures. */
const conflictTries = 5;

/**
 * Minimum time between two replacements of all connections, in milliseconds: a database may stay read-only for long.
 */
const replaceEveryMs = 1000;

/** Runs work on a pooled connection, and on another one if the first failed without effect. */
export interface RetryingPool {
  /**
   * `work` may run again: it must write through the connection only, so that its changes are rolled back when it
   * throws.
   */
  run<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
}

export function createRetryingPool(pool: pg.Pool): RetryingPool {
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

  /**
   * Retires all connections that are open now, unless that was done in the last second: after a failover they lead to
   * the former primary or keep stale settings. Returns whether it did.
   */
  function replaceAll(): boolean {
    const now = performance.now();
    if (now - goodSince < replaceEveryMs) return false;
    goodSince = now;
    return true;
  }

  /** Whether work that failed is tried again: a retry can succeed, and the first attempt certainly had no effect. */
  function worthAnotherTry(error: unknown, client: pg.PoolClient, tries: number): boolean {
    if (isCachedQueryPlanError(error)) return tries <= pool.options.max;
    if (isTransactionConflictError(error)) return tries < conflictTries;
    return isReadOnlyError(error) && (isOld(client) || replaceAll()) && tries < conflictTries;
  }

  async function run<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const client = await checkOut();
      let broken = false;
      let waitMs = 0;
      // Without an `error` listener, losing a checked-out client would end the process.
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
        if (isTransactionConflictError(error)) waitMs = Math.random() * 20 * 2 ** tries;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
      await sleep(waitMs);
    }
  }
  return { run };
}

/** Whether a connection must be closed: its protocol is out of step, or its prepared statements are stale. */
function mustNotBeHandedOn(error: unknown): boolean {
  return isCachedQueryPlanError(error) || (!isErrorFromServer(error) && isConnectionLostError(error));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import { abortableSleep } from './abortable-sleep.js';
import { openSession, type SessionOptions } from './session.js';

export interface NotificationListener {
  connection: Omit<SessionOptions, 'limits' | 'connectTimeoutMs'>;
  channel: string;
  log: Logger;
  /** What the notifications are about, as log messages name it. */
  what: string;
  hear(payload: string): void;
  /** A second NOTIFY channel to listen to on the same connection. */
  also?: { channel: string; hear(payload: string): void };
  /** Called each time the connection is established: earlier notifications may have been missed. */
  missed(): void;
  /** Interval between probes of the connection, which detect a silent loss, in milliseconds. Default 10 000. */
  probeEveryMs?: number;
  /** Time limit of a probe and of connecting, in milliseconds. Default 5 000. */
  probeTimeoutMs?: number;
}

const maxBackoffMs = 10_000;

/**
 * Keeps one connection listening until closed. Reconnects with backoff when it breaks or does not respond to a probe.
 */
export function listenForNotifications(listening: NotificationListener): { close(): Promise<void> } {
  const { log, what, missed } = listening;
  const stop = new AbortController();

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      try {
        await listenOnce(listening, stop.signal, () => {
          failures = 0;
          missed();
        });
      } catch (error) {
        if (failures === 0) log.warn({ reason: errorText(error) }, `${what} connection lost; reconnecting`);
      }
      await abortableSleep(backoffMs(failures), stop.signal);
    }
  }

  const running = run();
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Connects, listens and probes until the connection breaks (throws) or `signal` aborts (returns). */
async function listenOnce(listening: NotificationListener, signal: AbortSignal, onReady: () => void): Promise<void> {
  const { channel, hear, also, probeEveryMs = 10_000, probeTimeoutMs = 5_000 } = listening;
  const limits = { answer: probeTimeoutMs, statement: probeTimeoutMs };
  const client = await openSession({ ...listening.connection, connectTimeoutMs: probeTimeoutMs, limits });
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(error));
  client.on('end', () => lost.abort(new Error('the connection ended')));
  client.on('notification', ({ channel: from, payload = '' }) => {
    if (from === also?.channel) also.hear(payload);
    else hear(payload);
  });
  try {
    await requireWritable(client);
    await client.query([channel, also?.channel].flatMap((one) => (one ? `LISTEN "${one}"` : [])).join('; '));
    onReady();
    const over = AbortSignal.any([signal, lost.signal]);
    while (!over.aborted) {
      await abortableSleep(probeEveryMs, over);
      if (!over.aborted) await requireWritable(client);
    }
    lost.signal.throwIfAborted();
  } finally {
    await endWithin(client, 1000);
  }
}

/** Throws on a read-only server: after a failover the former primary still responds, but receives no notifications. */
async function requireWritable(client: pg.Client): Promise<void> {
  const { rows } = await client.query(`SELECT current_setting('transaction_read_only') AS "readOnly"`);
  if (rows[0].readOnly === 'on') throw new Error('the server is read-only');
}

/**
 * Closes the connection within `timeoutMs`. A half-open connection never ends by itself, so its socket is destroyed.
 */
async function endWithin(client: pg.Client, timeoutMs: number): Promise<void> {
  const ended = client.end().catch(() => {});
  await Promise.race([ended, sleep(timeoutMs, undefined, { ref: false })]);
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

function backoffMs(failures: number): number {
  return Math.random() * Math.min(maxBackoffMs, 250 * 2 ** failures);
}

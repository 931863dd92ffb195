import { EventEmitter } from 'node:events';
import type { JobNotification, NotificationChannel, NotificationHandler } from 'agenda';
import type pg from 'pg';
import type { Logger } from 'pino';
import { listenForNotifications, type NotificationListener } from '../db/listen.js';

/**
 * Carries wake-ups over the host's Postgres, with any job store. Unlike Agenda's own channel it connects only where
 * something listens, probes the connection, and reconnects with backoff.
 */
export class WakeUpChannel extends EventEmitter implements NotificationChannel {
  /** The channel reports to Agenda that it is connected: publishing uses the pool and never waits for the listener. */
  readonly state = 'connected';
  readonly #pool: pg.Pool;
  readonly #connection: NotificationListener['connection'];
  readonly #channel: string;
  readonly #log: Logger;
  readonly #handlers = new Set<NotificationHandler>();
  #listening: { close(): Promise<void> } | undefined;

  constructor(pool: pg.Pool, connection: NotificationListener['connection'], channel: string, log: Logger) {
    super();
    this.#pool = pool;
    this.#connection = connection;
    this.#channel = channel;
    this.#log = log;
  }

  /** Starts to listen without waiting for the connection; until then Agenda's polls find the jobs. */
  async connect(): Promise<void> {
    this.#listening ??= listenForNotifications({
      connection: this.#connection,
      channel: this.#channel,
      log: this.#log,
      what: 'wake-up',
      hear: (jobName) => this.#tell(jobName),
      // Notifications that were missed need no repeat: Agenda's next poll finds their jobs.
      missed: () => {},
    });
  }

  async disconnect(): Promise<void> {
    await this.#listening?.close();
    this.#listening = undefined;
  }

  subscribe(handler: NotificationHandler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  async publish({ jobName }: JobNotification): Promise<void> {
    await this.#pool.query('SELECT pg_notify($1, $2)', [this.#channel, jobName]);
  }

  #tell(jobName: string): void {
    const notification: JobNotification = {
      jobId: '' as JobNotification['jobId'],
      jobName,
      // Null makes the job due at once; a time would depend on the clocks of two processes.
      nextRunAt: null,
      priority: 0,
      timestamp: new Date(),
    };
    for (const handler of this.#handlers) {
      Promise.resolve(handler(notification)).catch((error) => this.emit('error', error));
    }
  }
}

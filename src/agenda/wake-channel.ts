import { EventEmitter } from 'node:events';
import type { JobNotification, NotificationChannel, NotificationHandler } from 'agenda';
import type pg from 'pg';
import type { Logger } from 'pino';
import { type Listening, listenOn } from '../db/listen.js';

/**
 * Carries Agenda's wake-ups over the host's Postgres, whatever holds its jobs. Unlike Agenda's own channel it takes a
 * connection only in a process that listens, probes it, and reconnects with a backoff. A wake-up names its job and no
 * more: what it is about stands in `deliveries`.
 */
export class WakeChannel extends EventEmitter implements NotificationChannel {
  /** Publishing goes through the pool, so it never has to be waited for. */
  readonly state = 'connected';
  readonly #pool: pg.Pool;
  readonly #connection: Listening['connection'];
  readonly #channel: string;
  readonly #log: Logger;
  readonly #handlers = new Set<NotificationHandler>();
  #listening: { close(): Promise<void> } | undefined;

  constructor(pool: pg.Pool, connection: Listening['connection'], channel: string, log: Logger) {
    super();
    this.#pool = pool;
    this.#connection = connection;
    this.#channel = channel;
    this.#log = log;
  }

  /** Begins to listen. Does not wait for the connection: until it is there, Agenda's polls find the jobs. */
  async connect(): Promise<void> {
    this.#listening ??= listenOn({
      connection: this.#connection,
      channel: this.#channel,
      log: this.#log,
      what: 'wake-up',
      hear: (jobName) => this.#tell(jobName),
      // Agenda's next poll finds what was missed.
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
      // Due now, by whatever clock.
      nextRunAt: null,
      priority: 0,
      timestamp: new Date(),
    };
    for (const handler of this.#handlers) {
      Promise.resolve(handler(notification)).catch((error) => this.emit('error', error));
    }
  }
}

import { PostgresNotificationChannel } from '@agendajs/postgres-backend';

/**
 * The channel that wake-ups travel over. The worker's start and every wake-up may ask for it at the same time, and each
 * connect of the original would take another connection out of the pool and never give it back.
 */
export class SharedChannel extends PostgresNotificationChannel {
  #connecting: Promise<void> | undefined;

  override connect(): Promise<void> {
    if (this.state === 'connected') return Promise.resolve();
    this.#connecting ??= super.connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  override async disconnect(): Promise<void> {
    await this.#connecting?.catch(() => {});
    await super.disconnect();
  }
}

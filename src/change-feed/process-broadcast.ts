import type { Logger } from 'pino';
import type { Database } from '../db/connect.js';
import { declareStatement } from '../db/statement.js';
import { errorText } from '../foundation/redact.js';

interface Listener {
  hear(text: string): void;
  missed(): void;
}

/**
 * Opens a NOTIFY channel for short-lived texts. Texts are sent one statement at a time; if too many wait, new ones are
 * dropped.
 */
export function openProcessBroadcast(db: Database, channel: string, log: Logger) {
  const listeners = new Set<Listener>();
  let waiting: string[] = [];
  let sending: Promise<void> | undefined;
  let closed = false;

  async function send(): Promise<void> {
    while (waiting.length > 0 && !closed) {
      const texts = waiting;
      waiting = [];
      try {
        await db.run(notify, { channel, texts });
      } catch (error) {
        log.debug({ reason: errorText(error) }, 'a broadcast to other processes could not be sent');
      }
    }
    sending = undefined;
  }

  const tellAll = (tell: (listener: Listener) => void) => {
    for (const listener of listeners) {
      try {
        tell(listener);
      } catch (error) {
        log.warn({ reason: errorText(error) }, 'a listener of broadcasts threw an error');
      }
    }
  };

  return {
    channel,
    hear: (text: string) => tellAll((listener) => listener.hear(text)),
    missed: () => tellAll((listener) => listener.missed()),
    say(text: string): void {
      if (closed || waiting.length >= maxWaiting || Buffer.byteLength(text) > maxBytes) return;
      waiting.push(text);
      sending ??= send();
    },
    add(hear: Listener['hear'], missed: Listener['missed']): () => void {
      const listener = { hear, missed };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close(): Promise<void> {
      closed = true;
      listeners.clear();
      await sending;
    },
  };
}

/** The longest text in bytes; Postgres refuses NOTIFY payloads of 8000 bytes. */
const maxBytes = 7000;
const maxWaiting = 200;

const notify = declareStatement<{ channel: string; texts: string[] }>(
  'news.notify',
  (_, p) => `SELECT pg_notify(${p.channel}, payload) FROM unnest(${p.texts}::text[]) payload`,
);

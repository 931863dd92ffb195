import { randomBytes } from 'node:crypto';
import { databaseTime } from '../db/database-time.js';
import { listenOn } from '../db/listen.js';
import { pause } from '../db/pause.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { type Effects, release, releaseHarmless } from './effects.js';

/**
 * How this process learns which calls were committed: each sends a notification in the host's transaction, which
 * Postgres delivers after the commit or never. Reason: docs/decisions/0016-within.md.
 */
export interface Commits {
  readonly channel: string;
  /**
   * Listens from the first call on. Settles when it listens, or after a timeout: then the sweep finds the deliveries.
   */
  listening(): Promise<void>;
  /** Holds effects until their commit is heard; returns the notification's payload. */
  hold(effects: Effects): string;
  drop(token: string): void;
  close(): Promise<void>;
}

/** Rolled-back calls are never heard of; the oldest beyond this are forgotten. */
const maxHeld = 10_000;

/** Time that the first call waits for the listener, in milliseconds. */
const patienceMs = 2000;

/** How often a closing process asks the server for what is still under way. */
const lastLooks = 10;

export function createCommits(runtime: Runtime): Commits {
  const channel = `cairnloop_commits_${randomBytes(8).toString('hex')}`;
  const held = holdEffects(runtime);
  const over = new AbortController();
  let listener: { close(): Promise<void> } | undefined;
  let ready: Promise<void> | undefined;

  function listen(): Promise<void> {
    const { db, log } = runtime;
    return new Promise((resolve) => {
      let connected = false;
      listener = listenOn({
        connection: { url: db.url, schema: db.schema, name: 'cairnloop-commits' },
        channel,
        log,
        what: 'commit',
        hear: held.release,
        missed() {
          // Commits of the time without a connection were not heard.
          if (connected) held.releaseHarmless();
          connected = true;
          resolve();
        },
      });
    });
  }

  return {
    channel,
    async listening() {
      if (over.signal.aborted) throw new CairnloopError('CLOSED', { operation: 'within' });
      ready ??= Promise.race([listen(), pause(patienceMs, over.signal)]);
      await ready;
    },
    hold: held.hold,
    drop: held.drop,
    async close() {
      // A script that commits and closes is heard as well.
      for (let looks = 0; held.count() > 0 && looks < lastLooks; looks += 1)
        await databaseTime(runtime.db).catch(() => {});
      over.abort();
      await listener?.close();
    },
  };
}

/** The effects of calls whose commit is not known yet, by token. */
function holdEffects(runtime: Runtime) {
  const held = new Map<string, Effects>();
  let last = 0;
  return {
    hold(effects: Effects): string {
      last += 1;
      const token = String(last);
      held.set(token, effects);
      const [oldest] = held.keys();
      if (held.size > maxHeld && oldest !== undefined) held.delete(oldest);
      return token;
    },
    drop(token: string): void {
      held.delete(token);
    },
    release(token: string): void {
      const effects = held.get(token);
      held.delete(token);
      if (effects) release(runtime, effects);
    },
    /** Those that are not committed yet are kept: they may still be heard of. */
    releaseHarmless(): void {
      for (const effects of held.values()) releaseHarmless(runtime, effects);
    },
    count: () => held.size,
  };
}

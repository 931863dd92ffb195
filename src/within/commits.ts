import { randomBytes } from 'node:crypto';
import { abortableSleep } from '../db/abortable-sleep.js';
import { readDatabaseTime } from '../db/database-time.js';
import { listenForNotifications } from '../db/listen.js';
import {
  announceDeferredFollowUps,
  announceFollowUpsSafeWithoutCommit,
  type DeferredFollowUps,
} from '../events/announce.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';

/**
 * Learns which calls in the host's transactions were committed: each call sends a notification in the host's
 * transaction, which Postgres delivers after the commit or never. Reason: docs/decisions/0018-within.md.
 */
export interface CommitListener {
  readonly channel: string;
  /**
   * Starts to listen at the first call. Settles once it listens, or after a timeout; then the sweep finds the
   * deliveries.
   */
  listening(): Promise<void>;
  /**
   * Holds the follow-ups of a call until the notification of its commit arrives. Returns the payload to notify with.
   */
  hold(followUps: DeferredFollowUps): string;
  drop(token: string): void;
  close(): Promise<void>;
}

/**
 * The follow-ups of at most this many calls are held. A rolled-back call is never notified, so the oldest are dropped.
 */
const maxHeld = 10_000;

/** Time that the first call waits for the listener, in milliseconds. */
const patienceMs = 2000;

/** How many round trips to the server a closing process waits for notifications of commits. */
const closingChecks = 10;

export function createCommitListener(runtime: Runtime): CommitListener {
  const channel = `cairnloop_commits_${randomBytes(8).toString('hex')}`;
  const held = holdFollowUps(runtime);
  const over = new AbortController();
  let listener: { close(): Promise<void> } | undefined;
  let ready: Promise<void> | undefined;

  function listen(): Promise<void> {
    const { db, log } = runtime;
    return new Promise((resolve) => {
      let connected = false;
      listener = listenForNotifications({
        connection: { url: db.url, schema: db.schema, name: 'cairnloop-commits' },
        channel,
        log,
        what: 'commit',
        hear: held.release,
        missed() {
          // Notifications of commits were lost while there was no connection.
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
      ready ??= Promise.race([listen(), abortableSleep(patienceMs, over.signal)]);
      await ready;
    },
    hold: held.hold,
    drop: held.drop,
    async close() {
      // Wait for notifications of commits that came right before close(), which is usual in a script.
      for (let checks = 0; held.count() > 0 && checks < closingChecks; checks += 1)
        await readDatabaseTime(runtime.db).catch(() => {});
      over.abort();
      await listener?.close();
    },
  };
}

/** Holds the follow-ups of calls whose commit is not known yet, by token. */
function holdFollowUps(runtime: Runtime) {
  const held = new Map<string, DeferredFollowUps>();
  let last = 0;
  return {
    hold(followUps: DeferredFollowUps): string {
      last += 1;
      const token = String(last);
      held.set(token, followUps);
      const [oldest] = held.keys();
      if (held.size > maxHeld && oldest !== undefined) held.delete(oldest);
      return token;
    },
    drop(token: string): void {
      held.delete(token);
    },
    release(token: string): void {
      const followUps = held.get(token);
      held.delete(token);
      if (followUps) announceDeferredFollowUps(runtime, followUps);
    },
    /**
     * Runs the follow-ups that do no harm if their call was rolled back. All are kept, because a notification may still
     * arrive.
     */
    releaseHarmless(): void {
      for (const followUps of held.values()) announceFollowUpsSafeWithoutCommit(runtime, followUps);
    },
    count: () => held.size,
  };
}

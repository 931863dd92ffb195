import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCairnloopError } from '../../../src/foundation/errors.js';
import { operator } from '../../support/started-host.js';
import type { Arena } from './arena.js';
import type { FaultFigures } from './fault.js';

export interface Load {
  /** Conversations whose resolve answered, i.e. whose event was accepted. */
  accepted: string[];
  stop(): Promise<void>;
}

/** Resolves conversations at `perSecond` until stopped, or until there are none left. A refused one is not accepted. */
export function resolveAtRate(arena: Arena, ids: readonly string[], perSecond: number): Load {
  const left = [...ids];
  const accepted: string[] = [];
  const under = new Set<Promise<void>>();
  const started = performance.now();
  let due = 0;
  let stopped = false;

  const one = async (id: string) => {
    try {
      await arena.cairnloop.conversations.resolve(id, { resolvedBy: operator });
      accepted.push(id);
    } catch (error) {
      // A test that failed took the arena down under its load.
      if (isCairnloopError(error) && error.code === 'CLOSED') stopped = true;
      // The database refused or was away: nobody was told that the event is recorded, and the client tries again.
      left.unshift(id);
    }
  };
  const running = (async () => {
    while (!stopped && left.length > 0) {
      for (; due < ((performance.now() - started) / 1000) * perSecond && left.length > 0; due += 1) {
        const call: Promise<void> = one(left.pop() as string).finally(() => under.delete(call));
        under.add(call);
      }
      await sleep(10);
    }
  })();
  return {
    accepted,
    async stop() {
      stopped = true;
      await running;
      await Promise.all(under);
    },
  };
}

/** Waits until no delivery is pending; answers the seconds since `since`. */
export async function untilDrained(
  arena: Arena,
  since = performance.now(),
  timeoutMs = 60_000,
  everyMs = 50,
): Promise<number> {
  for (;;) {
    const { rows } = await arena.query(
      `SELECT count(*)::int AS left FROM cairnloop.deliveries WHERE state = 'pending'`,
    );
    if (rows[0].left === 0) return (performance.now() - since) / 1000;
    assert.ok(performance.now() - since < timeoutMs, `${rows[0].left} deliveries still pending`);
    await sleep(everyMs);
  }
}

/** Compares what was accepted with what was delivered: an event is lost when nobody was told of it to the end. */
export async function tally(
  arena: Arena,
  accepted: readonly string[],
): Promise<Required<Pick<FaultFigures, 'accepted' | 'delivered' | 'lost' | 'repeated'>>> {
  const calls = arena.host.calls();
  const ended = new Set(calls.filter(({ at }) => at === 'end').map((call) => call.conversationId));
  const started = calls.filter(({ at }) => at === 'start').length;
  const told = new Set(calls.map((call) => call.deliveryId)).size;
  const { rows } = await arena.query(
    `SELECT DISTINCT conversation_id AS id FROM cairnloop.deliveries WHERE topic <> 'draft' AND state <> 'discarded'`,
  );
  // What was recorded counts as accepted too, even where the answer got lost on its way.
  const owed = new Set([...accepted, ...rows.map((row) => row.id)]);
  const lost = [...owed].filter((id) => !ended.has(id)).length;
  return { accepted: owed.size, delivered: ended.size, lost, repeated: started - told };
}

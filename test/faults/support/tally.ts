import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCairnloopError } from '../../../src/foundation/errors.js';
import { operator } from '../../support/started-host.js';
import type { Arena } from './arena.js';
import type { FaultFigures } from './fault.js';
import type { TimedCall } from './fault-host.js';

export interface Load {
  /** Conversations whose resolve answered, i.e. whose event was accepted. */
  accepted: string[];
  stop(): Promise<void>;
}

/**
 * Resolves conversations at `perSecond` until stopped, or until there are none left; every fourth gets two replies first.
 * A refused one is not accepted.
 */
export function resolveAtRate(arena: Arena, ids: readonly string[], perSecond: number): Load {
  const left = [...ids];
  const replied = new Set(ids.filter((_, index) => index % 4 === 0));
  const accepted: string[] = [];
  const under = new Set<Promise<void>>();
  const started = performance.now();
  let due = 0;
  let stopped = false;

  const { reply, resolve } = arena.cairnloop.conversations;
  const one = async (id: string) => {
    try {
      // A call whose answer was lost is made again: the key keeps its reply from being written twice.
      if (replied.has(id))
        for (const content of ['first', 'second']) await reply(id, { content, actor: operator, dedupeKey: content });
      await resolve(id, { resolvedBy: operator });
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

/** Waits until no delivery is pending; returns the seconds since `since`. */
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

type Tally = Required<Pick<FaultFigures, 'accepted' | 'delivered' | 'lost' | 'repeated'>> & FaultFigures;

/**
 * Compares what was accepted with what was delivered, in conversations: one is lost when a callback that is owed for it
 * never ended well. Asserts that the replies of a conversation were handed over in their order.
 */
export async function tally(arena: Arena, accepted: readonly string[]): Promise<Tally> {
  const calls = arena.host.calls();
  const ended = new Set(calls.filter(({ at }) => at === 'end').map((call) => call.conversationId));
  const started = calls.filter(({ at }) => at === 'start').length;
  const called = new Set(calls.map((call) => call.deliveryId)).size;
  const { rows } = await arena.query<{ id: string; conversation: string }>(
    `SELECT id, conversation_id AS conversation FROM cairnloop.deliveries
     WHERE topic IN ('conversation_resolved', 'outbound', 'reply') AND state <> 'discarded'`,
  );
  // What was recorded counts as accepted too, even where the answer got lost on its way.
  const owed = new Set([...accepted, ...rows.map((row) => row.conversation)]);
  const told = new Set(calls.filter(({ at }) => at === 'end').map((call) => call.deliveryId));
  const untold = rows.filter(({ id }) => !told.has(id)).map((row) => row.conversation);
  const replies = await tallyReplies(arena, calls);
  const lost = new Set([...[...owed].filter((id) => !ended.has(id)), ...untold]).size + replies.lost;
  return { accepted: owed.size, delivered: ended.size, lost, repeated: started - called, replies: replies.count };
}

/** Replies that were owed, in the order of writing; those that were given up have been told of in their own way. */
const owedReplies = `
  SELECT m.id, m.conversation_id AS conversation, m.status = 'sent' AS sent
  FROM cairnloop.deliveries d JOIN cairnloop.messages m ON m.id = d.subject_id
  WHERE d.topic = 'reply' AND d.state <> 'discarded' ORDER BY m.conversation_id, m.created_at, m.id`;

/** A reply is lost when its callback never ended well, or when its message does not say that it was sent. */
async function tallyReplies(arena: Arena, calls: readonly TimedCall[]): Promise<{ count: number; lost: number }> {
  const { rows } = await arena.query<{ id: string; conversation: string; sent: boolean }>(owedReplies);
  const [starts, ends] = [firstPlaces(calls, 'start'), firstPlaces(calls, 'end')];
  for (const [n, { id, conversation }] of rows.entries()) {
    const earlier = rows[n - 1];
    if (earlier?.conversation !== conversation) continue;
    const [ended = Number.NaN, began = Number.NaN] = [ends.get(earlier.id), starts.get(id)];
    assert.ok(!(began < ended), `reply ${id} was called before reply ${earlier.id} had ended`);
  }
  return { count: rows.length, lost: rows.filter(({ id, sent }) => !sent || !ends.has(id)).length };
}

/** Where each message stands first among the calls that began, or ended. */
function firstPlaces(calls: readonly TimedCall[], at: 'start' | 'end'): Map<string | undefined, number> {
  const places = new Map<string | undefined, number>();
  for (const [place, call] of calls.entries())
    if (call.at === at && !places.has(call.messageId)) places.set(call.messageId, place);
  return places;
}

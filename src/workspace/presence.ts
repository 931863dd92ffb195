import { randomUUID } from 'node:crypto';
import type { ProcessBroadcast } from '../change-feed/change-feed.js';
import type { Actor } from '../contracts/domain.js';
import { createDebouncedListeners } from './debounced-listeners.js';
import {
  encodePresenceMessage,
  maxOperatorsPerMessage,
  type PresenceMessage,
  parsePresenceMessage,
} from './presence-messages.js';
import {
  createPresenceState,
  type OperatorInConversation,
  type PresenceState,
  type PresentOperator,
  presenceKey,
} from './presence-state.js';

/** Which operators have a conversation open, and who is typing, across processes. Nothing is stored. */
export interface OperatorPresence {
  /** Registers an open page. Call the returned function when the page is closed. */
  enter(operator: Actor, conversationId: string): () => void;
  /** Marks the operator as typing for some seconds; call it again while they type. */
  typing(operator: Actor, conversationId: string): void;
  /** All operators who have a conversation open. */
  present(): readonly PresentOperator[];
  /** Calls `listener` after changes of presence. Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** How long a page may take to reconnect before its operator counts as gone, in milliseconds. */
const graceMs = 4_000;
const typingMs = 6_000;
/** How often each process announces its open pages again, in milliseconds, so that others notice when it dies. */
const repeatMs = 10_000;
/** How long the open pages of another process are shown without a new announcement, in milliseconds. */
const staleMs = 25_000;
/** Presence changes within this time, in milliseconds, are reported in one call. */
const gatherMs = 150;

export function createOperatorPresence(channel: ProcessBroadcast): OperatorPresence {
  const self = randomUUID();
  const state = createPresenceState();
  const pages = createPageCounts();
  const listeners = createDebouncedListeners(gatherMs);
  const { say, sayHere } = createSender(channel, self);
  let stop: (() => void) | undefined;

  function hear(text: string): void {
    const message = parsePresenceMessage(text);
    if (!message || message.from === self) return;
    store(state, message);
    if (message.asks) sayHere(state.of(self));
    else listeners.tell();
  }

  function leave(place: OperatorInConversation): void {
    if (pages.closed(place) > 0) return;
    state.gone(self, place);
    say({ gone: [place] });
    listeners.tell();
  }

  /** Starts to receive presence at the first subscriber, because nobody reads it before. */
  function start(): () => void {
    const unsubscribe = channel.hear(hear, () => say({ asks: true }));
    const stopRepeating = every(repeatMs, () => sayHere(state.of(self)));
    const stopForgetting = every(1000, () => state.forget(Date.now()) && listeners.tell());
    return () => {
      unsubscribe();
      stopRepeating();
      stopForgetting();
    };
  }

  return {
    enter(operator, conversationId) {
      const place = { operator, conversationId };
      pages.opened(place);
      state.here(self, place, Number.POSITIVE_INFINITY);
      sayHere([place]);
      listeners.tell();
      return once(() => setTimeout(leave, graceMs, place).unref());
    },
    typing(operator, conversationId) {
      const place = { operator, conversationId };
      say({ typing: [place] });
      if (state.typing(place, Date.now() + typingMs)) listeners.tell();
    },
    present: state.present,
    subscribe(listener) {
      stop ??= start();
      return listeners.add(listener);
    },
    close() {
      stop?.();
      listeners.close();
    },
  };
}

/**
 * Creates functions that send this process's presence messages; a long list of operators is split over several
 * messages.
 */
function createSender(channel: ProcessBroadcast, self: string) {
  const say = (message: Omit<PresenceMessage, 'from'>) =>
    channel.say(encodePresenceMessage({ from: self, ...message }));
  function sayHere(places: OperatorInConversation[]): void {
    for (let from = 0; from < places.length; from += maxOperatorsPerMessage)
      say({ here: places.slice(from, from + maxOperatorsPerMessage) });
  }
  return { say, sayHere };
}

function store(state: PresenceState, { from, here, gone, typing }: PresenceMessage): void {
  const now = Date.now();
  for (const place of here ?? []) state.here(from, place, now + staleMs);
  for (const place of gone ?? []) state.gone(from, place);
  for (const place of typing ?? []) state.typing(place, now + typingMs);
}

/** Counts, for each operator and conversation, the open pages that this process serves. */
function createPageCounts() {
  const counts = new Map<string, number>();
  return {
    opened(place: OperatorInConversation): void {
      counts.set(presenceKey(place), (counts.get(presenceKey(place)) ?? 0) + 1);
    },
    /** Returns how many pages of the operator still have the conversation open. */
    closed(place: OperatorInConversation): number {
      const left = (counts.get(presenceKey(place)) ?? 1) - 1;
      if (left > 0) counts.set(presenceKey(place), left);
      else counts.delete(presenceKey(place));
      return left;
    },
  };
}

/** Calls `work` every `ms` milliseconds without keeping the process alive. Returns a function that stops it. */
function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}

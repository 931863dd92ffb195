import { randomUUID } from 'node:crypto';
import type { NewsChannel } from '../change-feed/change-feed.js';
import type { Actor } from '../contracts/domain.js';
import { type PresenceMessage, placesPerMessage, readPresence, writePresence } from './presence-messages.js';
import { createPresenceState, keyOf, type Place, type Present } from './presence-state.js';

/** Which operators have a conversation open, and which of them are writing, in every process. Nothing of it is stored. */
export interface Presence {
  /** Somebody has opened a conversation; call what it returns when their page is gone. */
  enter(operator: Actor, conversationId: string): () => void;
  /** Somebody writes in it; forgotten some seconds later unless it is said again. */
  typing(operator: Actor, conversationId: string): void;
  /** Everybody who is somewhere. */
  present(): readonly Present[];
  /** Calls `listener` when that has changed. Returns how to stop. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** A page that reconnects is away for a moment: only after it, in milliseconds, is it gone. */
const graceMs = 4_000;
const typingMs = 6_000;
/** Each process repeats who is there, so that one that has died is noticed. */
const repeatMs = 10_000;
/** What a process has said counts for so long. */
const staleMs = 25_000;
/** Listeners are called once for several changes. */
const gatherMs = 150;

export function createPresence(channel: NewsChannel): Presence {
  const self = randomUUID();
  const state = createPresenceState();
  const pages = new Map<string, number>();
  const listeners = createGathered(gatherMs);
  let stop: (() => void) | undefined;

  const say = (message: Omit<PresenceMessage, 'from'>) => channel.say(writePresence({ from: self, ...message }));

  function sayHere(places: Place[]): void {
    for (let from = 0; from < places.length; from += placesPerMessage)
      say({ here: places.slice(from, from + placesPerMessage) });
  }

  function hear(text: string): void {
    const message = readPresence(text);
    if (!message || message.from === self) return;
    for (const place of message.here ?? []) state.here(message.from, place, Date.now() + staleMs);
    for (const place of message.gone ?? []) state.gone(message.from, place);
    for (const place of message.typing ?? []) state.typing(place, Date.now() + typingMs);
    if (message.asks) sayHere(state.of(self));
    else listeners.tell();
  }

  function leave(place: Place): void {
    const left = (pages.get(keyOf(place)) ?? 1) - 1;
    if (left > 0) return void pages.set(keyOf(place), left);
    pages.delete(keyOf(place));
    state.gone(self, place);
    say({ gone: [place] });
    listeners.tell();
  }

  /** Listens from the first stream on: before it nobody wants to know. */
  function start(): () => void {
    const unsubscribe = channel.hear(hear, () => say({ asks: true }));
    const repeat = setInterval(() => sayHere(state.of(self)), repeatMs).unref();
    const forget = setInterval(() => state.forget(Date.now()) && listeners.tell(), 1000).unref();
    return () => {
      unsubscribe();
      clearInterval(repeat);
      clearInterval(forget);
    };
  }

  return {
    enter(operator, conversationId) {
      const place = { operator, conversationId };
      pages.set(keyOf(place), (pages.get(keyOf(place)) ?? 0) + 1);
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

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}

/** Listeners that are called once for several changes. */
function createGathered(ms: number) {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    add(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(): void {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const listener of listeners) listener();
      }, ms).unref();
    },
    close(): void {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}

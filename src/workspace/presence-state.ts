import type { Actor } from '../contracts/domain.js';

/** One operator in one conversation. */
export interface Place {
  operator: Actor;
  conversationId: string;
}

export interface Present extends Place {
  isTyping: boolean;
}

/**
 * Which operators are where, as reported by each process, and who is typing. Times are in this process' milliseconds.
 */
export interface PresenceState {
  here(processId: string, place: Place, until: number): void;
  gone(processId: string, place: Place): void;
  /** Returns whether they started typing. */
  typing(place: Place, until: number): boolean;
  /** Removes expired entries. Returns whether there were any. */
  forget(now: number): boolean;
  of(processId: string): Place[];
  present(): Present[];
}

/** A limit for memory: further entries are dropped. */
const maxEntries = 1000;

interface Kept {
  processId: string;
  place: Place;
  until: number;
}

export function createPresenceState(): PresenceState {
  const places = new Map<string, Kept>();
  const typists = new Map<string, number>();

  return {
    here(processId, place, until) {
      const key = `${processId} ${keyOf(place)}`;
      if (places.has(key) || places.size < maxEntries) places.set(key, { processId, place, until });
    },
    gone: (processId, place) => places.delete(`${processId} ${keyOf(place)}`),
    typing(place, until) {
      const isNew = !typists.has(keyOf(place));
      if (!isNew || typists.size < maxEntries) typists.set(keyOf(place), until);
      return isNew;
    },
    forget(now) {
      const overPlaces = [...places].filter(([, { until }]) => until < now);
      const overTypists = [...typists].filter(([, until]) => until < now);
      for (const [key] of overPlaces) places.delete(key);
      for (const [key] of overTypists) typists.delete(key);
      return overPlaces.length + overTypists.length > 0;
    },
    of: (processId) => [...places.values()].filter((kept) => kept.processId === processId).map(({ place }) => place),
    present() {
      const all = new Map([...places.values()].map(({ place }) => [keyOf(place), place]));
      return [...all].map(([key, place]) => ({ ...place, isTyping: typists.has(key) }));
    },
  };
}

export const keyOf = ({ operator, conversationId }: Place) => `${operator.id} ${conversationId}`;

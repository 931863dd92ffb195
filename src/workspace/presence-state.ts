import type { Actor } from '../contracts/domain.js';

/** An operator, and a conversation that they have open. */
export interface OperatorInConversation {
  operator: Actor;
  conversationId: string;
}

export interface PresentOperator extends OperatorInConversation {
  isTyping: boolean;
}

/**
 * Which operators have which conversation open, as reported by each process, and who is typing. Times are milliseconds
 * of this process's clock.
 */
export interface PresenceState {
  here(processId: string, place: OperatorInConversation, until: number): void;
  gone(processId: string, place: OperatorInConversation): void;
  /** Marks an operator as typing until a time. Returns whether they were not typing before. */
  typing(place: OperatorInConversation, until: number): boolean;
  /** Removes operators and typing marks that have expired. Returns whether there were any. */
  forget(now: number): boolean;
  of(processId: string): OperatorInConversation[];
  present(): PresentOperator[];
}

/** Maximum number of operators, and of typing marks, kept in memory; further ones are dropped. */
const maxEntries = 1000;

interface Kept {
  processId: string;
  place: OperatorInConversation;
  until: number;
}

export function createPresenceState(): PresenceState {
  const places = new Map<string, Kept>();
  const typists = new Map<string, number>();

  return {
    here(processId, place, until) {
      const key = `${processId} ${presenceKey(place)}`;
      if (places.has(key) || places.size < maxEntries) places.set(key, { processId, place, until });
    },
    gone: (processId, place) => places.delete(`${processId} ${presenceKey(place)}`),
    typing(place, until) {
      const isNew = !typists.has(presenceKey(place));
      if (!isNew || typists.size < maxEntries) typists.set(presenceKey(place), until);
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
      const all = new Map([...places.values()].map(({ place }) => [presenceKey(place), place]));
      return [...all].map(([key, place]) => ({ ...place, isTyping: typists.has(key) }));
    },
  };
}

export const presenceKey = ({ operator, conversationId }: OperatorInConversation) => `${operator.id} ${conversationId}`;

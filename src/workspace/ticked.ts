import { isId } from '../validation/input.js';

/** A line ticked in the queue, as forms carry it: the conversation, and the newest message that the line showed. */
export interface Ticked {
  id: string;
  /** Null where the line showed none, or the form does not say. */
  seen: string | null;
}

export const formatTicked = (id: string, seen: string | null): string => (seen === null ? id : `${id} ${seen}`);

/** Each conversation once, as it was ticked first. */
export function parseTicked(values: readonly string[]): Ticked[] {
  const ticked = new Map<string, Ticked>();
  for (const value of values) {
    const one = parseOne(value);
    if (!ticked.has(one.id)) ticked.set(one.id, one);
  }
  return [...ticked.values()];
}

/** A value that {@link formatTicked} did not make is taken as an id, which a refusal then names. */
function parseOne(value: string): Ticked {
  const [id = '', seen = '', ...more] = value.split(' ');
  return isId(id) && isId(seen) && more.length === 0 ? { id, seen } : { id: value, seen: null };
}

/** Ticks for conversations of which only the ids are known: no message counts as seen. */
export const tickedWithoutSeen = (ids: readonly string[]): Ticked[] => ids.map((id) => ({ id, seen: null }));

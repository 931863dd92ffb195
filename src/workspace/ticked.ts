import { isId } from '../validation/input.js';

/** A conversation ticked in the queue, as forms carry it, with the newest message that the queue showed of it. */
export interface TickedConversation {
  id: string;
  /** Id of the newest message shown; null if the queue showed none, or the form does not name it. */
  seen: string | null;
}

export const formatTickedConversation = (id: string, seen: string | null): string =>
  seen === null ? id : `${id} ${seen}`;

/** Parses the ticked conversations of a form; a repeated conversation counts once, as it came first. */
export function parseTickedConversations(values: readonly string[]): TickedConversation[] {
  const ticked = new Map<string, TickedConversation>();
  for (const value of values) {
    const one = parseOne(value);
    if (!ticked.has(one.id)) ticked.set(one.id, one);
  }
  return [...ticked.values()];
}

/** Parses one ticked conversation. A value in another format is treated as an id, so that a refusal can name it. */
function parseOne(value: string): TickedConversation {
  const [id = '', seen = '', ...more] = value.split(' ');
  return isId(id) && isId(seen) && more.length === 0 ? { id, seen } : { id: value, seen: null };
}

/** Ticked conversations of which only the ids are known: no message counts as seen. */
export const toTickedConversations = (ids: readonly string[]): TickedConversation[] =>
  ids.map((id) => ({ id, seen: null }));

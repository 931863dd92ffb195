import type { Actor } from '../contracts/domain.js';

/**
 * Reads an actor from a `jsonb` column. A host may have imported rows by SQL: a numeric id becomes text, a name of
 * another type is left out, and a value without an id is null.
 */
export function readActor(stored: unknown): Actor | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { id, name } = stored as { id?: unknown; name?: unknown };
  if (typeof id === 'string' && (name === undefined || typeof name === 'string')) return stored as Actor;
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  return typeof name === 'string' ? { id: String(id), name } : { id: String(id) };
}

import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../contracts/domain.js';

/** The fields that `conversations.update` may change. */
export interface ChangeableConversationFields {
  priority: string;
  tags: string[];
  subject: string | null;
  assignee: Actor | null;
  metadata: Record<string, unknown>;
}

/** A change as the audit record stores it; of `metadata`, only the changed keys. */
export interface ConversationFieldChanges {
  before: Partial<ChangeableConversationFields>;
  after: Partial<ChangeableConversationFields>;
}

export const changeableConversationFields = ['priority', 'tags', 'subject', 'assignee', 'metadata'] as const;

/**
 * Applies the wanted changes to a conversation's fields; null if nothing changes. Absent fields stay. `metadata` is
 * merged by top-level keys, and null removes one, so that two writers keep each other's keys. Pure.
 */
export function applyConversationFieldChanges(
  before: ChangeableConversationFields,
  wanted: { [F in keyof ChangeableConversationFields]?: ChangeableConversationFields[F] | undefined },
): { fields: ChangeableConversationFields; changes: ConversationFieldChanges } | null {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const metadata = merged(before.metadata, wanted.metadata ?? {});
  const fields: ChangeableConversationFields = { ...before, ...given, metadata };
  const names = changeableConversationFields.filter((name) => !isDeepStrictEqual(before[name], fields[name]));
  if (names.length === 0) return null;
  const changes = { before: pick(before, names), after: pick(fields, names) };
  return { fields, changes: names.includes('metadata') ? withChangedKeys(changes) : changes };
}

function merged(before: Record<string, unknown>, wanted: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(before).filter(([key]) => !Object.hasOwn(wanted, key));
  const set = Object.entries(wanted).filter(([, value]) => value !== null);
  return Object.fromEntries([...kept, ...set]);
}

function withChangedKeys({ before, after }: ConversationFieldChanges): ConversationFieldChanges {
  const { metadata: old = {} } = before;
  const { metadata: next = {} } = after;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(
    (key) => !isDeepStrictEqual(old[key], next[key]),
  );
  return { before: { ...before, metadata: pick(old, keys) }, after: { ...after, metadata: pick(next, keys) } };
}

function pick<T extends object>(from: T, keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key))) as Partial<T>;
}

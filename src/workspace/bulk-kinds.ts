/** Bulk actions on many conversations, besides writing to their customers. */
export const bulkKinds = [
  { kind: 'resolve', label: 'resolve' },
  { kind: 'tag', label: 'tag' },
  { kind: 'assign', label: 'assign' },
  { kind: 'snooze', label: 'snooze' },
] as const;

export type BulkKind = (typeof bulkKinds)[number]['kind'];

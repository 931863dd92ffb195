/** What can be done with many conversations at once, besides writing to their customers. */
export const bulkKinds = [
  { kind: 'resolve', label: 'Resolve' },
  { kind: 'tag', label: 'Tag' },
  { kind: 'assign', label: 'Assign' },
  { kind: 'snooze', label: 'Snooze' },
] as const;

export type BulkKind = (typeof bulkKinds)[number]['kind'];

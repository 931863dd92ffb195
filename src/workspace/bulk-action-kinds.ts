/** The bulk actions that change conversations. The bulk follow-up, which writes to customers, is not one of them. */
export const bulkActionKinds = [
  { kind: 'resolve', label: 'resolve' },
  { kind: 'tag', label: 'tag' },
  { kind: 'assign', label: 'assign' },
  { kind: 'snooze', label: 'snooze' },
] as const;

export type BulkActionKind = (typeof bulkActionKinds)[number]['kind'];

/** The durations offered for a snooze. Times of day are chosen in the browser, which knows the operator's time zone. */
export const snoozeDurations = [
  { seconds: 3600, unit: 'hours', count: 1 },
  { seconds: 4 * 3600, unit: 'hours', count: 4 },
  { seconds: 24 * 3600, unit: 'days', count: 1 },
  { seconds: 3 * 24 * 3600, unit: 'days', count: 3 },
  { seconds: 7 * 24 * 3600, unit: 'weeks', count: 1 },
] as const;

/**
 * Returns when a requested snooze ends; null wakes the conversation, undefined means that the form has no valid time.
 */
export function parseSnoozeEnd(fields: { span: string; until: string }, now: Date): Date | null | undefined {
  if (fields.span === 'wake') return null;
  const span = snoozeDurations.find(({ seconds }) => String(seconds) === fields.span);
  if (span) return new Date(now.getTime() + span.seconds * 1000);
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/.test(fields.until) &&
    !Number.isNaN(Date.parse(fields.until))
    ? new Date(fields.until)
    : undefined;
}

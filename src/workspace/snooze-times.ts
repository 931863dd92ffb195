/** For how long a conversation can be snoozed with one press. A time of day is the browser's matter: it knows the zone. */
export const snoozeSpans = [
  { seconds: 3600, label: '1 hour' },
  { seconds: 4 * 3600, label: '4 hours' },
  { seconds: 24 * 3600, label: '1 day' },
  { seconds: 3 * 24 * 3600, label: '3 days' },
  { seconds: 7 * 24 * 3600, label: '1 week' },
] as const;

/** When a snooze ends that a form asks for: null wakes it now; undefined: the form names no time. */
export function snoozeEnd(fields: { span: string; until: string }, now: Date): Date | null | undefined {
  if (fields.span === 'wake') return null;
  const span = snoozeSpans.find(({ seconds }) => String(seconds) === fields.span);
  if (span) return new Date(now.getTime() + span.seconds * 1000);
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/.test(fields.until) &&
    !Number.isNaN(Date.parse(fields.until))
    ? new Date(fields.until)
    : undefined;
}

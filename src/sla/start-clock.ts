import type { Placeholders } from '../db/statement.js';
import { isOwed } from '../deliveries/announced-modules.js';
import { type OwedCall, owe } from '../events/owe.js';
import type { ClockTerms } from './prepare-clock.js';

/** The terms of a clock as parameters of a statement; all null where none can start. */
export type TermsParams = { [Name in keyof Omit<ClockTerms, 'calendar'>]: ClockTerms[Name] | null } & {
  /** JSON. */
  calendar: string | null;
};

export function termsParams(terms: ClockTerms | undefined): TermsParams {
  if (terms) return { ...terms, calendar: terms.calendar && JSON.stringify(terms.calendar) };
  return {
    priority: null,
    responseMinutes: null,
    breachMinutes: null,
    calendar: null,
    responseMs: null,
    breachMs: null,
  };
}

/**
 * The part `sla` of a statement that starts a clock for `conversation`, which is locked and was as `before` has it:
 * unless one runs, or one was started since the customer began to wait.
 */
export function startClock(s: string, p: Placeholders<TermsParams>): string {
  return `sla AS (
      INSERT INTO ${s}.slas (conversation_id, priority, response_minutes, breach_minutes, calendar,
        started_at, response_due_at, breach_at)
      SELECT before.id, ${p.priority}, ${p.responseMinutes}, ${p.breachMinutes}, ${p.calendar}, conversation.updated_at,
        conversation.updated_at + make_interval(secs => ${p.responseMs}::float8 / 1000),
        conversation.updated_at + make_interval(secs => ${p.breachMs}::float8 / 1000)
      FROM before JOIN conversation USING (id) WHERE ${p.priority}::text IS NOT NULL AND NOT EXISTS (
        SELECT FROM ${s}.slas known WHERE known.conversation_id = before.id
          AND known.started_at >= coalesce(before.unanswered_since, 'infinity'))
      ON CONFLICT (conversation_id) WHERE status = 'active' DO NOTHING
      RETURNING *
    )`;
}

/** The parameters of the statement part {@link oweCountdown}. */
interface CountdownParams {
  /** Whether this process has a notifier. */
  hasNotifier: boolean;
  traceparent: string | null;
}

/** The INSERT of the deliveries that are due when clocks breach; `from` has rows of `slas`. */
export function oweCountdown(
  s: string,
  p: Placeholders<CountdownParams>,
  which: Pick<OwedCall, 'from' | 'createdAt'>,
): string {
  return owe(s, {
    ...which,
    topic: 'sla_breach',
    subjectId: 'id',
    key: 'id',
    dueAt: 'breach_at',
    payload: `jsonb_build_object('notify', ${isOwed(s, p.hasNotifier, 'notifier')})`,
    traceparent: p.traceparent,
  });
}

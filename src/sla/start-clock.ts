import type { StatementPlaceholders } from '../db/statement.js';
import { isCallOwedSql } from '../deliveries/announced-modules.js';
import { type AuditLine, systemActorSql } from '../events/audit-lines.js';
import { type OwedCall, oweCallsSql } from '../events/owe.js';
import type { SlaClockTerms } from './prepare-clock.js';

/** The terms of a new clock as parameters of a statement. */
export type SlaClockTermsParams = Omit<SlaClockTerms, 'priority' | 'calendar'> & {
  /** The parameter is not named `priority`, because the same statement may set the conversation's priority. */
  clockPriority: string;
  /** The business hours as JSON; null for a clock without any. */
  calendar: string | null;
};

export function toSlaClockTermsParams({ priority, calendar, ...terms }: SlaClockTerms): SlaClockTermsParams {
  return { ...terms, clockPriority: priority, calendar: calendar && JSON.stringify(calendar) };
}

/**
 * SQL fragments with which a statement starts a clock: CTEs to follow the CTE `conversation`, their audit lines, and an
 * expression for the clock's row.
 */
export interface StartSlaClockSql {
  /** The CTEs that start the clock, each followed by a comma. */
  parts: string;
  lines: AuditLine[];
  row: string;
}

/**
 * The SQL fragments for a message that can start no clock; the CTEs that start one would take a tenth of the
 * statement's time.
 */
export const noStartSlaClockSql: StartSlaClockSql = { parts: '', lines: [], row: 'NULL::jsonb' };

/**
 * The fragments that start a clock for the row of the CTE `conversation` and owe the call at its breach, unless a clock
 * is running or was started since the customer began to wait. `waitingSince` is a column of `from` with that moment, as
 * it was before the statement.
 */
export function startSlaClockSql(
  s: string,
  p: StatementPlaceholders<SlaClockTermsParams & CountdownParams>,
  { from, waitingSince }: { from: string; waitingSince: string },
): StartSlaClockSql {
  return {
    row: '(SELECT to_jsonb(sla) FROM sla)',
    lines: [startedLine],
    parts: `sla AS (
      INSERT INTO ${s}.slas (conversation_id, priority, response_minutes, breach_minutes, calendar,
        started_at, response_due_at, breach_at)
      SELECT conversation.id, ${p.clockPriority}, ${p.responseMinutes}, ${p.breachMinutes}, ${p.calendar},
        conversation.updated_at, conversation.updated_at + make_interval(secs => ${p.responseMs}::float8 / 1000),
        conversation.updated_at + make_interval(secs => ${p.breachMs}::float8 / 1000)
      FROM ${from} WHERE NOT EXISTS (
        SELECT FROM ${s}.slas known WHERE known.conversation_id = conversation.id
          AND known.started_at >= coalesce(${waitingSince}, 'infinity'))
      ON CONFLICT (conversation_id) WHERE status = 'active' DO NOTHING
      RETURNING *
    ),
    countdown AS (${oweCountdown(s, p, { from: 'sla', createdAt: 'started_at' })}
    ),`,
  };
}

const startedLine: AuditLine = {
  from: 'sla',
  at: 'started_at',
  actor: systemActorSql('sla'),
  action: 'sla.started',
  subjectId: 'id',
  detail: `jsonb_build_object(
        'priority', priority, 'responseMinutes', response_minutes, 'breachMinutes', breach_minutes,
        'responseDueAt', response_due_at, 'breachAt', breach_at)`,
};

/** The parameters of {@link oweCountdown}. */
interface CountdownParams {
  /** Whether this process has a notifier. */
  hasNotifier: boolean;
  traceparent: string | null;
}

/** The INSERT of the deliveries that are due when clocks breach; `from` has rows of `slas`. */
export function oweCountdown(
  s: string,
  p: StatementPlaceholders<CountdownParams>,
  which: Pick<OwedCall, 'from' | 'createdAt'>,
): string {
  return oweCallsSql(s, {
    ...which,
    topic: 'sla_breach',
    subjectId: 'id',
    key: 'id',
    dueAt: 'breach_at',
    payload: `jsonb_build_object('notify', ${isCallOwedSql(s, p.hasNotifier, 'notifier')})`,
    traceparent: p.traceparent,
  });
}

/** What stands in a line of the record besides who and what: a phrase per action, and plain pairs for what has none. */
import type { Child, FC } from 'hono/jsx';
import { humanizeLabel } from '../../context/humanize-label.js';
import { isId } from '../../validation/input.js';
import { spanInWords } from '../clock-state.js';
import type { AuditLine } from '../model.js';
import { topicNames } from './delivery-words.js';
import { plural } from './elements.js';
import { Moment } from './time.js';

type Detail = AuditLine['detail'];

export const AuditDetail: FC<{ line: Pick<AuditLine, 'action' | 'detail'> }> = ({ line: { action, detail } }) => {
  if (isErased(detail)) return <span class="faint">Erased with the customer’s data</span>;
  const phrase = Object.hasOwn(phrases, action) ? phrases[action]?.(detail) : undefined;
  return <>{phrase ?? <Pairs detail={detail} />}</>;
};

function isErased(detail: Detail): boolean {
  return detail.erased === true && Object.keys(detail).length === 1;
}

/** Undefined where the detail is not as expected: an older version may have written it. */
const phrases: Record<string, (detail: Detail) => Child | undefined> = {
  'conversation.rated': ({ rating }) => quote(rating),
  'conversation.updated': (detail) => fieldChanges(detail),
  'draft.created': (detail) => draft(detail),
  'draft.denied': (detail) => draft(detail),
  'draft.sent': ({ review }) => reviews[String(review)],
  'draft.discarded': ({ reason }) => quote(reason),
  'delivery.retried': ({ topic }) => topicIn(topic),
  'delivery.discarded': ({ topic, attempts }) =>
    typeof attempts === 'number' ? `${topicIn(topic)}, after ${plural(attempts, 'attempt')}` : topicIn(topic),
  'outbound.triggered': ({ templateId, scheduleInSeconds: seconds }) => (
    <>
      Template <Foreign value={templateId} />
      {typeof seconds === 'number' && seconds > 0 ? `, to be sent after ${spanInWords(seconds * 1000)}` : null}
    </>
  ),
  'outbound.bulk_triggered': ({ templateId, requested, accepted }) => (
    <>
      Template <Foreign value={templateId} />, accepted for {Number(accepted)} of{' '}
      {plural(Number(requested), 'conversation')}
    </>
  ),
  'outbound.bulk_refused': ({ requested }) => `For ${plural(Number(requested), 'conversation')}: too many at once`,
  'sla.started': (detail) => (
    <>
      Priority <Foreign value={detail.priority} />: <Due detail={detail} />
    </>
  ),
  'sla.resumed': (detail) => (
    <>
      Running again: <Due detail={detail} />
    </>
  ),
  'sla.paused': ({ reason }) => quote(reason),
  'audit.erased': ({ lines }) => `In ${plural(Number(lines), 'line')} of the record`,
  'audit.fault_found': ({ fault }) => quote(fault),
  // Their words say it already.
  'sla.breached': () => '',
  'sla.ended': () => '',
  'sla.policy_changed': ({ priority, responseMinutes, breachMinutes }) => (
    <>
      Priority <Foreign value={priority} />
      {typeof responseMinutes === 'number' ? `, reply due after ${spanInWords(responseMinutes * 60_000)}` : null}
      {typeof breachMinutes === 'number' ? `, breach after ${spanInWords(breachMinutes * 60_000)}` : null}
    </>
  ),
};

const quote = (value: unknown) => (value ? <Foreign value={value} /> : undefined);

/** Each changed field; the values of those that are plain text. */
function fieldChanges({ before, after }: Detail): Child | undefined {
  if (typeof after !== 'object' || after === null) return undefined;
  const old = (before ?? {}) as Detail;
  return Object.entries(after).map(([field, value]) => (
    <span class="detail-pair">
      <span class="faint">{humanizeLabel(field)}</span> {shownChange(old[field], value)}
    </span>
  ));
}

function shownChange(old: unknown, value: unknown): Child | null {
  if (typeof old !== 'string' || typeof value !== 'string') return null;
  return (
    <>
      from <Foreign value={old} /> to <Foreign value={value} />
    </>
  );
}

const decisions: Record<string, string> = {
  allow: 'may be sent without review',
  require_approval: 'needs approval',
  draft_only: 'prepared only',
  deny: 'denied',
};

const outcomes: Record<string, string> = {
  failed: ' (the policy failed)',
  timed_out: ' (the policy did not answer in time)',
  invalid: ' (the policy’s answer was none)',
};

function draft({ type, riskTier, decision, outcome, status }: Detail): string | undefined {
  const decided = decisions[String(decision)];
  if (!decided || typeof type !== 'string') return undefined;
  const late = status === 'superseded' ? ', overtaken' : '';
  const kind = type.slice(0, 1).toUpperCase() + type.slice(1);
  return `${kind} of ${riskTier} risk, ${decided}${outcomes[String(outcome)] ?? ''}${late}`;
}

const reviews: Record<string, string> = {
  none: 'Without review',
  approved: 'As it was proposed',
  edited: 'With an operator’s changes',
};

function topicIn(topic: unknown): string {
  return (topicNames as Record<string, string>)[String(topic)] ?? String(topic);
}

const Due: FC<{ detail: Detail }> = ({ detail: { responseDueAt, breachAt } }) => (
  <>
    reply due <Value value={responseDueAt} />, breach <Value value={breachAt} />
  </>
);

const Foreign: FC<{ value: unknown }> = ({ value }) => <bdi>{String(value).slice(0, 200)}</bdi>;

const Value: FC<{ value: unknown }> = ({ value }) => {
  const at = typeof value === 'string' && isoTime.test(value) ? new Date(value) : undefined;
  return at && !Number.isNaN(at.getTime()) ? <Moment at={at} /> : <Foreign value={value} />;
};

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

const maxPairs = 8;

const Pairs: FC<{ detail: Detail }> = ({ detail }) => {
  const entries = Object.entries(detail).filter(
    ([, value]) => value !== null && typeof value !== 'object' && !isId(value),
  );
  return (
    <>
      {entries.slice(0, maxPairs).map(([key, value]) => (
        <span class="detail-pair">
          <span class="faint">{humanizeLabel(key)}</span> <Value value={value} />
        </span>
      ))}
    </>
  );
};

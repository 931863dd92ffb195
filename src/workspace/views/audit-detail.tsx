/** Renders the details of an audit line: a phrase for each known action, else key-value pairs. */
import type { Child, FC } from 'hono/jsx';
import { humanizeLabel } from '../../context/humanize-label.js';
import { isId } from '../../validation/input.js';
import { formatLongDuration } from '../clock-state.js';
import type { AuditLine } from '../model.js';
import { csatRatingText } from '../package-texts.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import {
  formatNumber,
  translate,
  translateCount,
  translateCountWithElements,
  translateWithElements,
} from '../translate.js';
import { DateTimeLabel } from './time.js';
import { deliveryTopicNames } from './topic-names.js';

type Detail = AuditLine['detail'];

export const AuditDetail: FC<{ line: Pick<AuditLine, 'action' | 'detail'> }> = ({ line: { action, detail } }) => {
  if (isErased(detail)) return <span class="faint">{translate('erased')}</span>;
  const phrase = Object.hasOwn(phrases, action) ? phrases[action]?.(detail) : undefined;
  return <>{phrase ?? <Pairs detail={detail} />}</>;
};

function isErased(detail: Detail): boolean {
  return detail.erased === true && Object.keys(detail).length === 1;
}

/**
 * Phrases for the detail of an audit line, by action; undefined if an older version wrote the detail in another shape.
 */
const phrases: Record<string, (detail: Detail) => Child | undefined> = {
  'conversation.rated': ({ rating }) => quote(csatRatingText(rating)),
  'conversation.updated': (detail) => fieldChanges(detail),
  'conversation.snoozed': ({ until }) =>
    until ? translateWithElements('untilTime', { time: <Value value={until} /> }) : undefined,
  'draft.created': (detail) => draft(detail),
  'draft.denied': (detail) => draft(detail),
  'draft.sent': ({ review }) => textOf(reviews, review),
  'draft.discarded': ({ reason }) => quote(reason),
  'delivery.retried': ({ topic }) => topicIn(topic),
  'delivery.discarded': ({ topic, attempts }) =>
    typeof attempts === 'number' ? translateCount('topicAfter', attempts, { topic: topicIn(topic) }) : topicIn(topic),
  'outbound.triggered': ({ templateId, scheduleInSeconds: seconds }) => (
    <>
      {translateWithElements('template', { template: <Foreign value={templateId} /> })}
      {typeof seconds === 'number' && seconds > 0
        ? translate('sentAfter', { span: formatLongDuration(seconds * 1000) })
        : null}
    </>
  ),
  'outbound.bulk_triggered': ({ templateId, requested, accepted }) => (
    <>
      {translateCountWithElements('templateFor', Number(requested), {
        template: <Foreign value={templateId} />,
        accepted: formatNumber(Number(accepted)),
      })}
    </>
  ),
  'outbound.bulk_refused': ({ requested }) => translateCount('bulkRefused', Number(requested)),
  'sla.started': (detail) => (
    <>
      {translateWithElements('clockFor', {
        priority: <Foreign value={detail.priority} />,
        due: <Due detail={detail} />,
      })}
    </>
  ),
  'sla.resumed': (detail) => <>{translateWithElements('runningAgain', { due: <Due detail={detail} /> })}</>,
  'sla.paused': ({ reason }) => quote(reason),
  'audit.erased': ({ lines }) => translateCount('inLines', Number(lines)),
  'audit.fault_found': ({ fault }) => quote(fault),
  // The displayed names of SLA breaches and ends need no detail.
  'sla.breached': () => '',
  'sla.ended': () => '',
  'sla.policy_changed': ({ priority, responseMinutes, breachMinutes }) => (
    <>
      {translateWithElements('ofPriority', { priority: <Foreign value={priority} /> })}
      {typeof responseMinutes === 'number'
        ? translate('dueAfter', { span: formatLongDuration(responseMinutes * 60_000) })
        : null}
      {typeof breachMinutes === 'number'
        ? translate('breachAfter', { span: formatLongDuration(breachMinutes * 60_000) })
        : null}
    </>
  ),
};

const quote = (value: unknown) => (value ? <Foreign value={value} /> : undefined);

/** The changed fields of a conversation, with the values of those that are plain text. */
function fieldChanges({ before, after }: Detail): Child | undefined {
  if (typeof after !== 'object' || after === null) return undefined;
  const old = (before ?? {}) as Detail;
  return Object.entries(after).map(([field, value]) => (
    <span class="detail-pair">
      <span class="faint">{textOf(fieldNames, field) ?? humanizeLabel(field)}</span> {shownChange(old[field], value)}
    </span>
  ));
}

const fieldNames: Record<string, WorkspaceTextKey> = {
  subject: 'fieldSubject',
  priority: 'priority',
  tags: 'tags',
  assignee: 'fieldAssignee',
  metadata: 'fieldMetadata',
};

function shownChange(old: unknown, value: unknown): Child | null {
  if (typeof old !== 'string' || typeof value !== 'string') return null;
  return <>{translateWithElements('fromTo', { from: <Foreign value={old} />, to: <Foreign value={value} /> })}</>;
}

const decisions: Record<string, WorkspaceTextKey> = {
  allow: 'decisionAllow',
  require_approval: 'decisionApproval',
  draft_only: 'decisionDraftOnly',
  deny: 'decisionDeny',
};

const outcomes: Record<string, WorkspaceTextKey> = {
  failed: 'outcomeFailed',
  timed_out: 'outcomeTimedOut',
  invalid: 'outcomeInvalid',
};

function draft({ type, riskTier, decision, outcome, status }: Detail): string | undefined {
  const decided = textOf(decisions, decision);
  const kind = textOf(kinds, type);
  const risk = textOf(risks, riskTier);
  if (!decided || !kind || !risk) return undefined;
  const late = status === 'superseded' ? translate('overtaken') : '';
  return translate('draftDecided', { kind, risk, decided }) + (textOf(outcomes, outcome) ?? '') + late;
}

const kinds: Record<string, WorkspaceTextKey> = {
  reply: 'kindReply',
  clarification: 'kindClarification',
  escalation: 'kindEscalation',
};

const risks: Record<string, WorkspaceTextKey> = { low: 'riskLow', medium: 'riskMedium', high: 'riskHigh' };

/** Returns the text for a stored code; undefined for an unknown code. */
function textOf(texts: Record<string, WorkspaceTextKey>, word: unknown): string | undefined {
  const key = Object.hasOwn(texts, String(word)) ? texts[String(word)] : undefined;
  return key && translate(key);
}

const reviews: Record<string, WorkspaceTextKey> = {
  none: 'reviewNone',
  approved: 'reviewApproved',
  edited: 'reviewEdited',
};

function topicIn(topic: unknown): string {
  return textOf(deliveryTopicNames, topic) ?? String(topic);
}

const Due: FC<{ detail: Detail }> = ({ detail: { responseDueAt, breachAt } }) => (
  <>
    {translateWithElements('dueAndBreach', {
      due: <Value value={responseDueAt} />,
      breach: <Value value={breachAt} />,
    })}
  </>
);

const Foreign: FC<{ value: unknown }> = ({ value }) => <bdi>{String(value).slice(0, 200)}</bdi>;

const Value: FC<{ value: unknown }> = ({ value }) => {
  const at = typeof value === 'string' && isoTime.test(value) ? new Date(value) : undefined;
  return at && !Number.isNaN(at.getTime()) ? <DateTimeLabel at={at} /> : <Foreign value={value} />;
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

/** Formats the numbers of a report in the operator's language. */
import { deliveryTopics, draftStatuses } from '../../contracts/domain.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { formatNumber, translate } from '../translate.js';
import { deliveryTopicNames } from './topic-names.js';

/** Formats a duration as `45 s`, `12 min`, `5.2 h` or `3.1 d`; null as a dash. */
export function formatReportDuration(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 120) return translate('reportSeconds', { value: Math.round(seconds) });
  if (seconds < 7200) return translate('reportMinutes', { value: Math.round(seconds / 60) });
  return seconds < 172_800
    ? translate('reportHours', { value: oneDecimal(seconds / 3600) })
    : translate('reportDays', { value: oneDecimal(seconds / 86_400) });
}

/** Formats a share from 0 to 1 as a percentage such as `96.2 %`; null as a dash. */
export function formatPercent(share: number | null): string {
  return share === null ? '–' : translate('reportShare', { value: oneDecimal(share * 100) });
}

const oneDecimal = (value: number) => formatNumber(value, { maximumFractionDigits: 1 });

const labels: Record<string, WorkspaceTextKey> = {
  opened: 'opened',
  'firstResponse.answered': 'numberAnswered',
  'firstResponse.unanswered': 'numberUnanswered',
  'sla.met': 'slaMet',
  'sla.breached': 'slaBreached',
  'sla.running': 'numberRunning',
  'csat.positive': 'ratedPositiveLabel',
  'csat.negative': 'numberNegative',
};

const draftLabels = {
  pending: 'draftPendingOne',
  prepared: 'draftPreparedOne',
  approved: 'draftApprovedOne',
  edited: 'draftEditedOne',
  allowed: 'draftAllowedOne',
  discarded: 'draftDiscardedOne',
  denied: 'draftDeniedOne',
  superseded: 'draftSupersededOne',
} as const;

export const deliveryOutcomeNames = {
  done: 'outcomeDone',
  pending: 'outcomePending',
  retrying: 'outcomeRetrying',
  discarded: 'outcomeDiscarded',
} as const;

/** Returns the label of a number of the report, by its name, e.g. `deliveries.reply.done`. */
export function reportNumberLabel(name: string): string {
  const key = Object.hasOwn(labels, name) ? labels[name] : undefined;
  if (key) return translate(key);
  const [group, part, outcome] = name.split('.');
  const status = draftStatuses.find((known) => known === part);
  if (group === 'drafts' && status) return translate(draftLabels[status]);
  const topic = deliveryTopics.find((known) => known === part);
  if (!topic || !outcome || !Object.hasOwn(deliveryOutcomeNames, outcome)) return name;
  return translate('numberDelivery', {
    topic: translate(deliveryTopicNames[topic]),
    outcome: translate(deliveryOutcomeNames[outcome as keyof typeof deliveryOutcomeNames]),
  });
}

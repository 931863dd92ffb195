import { draftStatuses } from '../contracts/domain.js';
import type { Report, ReportNumber } from './report-types.js';

/** A number of a report under a name that is safe in a URL, e.g. `sla.breached` or `deliveries.reply.done`. */
export interface NamedReportNumber {
  name: string;
  /** The title of the list of conversations that the number counts. */
  label: string;
  number: ReportNumber;
}

const draftLabels: Record<(typeof draftStatuses)[number], string> = {
  pending: 'Draft waits for approval',
  prepared: 'Draft prepared, not used',
  approved: 'Draft approved',
  edited: 'Draft edited and sent',
  allowed: 'Draft sent without review',
  discarded: 'Draft discarded',
  denied: 'Draft denied by the policy',
  superseded: 'Draft superseded by a newer message',
};

/** Returns every number of a report whose conversations can be listed. Pure. */
export function listReportNumbers(report: Report): NamedReportNumber[] {
  const { opened, firstResponse, sla, csat, drafts, deliveries } = report;
  return [
    { name: 'opened', label: 'Opened', number: opened },
    { name: 'firstResponse.answered', label: 'Answered', number: firstResponse.answered },
    { name: 'firstResponse.unanswered', label: 'Not answered', number: firstResponse.unanswered },
    { name: 'sla.met', label: 'SLA met', number: sla.met },
    { name: 'sla.breached', label: 'SLA breached', number: sla.breached },
    { name: 'sla.running', label: 'SLA clock running', number: sla.running },
    { name: 'csat.positive', label: 'Rated positive', number: csat.positive },
    { name: 'csat.negative', label: 'Rated negative', number: csat.negative },
    ...draftStatuses.map((status) => ({
      name: `drafts.${status}`,
      label: draftLabels[status],
      number: drafts.byStatus[status],
    })),
    ...deliveries.map(({ topic, outcome, number }) => ({
      name: `deliveries.${topic}.${outcome}`,
      label: `Delivery ${topic}: ${outcome}`,
      number,
    })),
  ];
}

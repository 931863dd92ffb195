import type { Report } from '../../report/report.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../command.js';
import { withDatabase } from '../host-database.js';
import { withProgress } from '../progress.js';
import { sinceOption } from '../since.js';
import { formatTable } from '../table.js';

export const reportCommand = defineCommand({
  options: [
    { ...sinceOption, description: `${sinceOption.description} (default: 30d)` },
    cwdOption,
    configOption,
    jsonOption,
  ],
  about:
    'First response, SLA, ratings and drafts of the period, and deliveries by outcome. With --json each number lists the ids of its newest conversations, 50 at most.',
  examples: ['cairnloop report', 'cairnloop report --since 90d', 'cairnloop report --since 2026-01-01 --json'],
  async run({ options }, io) {
    const { createPeriodReport } = await import('../../report/report.js');
    const words = await import('../../report/report-text.js');
    return withDatabase(options, io, async ({ db }) => {
      const report = await withProgress('Counting', options, io, () =>
        createPeriodReport({ db }, options.since && { since: options.since }),
      );
      return { text: formatReport(report, words), json: report };
    });
  },
});

type ReportFormats = typeof import('../../report/report-text.js');

/** Formats the figures of a period as text. Pure. */
export function formatReport(report: Report, { formatPercent, formatDuration }: ReportFormats): string {
  const { firstResponse, sla, csat, drafts } = report;
  const { approved, edited, discarded, allowed } = drafts.byStatus;
  const lines = [
    ['Conversations opened', String(report.opened.count), ''],
    [
      'First response',
      `median ${formatDuration(firstResponse.medianSeconds)}, 90 % within ${formatDuration(firstResponse.p90Seconds)}`,
      `${firstResponse.answered.count} answered, ${firstResponse.unanswered.count} not answered`,
    ],
    [
      'SLA met',
      formatPercent(sla.metShare),
      `${sla.met.count} met, ${sla.breached.count} breached, ${sla.running.count} running`,
    ],
    [
      'CSAT positive',
      formatPercent(csat.positiveShare),
      `${csat.positive.count} positive, ${csat.negative.count} negative`,
    ],
    [
      'Drafts accepted',
      formatPercent(drafts.acceptedShare),
      `${approved.count} approved, ${edited.count} edited, ${discarded.count} discarded`,
    ],
    ['Median edit', formatPercent(drafts.medianEditDistance), "share of a draft's text that an edit changes"],
    ['Sent without review', String(allowed.count), ''],
  ];
  const truncated = report.truncated ? ['', 'The period holds too much data: only its newest part is counted.'] : [];
  return [
    `${report.since.toISOString()} to ${report.until.toISOString()}`,
    '',
    formatTable(lines),
    '',
    ...deliveryLines(report),
    ...truncated,
  ].join('\n');
}

const outcomes = ['done', 'pending', 'retrying', 'discarded'] as const;

function deliveryLines({ deliveries }: Report): string[] {
  const topics = [...new Set(deliveries.map(({ topic }) => topic))];
  if (topics.length === 0) return ['No deliveries were written in this period.'];
  const countOf = (topic: string, outcome: string) =>
    deliveries.find((row) => row.topic === topic && row.outcome === outcome)?.number.count ?? 0;
  const rows = topics.map((topic) => [topic, ...outcomes.map((outcome) => String(countOf(topic, outcome)))]);
  return [formatTable([['Deliveries', ...outcomes], ...rows])];
}

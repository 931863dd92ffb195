import type { Child, FC } from 'hono/jsx';
import { type DraftStatus, draftStatuses } from '../../contracts/domain.js';
import type { DeliveryOutcomeName, Report } from '../../report/report-types.js';
import type { WorkspacePageContext } from '../page-context.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { formatNumber, translate, translateCount, translateWithElements } from '../translate.js';
import { EmptyState } from './elements.js';
import { ReportCharts } from './report-charts.js';
import { deliveryOutcomeNames, formatPercent, formatReportDuration } from './report-texts.js';
import { DateTimeLabel } from './time.js';
import { deliveryTopicNames } from './topic-names.js';

/** The periods that the report page offers, in days. */
export const reportPeriodDays = [7, 30, 90, 365] as const;
export type ReportPeriodDays = (typeof reportPeriodDays)[number];

interface ReportProps {
  pageContext: WorkspacePageContext;
  days: ReportPeriodDays;
  report: Report;
}

/** The report page for the last days; each number links to its conversations. */
export const ReportView: FC<ReportProps> = (props) => (
  <main class="sheet" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{translate('viewReport')}</h1>
      <p class="faint">
        {translateWithElements('sinceUntil', {
          since: <DateTimeLabel at={props.report.since} />,
          until: <DateTimeLabel at={props.report.until} />,
        })}
        {props.report.truncated ? translate('reportCut') : ''}
      </p>
    </div>
    <Periods {...props} />
    <Facts {...props} />
    <ReportCharts report={props.report} />
    <Drafts {...props} />
    <Deliveries {...props} />
  </main>
);

const Periods: FC<ReportProps> = ({ pageContext, days }) => (
  <nav class="tabs" aria-label={translate('period')}>
    {reportPeriodDays.map((known) => (
      <a href={`${pageContext.base}/report?days=${known}`} aria-current={known === days ? 'page' : undefined}>
        {translateCount('days', known)}
      </a>
    ))}
  </nav>
);

/** A number of the report, linked to its conversations unless it is 0. */
const Count: FC<ReportProps & { name: string; count: number; children: Child }> = ({
  pageContext,
  days,
  name,
  count,
  children,
}) =>
  count > 0 ? (
    <a href={`${pageContext.base}/report/${name}?days=${days}`}>{children}</a>
  ) : (
    <span class="faint">{children}</span>
  );

const Facts: FC<ReportProps> = (props) => {
  const { opened, firstResponse, sla, csat } = props.report;
  return (
    <div class="facts">
      <Fact label={translate('conversationsOpened')} value={formatNumber(opened.count)}>
        <Count {...props} name="opened" count={opened.count}>
          {translate('listThem')}
        </Count>
      </Fact>
      <Fact label={translate('firstResponseMedian')} value={formatReportDuration(firstResponse.medianSeconds)}>
        {translate('within90', { span: formatReportDuration(firstResponse.p90Seconds) })}{' '}
        <Count {...props} name="firstResponse.answered" count={firstResponse.answered.count}>
          {translate('countAnswered', { count: firstResponse.answered.count })}
        </Count>
        ,{' '}
        <Count {...props} name="firstResponse.unanswered" count={firstResponse.unanswered.count}>
          {translate('countUnanswered', { count: firstResponse.unanswered.count })}
        </Count>
      </Fact>
      <Fact label={translate('slaMet')} value={formatPercent(sla.metShare)}>
        <Count {...props} name="sla.met" count={sla.met.count}>
          {translate('countMet', { count: sla.met.count })}
        </Count>
        ,{' '}
        <Count {...props} name="sla.breached" count={sla.breached.count}>
          {translate('countBreached', { count: sla.breached.count })}
        </Count>
        ,{' '}
        <Count {...props} name="sla.running" count={sla.running.count}>
          {translate('countRunning', { count: sla.running.count })}
        </Count>
      </Fact>
      <Fact label={translate('ratedPositiveLabel')} value={formatPercent(csat.positiveShare)}>
        <Count {...props} name="csat.positive" count={csat.positive.count}>
          {translate('countPositive', { count: csat.positive.count })}
        </Count>
        ,{' '}
        <Count {...props} name="csat.negative" count={csat.negative.count}>
          {translate('countNegative', { count: csat.negative.count })}
        </Count>
      </Fact>
    </div>
  );
};

const Fact: FC<{ label: string; value: string; children: Child }> = ({ label, value, children }) => (
  <p class="fact">
    <span class="fact-label">{label}</span>
    <strong>{value}</strong>
    <span>{children}</span>
  </p>
);

const draftWords: Record<DraftStatus, WorkspaceTextKey> = {
  pending: 'draftPending',
  prepared: 'draftPrepared',
  approved: 'draftApproved',
  edited: 'draftEdited',
  allowed: 'draftAllowed',
  discarded: 'draftDiscarded',
  denied: 'draftDenied',
  superseded: 'draftSuperseded',
};

const Drafts: FC<ReportProps> = (props) => {
  const { acceptedShare, medianEditDistance, byStatus } = props.report.drafts;
  const made = draftStatuses.filter((status) => byStatus[status].count > 0);
  return (
    <section aria-labelledby="report-drafts">
      <h2 id="report-drafts">{translate('drafts')}</h2>
      {made.length === 0 ? (
        <p class="faint">{translate('noDrafts')}</p>
      ) : (
        <>
          <p>
            {translate('acceptedShare', {
              accepted: formatPercent(acceptedShare),
              changed: formatPercent(medianEditDistance),
            })}
          </p>
          <ul class="plain-counts">
            {made.map((status) => (
              <li>
                {translate('labelled', { label: translate(draftWords[status]) })}{' '}
                <Count {...props} name={`drafts.${status}`} count={byStatus[status].count}>
                  {byStatus[status].count}
                </Count>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
};

const outcomes: DeliveryOutcomeName[] = ['done', 'pending', 'retrying', 'discarded'];

const Deliveries: FC<ReportProps> = (props) => {
  const topics = [...new Set(props.report.deliveries.map(({ topic }) => topic))];
  return (
    <section aria-labelledby="report-deliveries">
      <h2 id="report-deliveries">{translate('viewDeliveries')}</h2>
      {topics.length === 0 ? (
        <EmptyState icon="send" title={translate('noneAtAll')}>
          {translate('noDeliveries')}
        </EmptyState>
      ) : (
        <section class="table-scroll" tabindex={0} aria-label={translate('deliveriesByTopic')}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{translate('topic')}</th>
                {outcomes.map((outcome) => (
                  <th scope="col">{translate(deliveryOutcomeNames[outcome])}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {topics.map((topic) => (
                <tr>
                  <th scope="row">{translate(deliveryTopicNames[topic])}</th>
                  {outcomes.map((outcome) => (
                    <td>
                      <DeliveryCount {...props} topic={topic} outcome={outcome} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
};

const DeliveryCount: FC<ReportProps & Pick<Report['deliveries'][number], 'topic' | 'outcome'>> = (props) => {
  const { topic, outcome, report } = props;
  const row = report.deliveries.find((one) => one.topic === topic && one.outcome === outcome);
  const count = row?.number.count ?? 0;
  return (
    <Count {...props} name={`deliveries.${topic}.${outcome}`} count={count}>
      {count}
    </Count>
  );
};

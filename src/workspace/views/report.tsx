import type { Child, FC } from 'hono/jsx';
import { type DraftStatus, draftStatuses } from '../../contracts/domain.js';
import type { DeliveryOutcomeName, Report, ReportDay } from '../../report/report-types.js';
import { shareText, spanText } from '../../report/report-words.js';
import type { PageContext } from '../page-context.js';
import { type DayBar, DayBars } from './day-bars.js';
import { topicNames } from './delivery-words.js';
import { Empty, plural } from './elements.js';
import { Moment } from './time.js';

/** The periods that the page offers, in days. */
export const reportDays = [7, 30, 90, 365] as const;
export type ReportDays = (typeof reportDays)[number];

interface ReportProps {
  frame: PageContext;
  days: ReportDays;
  report: Report;
}

/** How the team did in the last days: each number leads to its conversations. */
export const ReportView: FC<ReportProps> = (props) => (
  <main class="sheet" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>Report</h1>
      <p class="faint">
        <Moment at={props.report.since} /> to <Moment at={props.report.until} />
        {props.report.truncated ? '; only the newest part of it is counted, as it holds too much' : ''}
      </p>
    </div>
    <Periods {...props} />
    <Facts {...props} />
    <Plots {...props} />
    <Drafts {...props} />
    <Deliveries {...props} />
  </main>
);

const Periods: FC<ReportProps> = ({ frame, days }) => (
  <nav class="tabs" aria-label="Period">
    {reportDays.map((known) => (
      <a href={`${frame.base}/report?days=${known}`} aria-current={known === days ? 'page' : undefined}>
        {known} days
      </a>
    ))}
  </nav>
);

/** A number, with the way to its conversations where there are any. */
const Count: FC<ReportProps & { name: string; count: number; children: Child }> = ({
  frame,
  days,
  name,
  count,
  children,
}) =>
  count > 0 ? (
    <a href={`${frame.base}/report/${name}?days=${days}`}>{children}</a>
  ) : (
    <span class="faint">{children}</span>
  );

const Facts: FC<ReportProps> = (props) => {
  const { opened, firstResponse, sla, csat } = props.report;
  return (
    <div class="facts">
      <Fact label="Conversations opened" value={opened.count.toLocaleString('en')}>
        <Count {...props} name="opened" count={opened.count}>
          List them
        </Count>
      </Fact>
      <Fact label="First response, median" value={spanText(firstResponse.medianSeconds)}>
        90 % within {spanText(firstResponse.p90Seconds)};{' '}
        <Count {...props} name="firstResponse.answered" count={firstResponse.answered.count}>
          {firstResponse.answered.count} answered
        </Count>
        ,{' '}
        <Count {...props} name="firstResponse.unanswered" count={firstResponse.unanswered.count}>
          {firstResponse.unanswered.count} not
        </Count>
      </Fact>
      <Fact label="SLA met" value={shareText(sla.metShare)}>
        <Count {...props} name="sla.met" count={sla.met.count}>
          {sla.met.count} met
        </Count>
        ,{' '}
        <Count {...props} name="sla.breached" count={sla.breached.count}>
          {sla.breached.count} breached
        </Count>
        ,{' '}
        <Count {...props} name="sla.running" count={sla.running.count}>
          {sla.running.count} running
        </Count>
      </Fact>
      <Fact label="Rated positive" value={shareText(csat.positiveShare)}>
        <Count {...props} name="csat.positive" count={csat.positive.count}>
          {csat.positive.count} positive
        </Count>
        ,{' '}
        <Count {...props} name="csat.negative" count={csat.negative.count}>
          {csat.negative.count} negative
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

const Plots: FC<ReportProps> = ({ report }) => {
  const days = everyDay(report);
  const bars = (parts: (day: ReportDay) => DayBar['parts']): DayBar[] =>
    days.map((day) => ({ day: day.day, parts: parts(day) }));
  const { opened, firstResponse, sla } = report;
  return (
    <section class="plots" aria-label="By day">
      <figure>
        <figcaption>Conversations opened</figcaption>
        <DayBars
          bars={bars((day) => [{ value: day.opened, class: 'plot-bar' }])}
          summary={`Conversations opened by day: ${opened.count} in all`}
          inWords={(value) => `${value} a day at most`}
        />
      </figure>
      <figure>
        <figcaption>First response, median of the day</figcaption>
        <DayBars
          bars={bars((day) => [{ value: day.medianFirstResponseSeconds ?? 0, class: 'plot-bar' }])}
          summary={`Median time to the first response by day: ${spanText(firstResponse.medianSeconds)} over all`}
          inWords={(value) => `${spanText(value)} at most`}
        />
      </figure>
      <figure>
        <figcaption>
          SLA <span class="plot-key plot-key-met">met</span> and <span class="plot-key plot-key-bad">breached</span>
        </figcaption>
        <DayBars
          bars={bars((day) => [
            { value: day.slaMet, class: 'plot-bar' },
            { value: day.slaBreached, class: 'plot-bar-bad' },
          ])}
          summary={`SLA clocks by day of their start: ${sla.met.count} met, ${sla.breached.count} breached`}
          inWords={(value) => `${plural(value, 'clock')} a day at most`}
        />
      </figure>
      <DayTable days={report.days} />
    </section>
  );
};

/** The plots as figures. */
const DayTable: FC<{ days: readonly ReportDay[] }> = ({ days }) => (
  <details class="plot-figures">
    <summary>Figures by day</summary>
    <section class="table-scroll" tabindex={0} aria-label="Figures by day">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Opened</th>
            <th scope="col">First response</th>
            <th scope="col">SLA met</th>
            <th scope="col">SLA breached</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr>
              <td class="nowrap">{day.day}</td>
              <td>{day.opened}</td>
              <td>{spanText(day.medianFirstResponseSeconds)}</td>
              <td>{day.slaMet}</td>
              <td>{day.slaBreached}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </details>
);

const dayMs = 86_400_000;

/** Days on which nothing happened are in no report, and have their place in a plot. Pure. */
export function everyDay({ since, until, days }: Pick<Report, 'since' | 'until' | 'days'>): ReportDay[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const all: ReportDay[] = [];
  const last = until.toISOString().slice(0, 10);
  for (let at = since.getTime(); ; at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day > last) return all;
    all.push(known.get(day) ?? { day, opened: 0, medianFirstResponseSeconds: null, slaMet: 0, slaBreached: 0 });
  }
}

const draftWords: Record<DraftStatus, string> = {
  pending: 'Waiting for approval',
  prepared: 'Prepared, not used',
  approved: 'Approved',
  edited: 'Edited and sent',
  allowed: 'Sent without review',
  discarded: 'Discarded',
  denied: 'Denied by the policy',
  superseded: 'Superseded by a newer message',
};

const Drafts: FC<ReportProps> = (props) => {
  const { acceptedShare, medianEditDistance, byStatus } = props.report.drafts;
  const made = draftStatuses.filter((status) => byStatus[status].count > 0);
  return (
    <section aria-labelledby="report-drafts">
      <h2 id="report-drafts">Drafts</h2>
      {made.length === 0 ? (
        <p class="faint">No draft was made in this period.</p>
      ) : (
        <>
          <p>
            Operators accepted {shareText(acceptedShare)} of those that they decided on. The median edit changed{' '}
            {shareText(medianEditDistance)} of the text.
          </p>
          <ul class="plain-counts">
            {made.map((status) => (
              <li>
                {draftWords[status]}:{' '}
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
      <h2 id="report-deliveries">Deliveries</h2>
      {topics.length === 0 ? (
        <Empty icon="send" title="None">
          No delivery was written in this period, or those that were done are deleted already.
        </Empty>
      ) : (
        <section class="table-scroll" tabindex={0} aria-label="Deliveries by topic and outcome">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Topic</th>
                {outcomes.map((outcome) => (
                  <th scope="col">{outcome}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {topics.map((topic) => (
                <tr>
                  <th scope="row">{topicNames[topic]}</th>
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

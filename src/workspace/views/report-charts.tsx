import type { FC } from 'hono/jsx';
import type { Report, ReportDay } from '../../report/report-types.js';
import { translate, translateCount, translateWithElements } from '../translate.js';
import { type DailyBar, DailyBarChart } from './day-bars.js';
import { formatReportDuration } from './report-texts.js';

/** The report's charts over its days, with their data as a table. */
export const ReportCharts: FC<{ report: Report }> = ({ report }) => {
  const days = fillMissingDays(report);
  const bars = (parts: (day: ReportDay) => DailyBar['parts']): DailyBar[] =>
    days.map((day) => ({ day: day.day, parts: parts(day) }));
  const { opened, firstResponse, sla } = report;
  return (
    <section class="plots" aria-label={translate('byDay')}>
      <figure>
        <figcaption>{translate('conversationsOpened')}</figcaption>
        <DailyBarChart
          bars={bars((day) => [{ value: day.opened, class: 'plot-bar' }])}
          summary={translate('openedByDay', { count: opened.count })}
          inWords={(value) => translate('aDay', { value })}
        />
      </figure>
      <figure>
        <figcaption>{translate('firstResponseByDay')}</figcaption>
        <DailyBarChart
          bars={bars((day) => [{ value: day.medianFirstResponseSeconds ?? 0, class: 'plot-bar' }])}
          summary={translate('responseByDay', { span: formatReportDuration(firstResponse.medianSeconds) })}
          inWords={(value) => translate('atMost', { value: formatReportDuration(value) })}
        />
      </figure>
      <figure>
        <figcaption>
          {translateWithElements('plotSla', {
            met: <span class="plot-key plot-key-met">{translate('plotMet')}</span>,
            breached: <span class="plot-key plot-key-bad">{translate('plotBreached')}</span>,
          })}
        </figcaption>
        <DailyBarChart
          bars={bars((day) => [
            { value: day.slaMet, class: 'plot-bar' },
            { value: day.slaBreached, class: 'plot-bar-bad' },
          ])}
          summary={translate('slaByDay', { met: sla.met.count, breached: sla.breached.count })}
          inWords={(value) => translateCount('clocksADay', value)}
        />
      </figure>
      <DayTable days={report.days} />
    </section>
  );
};

/** The data of the report's charts as a table. */
const DayTable: FC<{ days: readonly ReportDay[] }> = ({ days }) => (
  <details class="plot-figures">
    <summary>{translate('figuresByDay')}</summary>
    <section class="table-scroll" tabindex={0} aria-label={translate('figuresByDay')}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{translate('day')}</th>
            <th scope="col">{translate('opened')}</th>
            <th scope="col">{translate('firstResponse')}</th>
            <th scope="col">{translate('slaMet')}</th>
            <th scope="col">{translate('slaBreached')}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr>
              <td class="nowrap">{day.day}</td>
              <td>{day.opened}</td>
              <td>{formatReportDuration(day.medianFirstResponseSeconds)}</td>
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

/** Adds the days without events, which a report leaves out and a chart needs. */
export function fillMissingDays({ since, until, days }: Pick<Report, 'since' | 'until' | 'days'>): ReportDay[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const all: ReportDay[] = [];
  const last = until.toISOString().slice(0, 10);
  for (let at = since.getTime(); ; at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day > last) return all;
    all.push(known.get(day) ?? { day, opened: 0, medianFirstResponseSeconds: null, slaMet: 0, slaBreached: 0 });
  }
}

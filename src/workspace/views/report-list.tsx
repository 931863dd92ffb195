import type { FC } from 'hono/jsx';
import type { NamedNumber } from '../../report/report-numbers.js';
import type { PageContext } from '../page-context.js';
import type { Recipient } from './bulk.js';
import { Empty, Icon, Name, plural } from './elements.js';
import type { ReportDays } from './report.js';

interface ReportListProps {
  frame: PageContext;
  days: ReportDays;
  found: NamedNumber;
  conversations: readonly Recipient[];
}

/** The conversations behind one number of the report. */
export const ReportListView: FC<ReportListProps> = ({ frame, days, found, conversations }) => (
  <main class="sheet" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{found.label}</h1>
      <p class="faint">
        {found.number.count.toLocaleString('en')} in the last {days} days
        {conversations.length < found.number.count
          ? `; here are the newest ${plural(conversations.length, 'conversation')}.`
          : '.'}
      </p>
    </div>
    {conversations.length === 0 ? <Empty icon="inbox" title="No conversation" /> : null}
    <ul class="report-list">
      {conversations.map(({ id, customer, subject }) => (
        <li>
          <a href={`${frame.base}/c/${id}`}>
            <bdi>{subject ?? 'No subject'}</bdi>
          </a>{' '}
          <Name text={customer} empty="Anonymous" />
        </li>
      ))}
    </ul>
    <nav class="pager" aria-label="Back">
      <a href={`${frame.base}/report?days=${days}`}>
        <Icon name="chart-column" /> Report
      </a>
    </nav>
  </main>
);

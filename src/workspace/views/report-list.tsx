import type { FC } from 'hono/jsx';
import type { NamedReportNumber } from '../../report/report-numbers.js';
import type { WorkspacePageContext } from '../page-context.js';
import { translate, translateCount } from '../translate.js';
import type { BulkRecipient } from './bulk.js';
import { EmptyState, Icon, InlineText } from './elements.js';
import type { ReportPeriodDays } from './report.js';
import { reportNumberLabel } from './report-texts.js';

interface ReportListProps {
  pageContext: WorkspacePageContext;
  days: ReportPeriodDays;
  found: NamedReportNumber;
  conversations: readonly BulkRecipient[];
}

/** The list of the conversations that one number of the report counts. */
export const ReportListView: FC<ReportListProps> = ({ pageContext, days, found, conversations }) => (
  <main class="sheet" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{reportNumberLabel(found.name)}</h1>
      <p class="faint">
        {translateCount('inLastDays', days, { found: found.number.count })}
        {conversations.length < found.number.count ? translateCount('newestOf', conversations.length) : '.'}
      </p>
    </div>
    {conversations.length === 0 ? <EmptyState icon="inbox" title={translate('noConversationFound')} /> : null}
    <ul class="report-list">
      {conversations.map(({ id, customer, subject }) => (
        <li>
          <a href={`${pageContext.base}/c/${id}`}>
            <bdi>{subject ?? translate('noSubject')}</bdi>
          </a>{' '}
          <InlineText text={customer} empty={translate('anonymous')} />
        </li>
      ))}
    </ul>
    <nav class="pager" aria-label={translate('back')}>
      <a href={`${pageContext.base}/report?days=${days}`}>
        <Icon name="chart-column" /> {translate('viewReport')}
      </a>
    </nav>
  </main>
);

import { readDatabaseTime } from '../../db/database-time.js';
import { listReportNumbers } from '../../report/report-numbers.js';
import type { Report } from '../../report/report-types.js';
import { pathParameter, type WorkspaceContext, type WorkspaceHandler, type WorkspaceServices } from '../handler.js';
import { getRecentReport } from '../queries/recent-report.js';
import { findBulkRecipients } from '../queries/recipients.js';
import { toTickedConversations } from '../ticked.js';
import { translate } from '../translate.js';
import { WorkspacePage } from '../views/page.js';
import { type ReportPeriodDays, ReportView, reportPeriodDays } from '../views/report.js';
import { ReportListView } from '../views/report-list.js';
import { reportNumberLabel } from '../views/report-texts.js';

export const showReport: WorkspaceHandler = async (c, services) => {
  const { days, made } = await reportFor(c, services);
  const pageContext = c.get('pageContext');
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('viewReport')} view="report">
      <ReportView pageContext={pageContext} days={days} report={made} />
    </WorkspacePage>,
  );
};

/** Renders the list of the conversations that one number of the report counts. */
export const showReportList: WorkspaceHandler = async (c, services) => {
  const { days, made } = await reportFor(c, services);
  const found = listReportNumbers(made).find(({ name }) => name === pathParameter(c, 'number'));
  if (!found) return c.notFound();
  const pageContext = c.get('pageContext');
  const conversations = await findBulkRecipients(services.runtime, toTickedConversations(found.number.conversationIds));
  return c.html(
    <WorkspacePage pageContext={pageContext} title={reportNumberLabel(found.name)} view="report">
      <ReportListView pageContext={pageContext} days={days} found={found} conversations={conversations} />
    </WorkspacePage>,
  );
};

async function reportFor(
  c: WorkspaceContext,
  { runtime }: WorkspaceServices,
): Promise<{ days: ReportPeriodDays; made: Report }> {
  const days = reportPeriodDays.find((known) => String(known) === c.req.query('days')) ?? 30;
  return { days, made: await getRecentReport(runtime, days, await readDatabaseTime(runtime.db)) };
}

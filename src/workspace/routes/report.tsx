import { databaseTime } from '../../db/database-time.js';
import { reportNumbers } from '../../report/report-numbers.js';
import type { Report } from '../../report/report-types.js';
import { type Handler, param, type Services, type WorkspaceContext } from '../handler.js';
import { recentReport } from '../queries/recent-report.js';
import { findRecipients } from '../queries/recipients.js';
import { tickedWithoutSeen } from '../ticked.js';
import { t } from '../translate.js';
import { Page } from '../views/page.js';
import { type ReportDays, ReportView, reportDays } from '../views/report.js';
import { ReportListView } from '../views/report-list.js';
import { numberLabel } from '../views/report-texts.js';

export const report: Handler = async (c, services) => {
  const { days, made } = await reportFor(c, services);
  const pageContext = c.get('pageContext');
  return c.html(
    <Page pageContext={pageContext} title={t('viewReport')} view="report">
      <ReportView pageContext={pageContext} days={days} report={made} />
    </Page>,
  );
};

/** Renders the list of the conversations that one number of the report counts. */
export const reportList: Handler = async (c, services) => {
  const { days, made } = await reportFor(c, services);
  const found = reportNumbers(made).find(({ name }) => name === param(c, 'number'));
  if (!found) return c.notFound();
  const pageContext = c.get('pageContext');
  const conversations = await findRecipients(services.runtime, tickedWithoutSeen(found.number.conversationIds));
  return c.html(
    <Page pageContext={pageContext} title={numberLabel(found.name)} view="report">
      <ReportListView pageContext={pageContext} days={days} found={found} conversations={conversations} />
    </Page>,
  );
};

async function reportFor(c: WorkspaceContext, { runtime }: Services): Promise<{ days: ReportDays; made: Report }> {
  const days = reportDays.find((known) => String(known) === c.req.query('days')) ?? 30;
  return { days, made: await recentReport(runtime, days, await databaseTime(runtime.db)) };
}

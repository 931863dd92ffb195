import { databaseTime } from '../../db/database-time.js';
import { reportNumbers } from '../../report/report-numbers.js';
import type { Report } from '../../report/report-types.js';
import { type Handler, param, type Services, type WorkspaceContext } from '../handler.js';
import { recentReport } from '../queries/recent-report.js';
import { findRecipients } from '../queries/recipients.js';
import { withoutMark } from '../ticked.js';
import { Page } from '../views/page.js';
import { type ReportDays, ReportView, reportDays } from '../views/report.js';
import { ReportListView } from '../views/report-list.js';
import { numberLabel } from '../views/report-words.js';
import { t } from '../words.js';

export const report: Handler = async (c, services) => {
  const { days, made } = await reportFor(c, services);
  const frame = c.get('frame');
  return c.html(
    <Page frame={frame} title={t('viewReport')} view="report">
      <ReportView frame={frame} days={days} report={made} />
    </Page>,
  );
};

/** The conversations behind one number. */
export const reportList: Handler = async (c, services) => {
  const { days, made } = await reportFor(c, services);
  const found = reportNumbers(made).find(({ name }) => name === param(c, 'number'));
  if (!found) return c.notFound();
  const frame = c.get('frame');
  const conversations = await findRecipients(services.runtime, withoutMark(found.number.conversationIds));
  return c.html(
    <Page frame={frame} title={numberLabel(found.name)} view="report">
      <ReportListView frame={frame} days={days} found={found} conversations={conversations} />
    </Page>,
  );
};

async function reportFor(c: WorkspaceContext, { runtime }: Services): Promise<{ days: ReportDays; made: Report }> {
  const days = reportDays.find((known) => String(known) === c.req.query('days')) ?? 30;
  return { days, made: await recentReport(runtime, days, await databaseTime(runtime.db)) };
}

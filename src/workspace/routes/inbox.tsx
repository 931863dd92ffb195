import { successNotice } from '../done-notices.js';
import { readQueueView, type WorkspaceHandler } from '../handler.js';
import { addCustomerNamesToRows } from '../known-names.js';
import { findDaySummary } from '../queries/day.js';
import { countQueueByFilter, findQueuePage } from '../queries/queue.js';
import { queueQueryString } from '../queue-filters.js';
import { translate } from '../translate.js';
import { DaySummaryView } from '../views/day.js';
import { WorkspacePage } from '../views/page.js';
import { QueueColumn } from '../views/queue.js';

/**
 * Renders the queue without an open conversation, beside a summary of the last 24 hours. Runs three statements in
 * parallel.
 */
export const showInbox: WorkspaceHandler = async (c, { runtime, team }) => {
  const view = readQueueView(c);
  const operatorId = c.get('pageContext').operator.id;
  const [found, { counts, now }, day] = await Promise.all([
    findQueuePage(runtime, view, operatorId),
    countQueueByFilter(runtime, operatorId),
    findDaySummary(runtime, operatorId),
  ]);
  const page = { ...found, rows: addCustomerNamesToRows(found.rows, runtime.context) };
  const pageContext = { ...c.get('pageContext'), queue: queueQueryString(view), now };
  const notice = successNotice(c.req.query('done'));
  const inQueue = view.selecting ? notice : undefined;
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('viewInbox')} view="inbox" search={view.search}>
      <div class="inbox inbox-queue" data-page="inbox">
        <QueueColumn
          pageContext={pageContext}
          view={view}
          page={page}
          counts={counts}
          selecting={view.selecting ?? false}
          notice={inQueue}
          team={team.members()}
        />
        <DaySummaryView pageContext={pageContext} counts={counts} day={day} notice={inQueue ? null : notice} />
      </div>
    </WorkspacePage>,
  );
};

import { doneNotice } from '../done-notices.js';
import { type Handler, queueViewOf } from '../handler.js';
import { withKnownNames } from '../known-names.js';
import { findDay } from '../queries/day.js';
import { countQueue, findQueuePage } from '../queries/queue.js';
import { queueQuery } from '../queue-filters.js';
import { t } from '../translate.js';
import { DayView } from '../views/day.js';
import { Page } from '../views/page.js';
import { Queue } from '../views/queue.js';

/** The queue without an open conversation, beside the summary of the day: three parallel statements. */
export const inbox: Handler = async (c, { runtime, team }) => {
  const view = queueViewOf(c);
  const operatorId = c.get('pageContext').operator.id;
  const [found, { counts, now }, day] = await Promise.all([
    findQueuePage(runtime, view, operatorId),
    countQueue(runtime, operatorId),
    findDay(runtime, operatorId),
  ]);
  const page = { ...found, rows: withKnownNames(found.rows, runtime.context) };
  const pageContext = { ...c.get('pageContext'), queue: queueQuery(view), now };
  const notice = doneNotice(c.req.query('done'));
  const inQueue = view.selecting ? notice : undefined;
  return c.html(
    <Page pageContext={pageContext} title={t('viewInbox')} view="inbox" search={view.search}>
      <div class="inbox inbox-queue" data-page="inbox">
        <Queue
          pageContext={pageContext}
          view={view}
          page={page}
          counts={counts}
          selecting={view.selecting ?? false}
          notice={inQueue}
          team={team.members()}
        />
        <DayView pageContext={pageContext} counts={counts} day={day} notice={inQueue ? null : notice} />
      </div>
    </Page>,
  );
};

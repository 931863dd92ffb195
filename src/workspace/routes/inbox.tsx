import { doneNotice } from '../done-notices.js';
import { type Handler, queueViewOf } from '../handler.js';
import { withKnownNames } from '../known-names.js';
import { countQueue, findQueuePage } from '../queries/queue.js';
import { queueQuery } from '../queue-filters.js';
import { Page } from '../views/page.js';
import { Queue } from '../views/queue.js';
import { NoThread } from '../views/thread.js';

/** The queue alone: two statements at once. */
export const inbox: Handler = async (c, { runtime }) => {
  const view = queueViewOf(c);
  const operatorId = c.get('frame').operator.id;
  const [found, { counts, now }] = await Promise.all([
    findQueuePage(runtime, view, operatorId),
    countQueue(runtime, operatorId),
  ]);
  const page = withKnownNames(found, runtime.context);
  const frame = { ...c.get('frame'), queue: queueQuery(view), now };
  const notice = doneNotice(c.req.query('done'));
  const inQueue = view.selecting ? notice : undefined;
  return c.html(
    <Page frame={frame} title="Inbox" view="inbox" search={view.search}>
      <div class="inbox inbox-queue" data-page="inbox">
        <Queue
          frame={frame}
          view={view}
          page={page}
          counts={counts}
          selecting={view.selecting ?? false}
          notice={inQueue}
        />
        <NoThread notice={inQueue ? null : notice} />
      </div>
    </Page>,
  );
};

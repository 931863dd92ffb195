import type { FC } from 'hono/jsx';
import type { CappedCount } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import type { Day } from '../queries/day.js';
import type { QueueCounts } from '../queries/queue.js';
import { defaultFilter, type QueueFilter } from '../queue-filters.js';
import { NoticeBox } from './page.js';
import { countText } from './queue.js';

interface DayProps {
  frame: PageContext;
  counts: QueueCounts;
  day: Day;
  /** Null: shown elsewhere. */
  notice: Notice | undefined | null;
}

const now: { filter: QueueFilter; label: string }[] = [
  { filter: 'needs-reply', label: 'Waiting for a reply' },
  { filter: 'breached', label: 'Breached' },
  { filter: 'breaching', label: 'Breaching soon' },
  { filter: 'needs-approval', label: 'Drafts to approve' },
  { filter: 'mine', label: 'Yours' },
  { filter: 'unassigned', label: 'Without an owner' },
];

/** What stands in the centre while no conversation is open: what the day asks for, and what it has brought. */
export const DayView: FC<DayProps> = ({ frame, counts, day, notice }) => (
  <main class="thread thread-none day-page" id="main" tabindex={-1}>
    {notice === null ? null : <NoticeBox notice={notice} />}
    <div class="overview" id="overview" data-live="overview">
      <h2>{counts['needs-reply'].value === 0 ? 'Nobody is waiting' : 'Now'}</h2>
      <ul class="overview-now">
        {now.map(({ filter, label }) => (
          <li>
            <a
              class={`overview-tile overview-${filter}${counts[filter].value === 0 ? ' zero' : ''}`}
              href={`${frame.base}/${filter === defaultFilter ? '' : `?filter=${filter}`}`}
            >
              <strong>{countText(counts[filter])}</strong> <span>{label}</span>
            </a>
          </li>
        ))}
      </ul>
      <h2>Since yesterday, in the last 24 hours</h2>
      <dl class="overview-day">
        <Figure count={day.received} label="Messages of customers" />
        <Figure count={day.replied} label="Replies" />
        <Figure count={day.mine} label="Of them yours" />
        <Figure count={day.resolved} label="Conversations resolved" />
      </dl>
      <p class="faint js">
        <kbd>j</kbd> and <kbd>k</kbd> move in the queue, <kbd>Enter</kbd> opens, <kbd>?</kbd> lists all keys.
      </p>
    </div>
  </main>
);

const Figure: FC<{ count: CappedCount; label: string }> = ({ count, label }) => (
  <div>
    <dt>{label}</dt>
    <dd>{countText(count)}</dd>
  </div>
);

import type { FC } from 'hono/jsx';
import type { CappedCount } from '../model.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import type { DaySummary } from '../queries/day.js';
import type { QueueCounts } from '../queries/queue.js';
import { defaultQueueFilter, type QueueFilter } from '../queue-filters.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateWithElements } from '../translate.js';
import { NoticeBox } from './page.js';
import { formatCappedCount } from './queue.js';

interface DayProps {
  pageContext: WorkspacePageContext;
  counts: QueueCounts;
  day: DaySummary;
  /** The notice of the page; null if another part of the page shows it. */
  notice: PageNotice | undefined | null;
}

const now: { filter: QueueFilter; label: WorkspaceTextKey }[] = [
  { filter: 'needs-reply', label: 'dayWaiting' },
  { filter: 'breached', label: 'dayBreached' },
  { filter: 'breaching', label: 'dayBreaching' },
  { filter: 'needs-approval', label: 'dayDrafts' },
  { filter: 'mine', label: 'dayMine' },
  { filter: 'unassigned', label: 'dayUnassigned' },
];

/** The centre of the page while no conversation is open: what there is to do, and counts of the last 24 hours. */
export const DaySummaryView: FC<DayProps> = ({ pageContext, counts, day, notice }) => (
  <main class="thread thread-none day-page" id="main" tabindex={-1}>
    {notice === null ? null : <NoticeBox notice={notice} />}
    <div class="overview" id="overview" data-live="overview">
      <h2>{counts['needs-reply'].value === 0 ? translate('nobodyWaits') : translate('now')}</h2>
      <ul class="overview-now">
        {now.map(({ filter, label }) => (
          <li>
            <a
              class={`overview-tile overview-${filter}${counts[filter].value === 0 ? ' zero' : ''}`}
              href={`${pageContext.base}/${filter === defaultQueueFilter ? '' : `?filter=${filter}`}`}
            >
              <strong>{formatCappedCount(counts[filter])}</strong> <span>{translate(label)}</span>
            </a>
          </li>
        ))}
      </ul>
      <h2>{translate('sinceYesterday')}</h2>
      <dl class="overview-day">
        <Figure count={day.received} label={translate('dayReceived')} />
        <Figure count={day.replied} label={translate('dayReplied')} />
        <Figure count={day.mine} label={translate('dayOwn')} />
        <Figure count={day.resolved} label={translate('dayResolved')} />
      </dl>
      <p class="faint js">
        {translateWithElements('dayKeys', {
          next: <kbd>j</kbd>,
          previous: <kbd>k</kbd>,
          enter: <kbd>{translate('keyEnter')}</kbd>,
          help: <kbd>?</kbd>,
        })}
      </p>
    </div>
  </main>
);

const Figure: FC<{ count: CappedCount; label: string }> = ({ count, label }) => (
  <div>
    <dt>{label}</dt>
    <dd>{formatCappedCount(count)}</dd>
  </div>
);

import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import { bulkKinds } from '../bulk-kinds.js';
import type { CappedCount } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import type { QueueCounts, QueuePage } from '../queries/queue.js';
import { defaultFilter, type QueueView, queueFilters, queueQuery, withWord } from '../queue-filters.js';
import { Empty, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { Narrowed, NarrowMenu } from './queue-narrow.js';
import { Row } from './queue-row.js';

export interface QueueProps {
  frame: PageContext;
  view: QueueView;
  page: QueuePage;
  counts: QueueCounts;
  /** Whether lines can be ticked for a bulk action. */
  selecting: boolean;
  /** Whom conversations can belong to. */
  team: Actor[];
  /** The conversation that is open beside it. */
  openId?: string | undefined;
  /** What to tell about the choice, where the lines can be ticked: a narrow screen shows the queue alone. */
  notice?: Notice | undefined;
}

/** The left region: filters with their counts, and the lines of the one that is chosen. */
export const Queue: FC<QueueProps> = (props) => (
  <section class="queue" aria-label="Queue">
    <div class="queue-head">
      {props.openId ? <h2>Inbox</h2> : <h1>Inbox</h1>}
      <button type="button" class="pill js" id="new-activity" hidden>
        <Icon name="refresh-cw" /> New activity
      </button>
      <span class="queue-tools">
        <NarrowMenu {...props} />
        <SelectSwitch {...props} />
      </span>
    </div>
    <Filters {...props} />
    <div class="queue-body" id="queue" data-live="queue" data-openid={props.openId}>
      {props.notice ? <NoticeBox notice={props.notice} /> : null}
      {props.view.search ? <SearchHeading {...props} /> : <Narrowed {...props} />}
      <Rows {...props} />
    </div>
    {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved by keys */}
    <div
      class="queue-sizer js"
      id="queue-sizer"
      role="separator"
      tabindex={0}
      aria-orientation="vertical"
      aria-label="Width of the queue"
      aria-valuemin={260}
      aria-valuemax={640}
      aria-valuenow={340}
    ></div>
  </section>
);

const SelectSwitch: FC<QueueProps> = ({ frame, view, selecting, openId }) => {
  const query = queueQuery({ ...view, selecting: false });
  const here = openId ? `/c/${openId}` : '/';
  const href = `${here}${selecting ? query : withWord(query, 'select', '1')}`;
  return (
    <a class="quiet-link" id="select-switch" href={`${frame.base}${href}`}>
      <Icon name={selecting ? 'x' : 'list-checks'} /> {selecting ? 'Done' : 'Select'}
    </a>
  );
};

const Filters: FC<QueueProps> = ({ frame, view, counts, openId }) => (
  <nav aria-label="Filters" id="filters" data-live="filters">
    <ul class="filters">
      {queueFilters.map(({ key, label }) => (
        <li>
          <a
            href={`${frame.base}/${key === defaultFilter ? '' : `?filter=${key}`}`}
            class={`filter filter-${key}`}
            aria-current={!view.search && view.filter === key ? (openId ? 'true' : 'page') : undefined}
          >
            <span class="filter-label">{label}</span>{' '}
            <span class={`filter-count${counts[key].value === 0 ? ' zero' : ''}`}>{countText(counts[key])}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

export function countText({ value, more }: CappedCount): string {
  return more ? `${value}+` : String(value);
}

const SearchHeading: FC<QueueProps> = ({ frame, view }) => (
  <p class="search-heading">
    Results for <q dir="auto">{view.search}</q> <a href={`${frame.base}/`}>Clear</a>
  </p>
);

const Rows: FC<QueueProps> = (props) => {
  const { frame, page, view, selecting } = props;
  if (page.rows.length === 0) return <NoRows view={view} />;
  const rows = (
    <ol class="rows">
      {page.rows.map((row) => (
        <Row {...props} row={row} />
      ))}
    </ol>
  );
  return (
    <>
      {selecting ? (
        <form method="get" action={`${frame.base}/bulk`} id="bulk" data-selection>
          {frame.queue ? <input type="hidden" name="queue" value={frame.queue} /> : null}
          <input type="hidden" name="at" value={frame.now.toISOString()} />
          {rows}
          <BulkBar {...props} />
        </form>
      ) : (
        rows
      )}
      <Pager {...props} />
    </>
  );
};

/** What can be done with all that is ticked. Each leads to a page that says to how many, and asks. */
const BulkBar: FC<QueueProps> = ({ frame, view }) => (
  <div class="bulk-bar">
    <span class="bulk-count">
      <label class="js check">
        <input type="checkbox" id="select-all" /> <span class="sr">Select all on this page</span>
      </label>
      <output class="js" id="selected">
        0 selected
      </output>
      <a class="no-js" href={`${frame.base}/${withWord(queueQuery({ ...view, selecting: false }), 'select', 'all')}`}>
        Select all
      </a>
    </span>
    <span class="bulk-actions">
      {bulkKinds.map(({ kind, label }) => (
        <button type="submit" class="button button-small" formaction={`${frame.base}/bulk/${kind}`}>
          {label}
        </button>
      ))}
      <button type="submit" class="button button-small">
        Send follow-up
      </button>
      <button type="reset" class="button button-small button-quiet">
        Clear
      </button>
    </span>
  </div>
);

const NoRows: FC<{ view: QueueView }> = ({ view }) => {
  if (view.search)
    return (
      <Empty icon="search" title="Nothing found">
        Words are looked for in subjects, customers and messages.
      </Empty>
    );
  return (
    <Empty icon="circle-check" title="Nothing here">
      {emptyTexts[view.filter]}
    </Empty>
  );
};

const emptyTexts: Record<QueueView['filter'], string> = {
  'needs-reply': 'No customer is waiting for an answer.',
  'needs-approval': 'No draft is waiting for you.',
  mine: 'You own no open conversation.',
  unassigned: 'Every open conversation has an owner.',
  breaching: 'No clock is about to run out.',
  breached: 'No open conversation has run out of time.',
  open: 'There are no open conversations.',
  snoozed: 'No conversation is snoozed.',
  resolved: 'Nothing has been resolved yet.',
};

const Pager: FC<QueueProps> = ({ frame, view, page, openId }) => {
  const here = `${frame.base}${openId ? `/c/${openId}` : '/'}`;
  const next = page.nextCursor ? { ...view, cursor: page.nextCursor } : null;
  if (!next && !view.cursor) return null;
  return (
    <nav class="pager" aria-label="Pages of the queue">
      {view.cursor ? <a href={`${here}${queueQuery(view, false)}`}>First page</a> : <span></span>}
      {next ? <a href={`${here}${queueQuery(next)}`}>Next page</a> : null}
    </nav>
  );
};

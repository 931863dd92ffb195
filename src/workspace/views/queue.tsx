import type { FC } from 'hono/jsx';
import type { Message } from '../../contracts/domain.js';
import type { CappedCount, QueueRow } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import type { QueueCounts, QueuePage } from '../queries/queue.js';
import { defaultFilter, type QueueView, queueFilters, queueQuery, withWord } from '../queue-filters.js';
import { Empty, Icon, Name } from './elements.js';
import { NoticeBox } from './page.js';
import { Age, ClockChip } from './time.js';

export interface QueueProps {
  frame: PageContext;
  view: QueueView;
  page: QueuePage;
  counts: QueueCounts;
  /** Whether lines can be ticked for a bulk follow-up. */
  selecting: boolean;
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
      <SelectSwitch {...props} />
    </div>
    <Filters {...props} />
    <div class="queue-body" id="queue" data-live="queue" data-openid={props.openId}>
      {props.notice ? <NoticeBox notice={props.notice} /> : null}
      {props.view.search ? <SearchHeading {...props} /> : null}
      <Rows {...props} />
    </div>
  </section>
);

const SelectSwitch: FC<QueueProps> = ({ frame, view, selecting, openId }) => {
  const query = queueQuery({ ...view, selecting: false });
  const here = openId ? `/c/${openId}` : '/';
  const href = `${here}${selecting ? query : withWord(query, 'select', '1')}`;
  return (
    <a class="quiet-link" href={`${frame.base}${href}`}>
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
            <span class="filter-count">{countText(counts[key])}</span>
            <span class="filter-label">{label}</span>
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
          {rows}
          <div class="bulk-bar">
            <output class="js" id="selected">
              0 selected
            </output>
            <button type="submit" class="button button-primary">
              Send follow-up
            </button>
            <button type="reset" class="button">
              Clear
            </button>
          </div>
        </form>
      ) : (
        rows
      )}
      <Pager {...props} />
    </>
  );
};

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
  breaching: 'No clock is about to run out.',
  breached: 'No open conversation has run out of time.',
  open: 'There are no open conversations.',
  resolved: 'Nothing has been resolved yet.',
};

const Row: FC<QueueProps & { row: QueueRow }> = ({ frame, view, row, openId, selecting }) => (
  <li class={`row${row.unanswered ? ' row-unanswered' : ''}`} data-id={row.id}>
    {selecting ? <Tick row={row} /> : null}
    <a
      class="row-link"
      href={`${frame.base}/c/${row.id}${queueQuery(view)}`}
      aria-current={row.id === openId ? 'true' : undefined}
    >
      <span class="row-top">
        <span class="row-customer">
          <Name text={row.customer} empty="No customer identity" />
        </span>
        <Age at={row.lastMessageAt} now={frame.now} />
      </span>
      <span class="row-middle">
        <span class="row-subject" dir="auto">
          {row.subject ?? <span class="faint">No subject</span>}
        </span>
        {row.clock && row.clock.status !== 'fulfilled' && row.status === 'open' ? (
          <ClockChip clock={row.clock} now={frame.now} waiting={row.unanswered} />
        ) : null}
      </span>
      <span class="row-bottom">
        <span class="row-preview" dir="auto">
          {row.preview ? `${prefixes[row.preview.role] ?? ''}${row.preview.text}` : 'No messages yet'}
        </span>
        <Marks row={row} />
      </span>
    </a>
  </li>
);

const prefixes: Partial<Record<Message['role'], string>> = {
  operator: 'Reply: ',
  automation: 'Automation: ',
  internal_note: 'Note: ',
  outbound: 'Outbound: ',
};

const Tick: FC<{ row: QueueRow }> = ({ row }) => (
  <label class="tick">
    <input type="checkbox" name="id" value={row.id} />
    <span class="sr">
      Select <Name text={row.subject ?? row.customer} />
    </span>
  </label>
);

const Marks: FC<{ row: QueueRow }> = ({ row }) => (
  <span class="row-marks">
    {row.waitingDraft ? (
      <span class="chip chip-draft" title="A draft waits for approval">
        <Icon name="bot" /> Draft
      </span>
    ) : null}
    {row.priority !== 'normal' ? (
      <span class={`chip chip-priority priority-${priorityTone(row.priority)}`}>
        <span class="sr">Priority: </span>
        <bdi>{row.priority}</bdi>
      </span>
    ) : null}
    {row.status !== 'open' ? <span class="chip">{row.status}</span> : null}
  </span>
);

/** Priorities are the host's own words; those that everybody uses are told apart by tone. */
export function priorityTone(priority: string): 'high' | 'low' | 'plain' {
  if (/^(?:urgent|critical|high|p[01])$/i.test(priority)) return 'high';
  return /^(?:low|p[34])$/i.test(priority) ? 'low' : 'plain';
}

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

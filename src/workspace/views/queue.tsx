import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import { bulkActionKinds } from '../bulk-action-kinds.js';
import type { CappedCount } from '../model.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import type { QueueCounts, QueuePage } from '../queries/queue.js';
import {
  addQueryParameter,
  defaultQueueFilter,
  type QueueView,
  queueFilters,
  queueQueryString,
} from '../queue-filters.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { formatNumber, translate, translateCount, translateWithElements } from '../translate.js';
import { EmptyState, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { QueueItem } from './queue-item.js';
import { ActiveQueueRestrictions, QueueRestrictionMenu } from './queue-restrictions.js';

export interface QueueProps {
  pageContext: WorkspacePageContext;
  view: QueueView;
  page: QueuePage;
  counts: QueueCounts;
  /** Whether conversations can be ticked for a bulk action. */
  selecting: boolean;
  /** The operators to whom conversations can be assigned. */
  team: Actor[];
  /** Id of the conversation that is open beside the queue. */
  openId?: string | undefined;
  /** A notice about the ticked conversations, shown in the queue, because a narrow screen shows only the queue. */
  notice?: PageNotice | undefined;
}

/** The left column: queue filters with their counts, and the conversations of the chosen filter. */
export const QueueColumn: FC<QueueProps> = (props) => (
  <section class="queue" aria-label={translate('queue')}>
    <div class="queue-head">
      {props.openId ? <h2>{translate('viewInbox')}</h2> : <h1>{translate('viewInbox')}</h1>}
      <button type="button" class="pill js" id="new-activity" hidden>
        <Icon name="refresh-cw" /> {translate('newActivity')}
      </button>
      <span class="queue-tools">
        <QueueRestrictionMenu {...props} />
        <SelectSwitch {...props} />
      </span>
    </div>
    <Filters {...props} />
    <div class="queue-body" id="queue" data-live="queue" data-openid={props.openId}>
      {props.notice ? <NoticeBox notice={props.notice} /> : null}
      {props.view.search ? <SearchHeading {...props} /> : <ActiveQueueRestrictions {...props} />}
      <Rows {...props} />
    </div>
    {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved by keys */}
    <div
      class="queue-sizer js"
      id="queue-sizer"
      role="separator"
      tabindex={0}
      aria-orientation="vertical"
      aria-label={translate('queueWidth')}
      aria-valuemin={260}
      aria-valuemax={640}
      aria-valuenow={340}
    ></div>
  </section>
);

const SelectSwitch: FC<QueueProps> = ({ pageContext, view, selecting, openId }) => {
  const query = queueQueryString({ ...view, selecting: false });
  const here = openId ? `/c/${openId}` : '/';
  const href = `${here}${selecting ? query : addQueryParameter(query, 'select', '1')}`;
  return (
    <a class="quiet-link" id="select-switch" href={`${pageContext.base}${href}`}>
      <Icon name={selecting ? 'x' : 'list-checks'} /> {selecting ? translate('done') : translate('select')}
    </a>
  );
};

const Filters: FC<QueueProps> = ({ pageContext, view, counts, openId }) => (
  <nav aria-label={translate('filters')} id="filters" data-live="filters">
    <ul class="filters">
      {queueFilters.map(({ key, label }) => (
        <li>
          <a
            href={`${pageContext.base}/${key === defaultQueueFilter ? '' : `?filter=${key}`}`}
            class={`filter filter-${key}`}
            aria-current={!view.search && view.filter === key ? (openId ? 'true' : 'page') : undefined}
          >
            <span class="filter-label">{translate(label)}</span>{' '}
            <span class={`filter-count${counts[key].value === 0 ? ' zero' : ''}`} data-count={counts[key].value}>
              {formatCappedCount(counts[key])}
            </span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

export function formatCappedCount({ value, more }: CappedCount): string {
  return more ? `${formatNumber(value)}+` : formatNumber(value);
}

const SearchHeading: FC<QueueProps> = ({ pageContext, view }) => (
  <p class="search-heading">
    {translateWithElements('resultsFor', { search: <q dir="auto">{view.search}</q> })}{' '}
    <a href={`${pageContext.base}/`}>{translate('clear')}</a>
  </p>
);

const Rows: FC<QueueProps> = (props) => {
  const { pageContext, page, view, selecting } = props;
  if (page.rows.length === 0) return <NoRows view={view} />;
  const rows = (
    <ol class="rows">
      {page.rows.map((row) => (
        <QueueItem {...props} row={row} />
      ))}
    </ol>
  );
  return (
    <>
      {selecting ? (
        <form method="get" action={`${pageContext.base}/bulk`} id="bulk" data-selection>
          {pageContext.queue ? <input type="hidden" name="queue" value={pageContext.queue} /> : null}
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

/**
 * The buttons of the bulk actions. Each leads to a page that lists the ticked conversations and asks for confirmation.
 */
const BulkBar: FC<QueueProps> = ({ pageContext, view }) => (
  <div class="bulk-bar">
    <span class="bulk-count">
      <label class="js check">
        <input type="checkbox" id="select-all" /> <span class="sr">{translate('selectAllHere')}</span>
      </label>
      <output class="js" id="selected">
        {translateCount('selected', 0)}
      </output>
      <a
        class="no-js"
        href={`${pageContext.base}/${addQueryParameter(queueQueryString({ ...view, selecting: false }), 'select', 'all')}`}
      >
        {translate('selectAll')}
      </a>
    </span>
    <span class="bulk-actions">
      {bulkActionKinds.map(({ kind, label }) => (
        <button type="submit" class="button button-small" formaction={`${pageContext.base}/bulk/${kind}`}>
          {translate(label)}
        </button>
      ))}
      <button type="submit" class="button button-small">
        {translate('sendFollowUp')}
      </button>
      <button type="reset" class="button button-small button-quiet">
        {translate('clear')}
      </button>
    </span>
  </div>
);

const NoRows: FC<{ view: QueueView }> = ({ view }) => {
  if (view.search)
    return (
      <EmptyState icon="search" title={translate('nothingFound')}>
        {translate('searchHint')}
      </EmptyState>
    );
  return (
    <EmptyState icon="circle-check" title={translate('nothingHere')}>
      {translate(emptyTexts[view.filter])}
    </EmptyState>
  );
};

const emptyTexts: Record<QueueView['filter'], WorkspaceTextKey> = {
  'needs-reply': 'emptyNeedsReply',
  'needs-approval': 'emptyNeedsApproval',
  mine: 'emptyMine',
  unassigned: 'emptyUnassigned',
  breaching: 'emptyBreaching',
  breached: 'emptyBreached',
  open: 'emptyOpen',
  snoozed: 'emptySnoozed',
  resolved: 'emptyResolved',
};

const Pager: FC<QueueProps> = ({ pageContext, view, page, openId }) => {
  const here = `${pageContext.base}${openId ? `/c/${openId}` : '/'}`;
  const next = page.nextCursor ? { ...view, cursor: page.nextCursor } : null;
  if (!next && !view.cursor) return null;
  return (
    <nav class="pager" aria-label={translate('queuePages')}>
      {view.cursor ? <a href={`${here}${queueQueryString(view, false)}`}>{translate('firstPage')}</a> : <span></span>}
      {next ? <a href={`${here}${queueQueryString(next)}`}>{translate('nextPage')}</a> : null}
    </nav>
  );
};

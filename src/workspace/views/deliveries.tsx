import type { FC } from 'hono/jsx';
import { formatLongDuration } from '../clock-state.js';
import type { CappedCount, DeliverySummary, WorkerHealth } from '../model.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import { type DeliveryPage, type DeliveryTab, deliveryTabs } from '../queries/delivery-lines.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateWithElements } from '../translate.js';
import { ActionForm, EmptyState, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { formatCappedCount } from './queue.js';
import { isScheduledDelivery, SendNowForm } from './send-now.js';
import { DateTimeLabel } from './time.js';
import { deliveryTopicNames } from './topic-names.js';

interface DeliveriesProps {
  pageContext: WorkspacePageContext;
  tab: DeliveryTab;
  page: DeliveryPage;
  health: WorkerHealth;
  /** The number of failed calls after which a delivery is discarded. */
  maxAttempts: number;
  notice?: PageNotice | undefined;
}

/** The page of the deliveries owed to the host: those pending, those that fail, and those discarded. */
export const DeliveriesView: FC<DeliveriesProps> = (props) => (
  <main class="sheet" id="main" tabindex={-1} data-page="deliveries">
    <div class="sheet-head">
      <h1>{translate('viewDeliveries')}</h1>
      <p class="faint">{translate('deliveriesLead')}</p>
    </div>
    <NoticeBox notice={props.notice} />
    <div id="deliveries" data-live="deliveries">
      <Health health={props.health} />
      <Tabs {...props} />
      {props.page.lines.length === 0 ? <NoDeliveries tab={props.tab} /> : <Lines {...props} />}
      <Pager {...props} />
    </div>
  </main>
);

const Health: FC<{ health: WorkerHealth }> = ({ health: { now, lastBeatAt, workers, oldestDueAt } }) => {
  const silent = workers === 0;
  return (
    <div class="facts">
      <p class={silent ? 'fact fact-bad' : 'fact'}>
        <span class="fact-label">{translate('lastHeartbeat')}</span>
        <strong>
          {lastBeatAt
            ? translate('ago', { span: formatLongDuration(now.getTime() - lastBeatAt.getTime()) })
            : translate('never')}
        </strong>
        <span class="faint">
          {silent
            ? translateWithElements('noWorker', { command: <code>cairnloop worker</code> })
            : translate('workersRunning', { count: workers })}
        </span>
      </p>
      <p class="fact">
        <span class="fact-label">{translate('oldestUndelivered')}</span>
        <strong>{oldestDueAt ? formatLongDuration(now.getTime() - oldestDueAt.getTime()) : translate('none')}</strong>
        <span class="faint">{oldestDueAt ? translate('overdue') : translate('allCalled')}</span>
      </p>
    </div>
  );
};

const tabNames: Record<DeliveryTab, WorkspaceTextKey> = {
  pending: 'tabPending',
  retrying: 'tabRetrying',
  discarded: 'tabDiscarded',
};

const Tabs: FC<DeliveriesProps> = ({ pageContext, tab, health }) => (
  <nav class="tabs" aria-label={translate('deliveriesByState')}>
    {deliveryTabs.map((name) => (
      <a
        href={`${pageContext.base}/deliveries${name === 'pending' ? '' : `?state=${name}`}`}
        aria-current={name === tab ? 'page' : undefined}
      >
        {translate(tabNames[name])} <span class="count">{formatCappedCount(counts(health)[name])}</span>
      </a>
    ))}
  </nav>
);

function counts({ pending, retrying, discarded }: WorkerHealth): Record<DeliveryTab, CappedCount> {
  return { pending, retrying, discarded };
}

const emptyTexts: Record<DeliveryTab, WorkspaceTextKey> = {
  pending: 'nonePending',
  retrying: 'noneRetrying',
  discarded: 'noneDiscarded',
};

const NoDeliveries: FC<{ tab: DeliveryTab }> = ({ tab }) => (
  <EmptyState icon="circle-check" title={translate(emptyTexts[tab])} />
);

const Lines: FC<DeliveriesProps> = ({ pageContext, tab, page, maxAttempts, health: { now } }) => (
  <section class="table-scroll" tabindex={0} aria-label={translate(tabNames[tab])}>
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{translate('call')}</th>
          <th scope="col">{translate('conversation')}</th>
          <th scope="col">{translate('attempts')}</th>
          <th scope="col">{tab === 'discarded' ? translate('tabDiscarded') : translate('nextTry')}</th>
          <th scope="col">{translate('lastError')}</th>
          <th scope="col">
            <span class="sr">{translate('actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {page.lines.map((line) => (
          <Line pageContext={pageContext} tab={tab} line={line} maxAttempts={maxAttempts} now={now} />
        ))}
      </tbody>
    </table>
  </section>
);

const When: FC<{ line: DeliverySummary; now: Date }> = ({ line, now }) => {
  const time = <DateTimeLabel at={line.settledAt ?? line.availableAt} />;
  return isScheduledDelivery(line, now) ? translateWithElements('scheduledForTime', { time }) : time;
};

type LineProps = Pick<DeliveriesProps, 'pageContext' | 'tab' | 'maxAttempts'> & { line: DeliverySummary; now: Date };

const Line: FC<LineProps> = ({ pageContext, tab, line, maxAttempts, now }) => (
  <tr>
    <td class="nowrap">{translate(deliveryTopicNames[line.topic])}</td>
    <td>
      <a href={`${pageContext.base}/c/${line.conversationId}`}>
        <bdi>{line.subject ?? translate('noSubject')}</bdi>
      </a>
    </td>
    <td data-label={translate('attempts')} class="nowrap">
      {translate('attemptsOf', { attempts: line.attempts, max: maxAttempts })}
    </td>
    <td class="nowrap" data-label={tab === 'discarded' ? translate('tabDiscarded') : translate('nextTry')}>
      {line.leased ? translate('beingCalled') : <When line={line} now={now} />}
    </td>
    <td class="detail" data-label={translate('lastError')}>
      {line.lastError ? <bdi>{line.lastError}</bdi> : <span class="faint">{translate('none')}</span>}
    </td>
    <td class="row-actions">
      {line.leased ? null : <LineActions pageContext={pageContext} tab={tab} line={line} now={now} />}
    </td>
  </tr>
);

const LineActions: FC<Omit<LineProps, 'maxAttempts'>> = ({ pageContext, tab, line, now }) => {
  const back = `/deliveries${tab === 'pending' ? '' : `?state=${tab}`}`;
  return (
    <>
      {isScheduledDelivery(line, now) ? (
        <SendNowForm pageContext={pageContext} delivery={line} back={back} />
      ) : (
        <ActionForm pageContext={pageContext} action={`/deliveries/${line.id}/retry`}>
          <input type="hidden" name="back" value={back} />
          <button type="submit" class="button button-small">
            <Icon name="rotate-ccw" /> {tab === 'discarded' ? translate('retry') : translate('tryNow')}
          </button>
        </ActionForm>
      )}
      {tab === 'discarded' ? null : (
        <ActionForm pageContext={pageContext} action={`/deliveries/${line.id}/discard`}>
          <input type="hidden" name="back" value={back} />
          <button type="submit" class="button button-small button-quiet">
            {translate('discard')}
          </button>
        </ActionForm>
      )}
    </>
  );
};

const Pager: FC<DeliveriesProps> = ({ pageContext, tab, page }) =>
  page.nextCursor ? (
    <nav class="pager" aria-label={translate('deliveryPages')}>
      <a href={`${pageContext.base}/deliveries?state=${tab}&cursor=${page.nextCursor}`}>{translate('nextPage')}</a>
    </nav>
  ) : null;

import type { FC } from 'hono/jsx';
import { spanInWords } from '../clock-state.js';
import type { CappedCount, DeliveryLine, WorkerHealth } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import { type DeliveryPage, type DeliveryTab, deliveryTabs } from '../queries/delivery-lines.js';
import { topicNames } from './delivery-words.js';
import { ActionForm, Empty, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { countText } from './queue.js';
import { isScheduled, SendNow } from './send-now.js';
import { Moment } from './time.js';

interface DeliveriesProps {
  frame: PageContext;
  tab: DeliveryTab;
  page: DeliveryPage;
  health: WorkerHealth;
  /** After how many failed calls one is discarded. */
  maxAttempts: number;
  notice?: Notice | undefined;
}

/** The calls that are owed to the host: what waits, what fails, and what was discarded. */
export const DeliveriesView: FC<DeliveriesProps> = (props) => (
  <main class="sheet" id="main" tabindex={-1} data-page="deliveries">
    <div class="sheet-head">
      <h1>Deliveries</h1>
      <p class="faint">Calls to the application’s own code, each made at least once.</p>
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
        <span class="fact-label">Last worker heartbeat</span>
        <strong>{lastBeatAt ? `${spanInWords(now.getTime() - lastBeatAt.getTime())} ago` : 'never'}</strong>
        <span class="faint">
          {silent ? (
            <>
              Nothing is delivered meanwhile: start <code>cairnloop worker</code>.
            </>
          ) : (
            `${workers} running`
          )}
        </span>
      </p>
      <p class="fact">
        <span class="fact-label">Oldest undelivered</span>
        <strong>{oldestDueAt ? spanInWords(now.getTime() - oldestDueAt.getTime()) : 'none'}</strong>
        <span class="faint">{oldestDueAt ? 'overdue' : 'Everything that was due has been called.'}</span>
      </p>
    </div>
  );
};

const tabNames: Record<DeliveryTab, string> = { pending: 'Pending', retrying: 'Retrying', discarded: 'Discarded' };

const Tabs: FC<DeliveriesProps> = ({ frame, tab, health }) => (
  <nav class="tabs" aria-label="Deliveries by state">
    {deliveryTabs.map((name) => (
      <a
        href={`${frame.base}/deliveries${name === 'pending' ? '' : `?state=${name}`}`}
        aria-current={name === tab ? 'page' : undefined}
      >
        {tabNames[name]} <span class="count">{countText(counts(health)[name])}</span>
      </a>
    ))}
  </nav>
);

function counts({ pending, retrying, discarded }: WorkerHealth): Record<DeliveryTab, CappedCount> {
  return { pending, retrying, discarded };
}

const emptyTexts: Record<DeliveryTab, string> = {
  pending: 'Nothing waits to be delivered.',
  retrying: 'No call has failed and is to be made again.',
  discarded: 'No call was discarded.',
};

const NoDeliveries: FC<{ tab: DeliveryTab }> = ({ tab }) => <Empty icon="circle-check" title={emptyTexts[tab]} />;

const Lines: FC<DeliveriesProps> = ({ frame, tab, page, maxAttempts, health: { now } }) => (
  <section class="table-scroll" tabindex={0} aria-label={tabNames[tab]}>
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Call</th>
          <th scope="col">Conversation</th>
          <th scope="col">Attempts</th>
          <th scope="col">{tab === 'discarded' ? 'Discarded' : 'Next try'}</th>
          <th scope="col">Last error</th>
          <th scope="col">
            <span class="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {page.lines.map((line) => (
          <Line frame={frame} tab={tab} line={line} maxAttempts={maxAttempts} now={now} />
        ))}
      </tbody>
    </table>
  </section>
);

type LineProps = Pick<DeliveriesProps, 'frame' | 'tab' | 'maxAttempts'> & { line: DeliveryLine; now: Date };

const Line: FC<LineProps> = ({ frame, tab, line, maxAttempts, now }) => (
  <tr>
    <td class="nowrap">{topicNames[line.topic]}</td>
    <td>
      <a href={`${frame.base}/c/${line.conversationId}`}>
        <bdi>{line.subject ?? 'No subject'}</bdi>
      </a>
    </td>
    <td data-label="Attempts" class="nowrap">
      {line.attempts} of {maxAttempts}
    </td>
    <td class="nowrap" data-label={tab === 'discarded' ? 'Discarded' : 'Next try'}>
      {isScheduled(line, now) ? 'scheduled for ' : null}
      {line.leased ? 'being called' : <Moment at={line.settledAt ?? line.availableAt} />}
    </td>
    <td class="detail" data-label="Last error">
      {line.lastError ? <bdi>{line.lastError}</bdi> : <span class="faint">none</span>}
    </td>
    <td class="row-actions">{line.leased ? null : <LineActions frame={frame} tab={tab} line={line} now={now} />}</td>
  </tr>
);

const LineActions: FC<Omit<LineProps, 'maxAttempts'>> = ({ frame, tab, line, now }) => {
  const back = `/deliveries${tab === 'pending' ? '' : `?state=${tab}`}`;
  return (
    <>
      {isScheduled(line, now) ? (
        <SendNow frame={frame} delivery={line} back={back} />
      ) : (
        <ActionForm frame={frame} action={`/deliveries/${line.id}/retry`}>
          <input type="hidden" name="back" value={back} />
          <button type="submit" class="button button-small">
            <Icon name="rotate-ccw" /> {tab === 'discarded' ? 'Retry' : 'Try now'}
          </button>
        </ActionForm>
      )}
      {tab === 'discarded' ? null : (
        <ActionForm frame={frame} action={`/deliveries/${line.id}/discard`}>
          <input type="hidden" name="back" value={back} />
          <button type="submit" class="button button-small button-quiet">
            Discard
          </button>
        </ActionForm>
      )}
    </>
  );
};

const Pager: FC<DeliveriesProps> = ({ frame, tab, page }) =>
  page.nextCursor ? (
    <nav class="pager" aria-label="Pages of deliveries">
      <a href={`${frame.base}/deliveries?state=${tab}&cursor=${page.nextCursor}`}>Next page</a>
    </nav>
  ) : null;

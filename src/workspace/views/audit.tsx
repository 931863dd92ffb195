import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { AuditLine } from '../model.js';
import type { Notice, PageContext } from '../page-context.js';
import type { AuditFilter, AuditPage } from '../queries/audit-lines.js';
import { AuditDetail } from './audit-detail.js';
import { actionInWords, auditActions } from './audit-words.js';
import { ActorName, actorText, Empty, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { Moment } from './time.js';

interface AuditProps {
  frame: PageContext;
  filter: AuditFilter;
  page: AuditPage;
  notice?: Notice | undefined;
}

/** Who did what, when, to which conversation. */
export const AuditView: FC<AuditProps> = (props) => (
  <main class="sheet" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>Audit</h1>
      <p class="faint">Everything that was done, in order. Nothing of it can be changed or removed.</p>
    </div>
    <NoticeBox notice={props.notice} />
    <Filters {...props} />
    {props.page.lines.length === 0 ? <NoLines {...props} /> : <Lines {...props} />}
    <Pager {...props} />
  </main>
);

const Filters: FC<AuditProps> = ({ frame, filter, page }) => (
  <form class="filter-bar" method="get" action={`${frame.base}/audit`} aria-label="Filter the record">
    <label>
      Action{' '}
      <select name="action">
        <option value="">Any action</option>
        {Object.entries(auditActions).map(([action, words]) => (
          <option value={action} selected={action === filter.action}>
            {words}
          </option>
        ))}
      </select>
    </label>
    {filter.actor ? (
      <label class="check">
        <input type="checkbox" name="actor" value={filter.actor} checked /> By{' '}
        <bdi title={filter.actor}>
          {nameOf(filter.actor, [frame.operator, ...page.lines.map(({ actor }) => actor)])}
        </bdi>
      </label>
    ) : (
      <label class="check">
        <input type="checkbox" name="actor" value={frame.operator.id} /> Only mine
      </label>
    )}
    {filter.conversation ? (
      <label class="check">
        <input type="checkbox" name="conversation" value={filter.conversation} checked /> One conversation
      </label>
    ) : null}
    <button type="submit" class="button">
      Filter
    </button>
    <a class="quiet-link" href={`${frame.base}/audit`}>
      Clear
    </a>
  </form>
);

/** The filter knows an id; who it is, the lines that it found can tell. */
function nameOf(id: string, known: Actor[]): string {
  return actorText(known.find((actor) => actor.id === id) ?? { id });
}

const NoLines: FC<AuditProps> = ({ page }) => (
  <Empty icon="scroll-text" title="Nothing here">
    {page.partial ? 'None in this part of the record; older ones may follow.' : 'No line of the record matches.'}
  </Empty>
);

const Lines: FC<AuditProps> = ({ frame, page }) => (
  <section class="table-scroll" tabindex={0} aria-label="Record">
    <table class="table table-record">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">Conversation</th>
          <th scope="col">Detail</th>
        </tr>
      </thead>
      <tbody>
        {page.lines.map((line) => (
          <Line frame={frame} line={line} />
        ))}
      </tbody>
    </table>
  </section>
);

const Line: FC<{ frame: PageContext; line: AuditLine }> = ({ frame, line }) => (
  <tr>
    <td class="nowrap">
      <Moment at={line.at} />
    </td>
    <td>
      <a href={`${frame.base}/audit?actor=${encodeURIComponent(line.actor.id)}`}>
        <ActorName actor={line.actor} />
      </a>
    </td>
    <td>{actionInWords(line.action)}</td>
    <td>
      {line.conversationId ? (
        <a href={`${frame.base}/c/${line.conversationId}`}>
          <bdi>{line.subject ?? 'No subject'}</bdi>
        </a>
      ) : (
        <span class="faint">none</span>
      )}
    </td>
    <td class="detail">
      <AuditDetail line={line} />
    </td>
  </tr>
);

const Pager: FC<AuditProps> = ({ frame, filter, page }) => {
  if (!page.nextCursor) return null;
  const query = new URLSearchParams({ cursor: page.nextCursor });
  for (const key of ['action', 'actor', 'conversation'] as const) if (filter[key]) query.set(key, filter[key]);
  return (
    <nav class="pager" aria-label="Pages of the record">
      <a href={`${frame.base}/audit?${query}`}>
        <Icon name="history" /> {page.partial ? 'Look further back' : 'Older'}
      </a>
    </nav>
  );
};

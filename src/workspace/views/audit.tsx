import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { AuditLine } from '../model.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import type { AuditFilter, AuditPage } from '../queries/audit-lines.js';
import { translate, translateWithElements } from '../translate.js';
import { auditActionName, auditActionTexts } from './audit-action-names.js';
import { AuditDetail } from './audit-detail.js';
import { ActorName, actorDisplayName, EmptyState, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { DateTimeLabel } from './time.js';

interface AuditProps {
  pageContext: WorkspacePageContext;
  filter: AuditFilter;
  page: AuditPage;
  notice?: PageNotice | undefined;
}

/** The page of the audit record: who did what, when, to which conversation. */
export const AuditView: FC<AuditProps> = (props) => (
  <main class="sheet" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{translate('viewAudit')}</h1>
      <p class="faint">{translate('auditLead')}</p>
    </div>
    <NoticeBox notice={props.notice} />
    <Filters {...props} />
    {props.page.lines.length === 0 ? <NoLines {...props} /> : <Lines {...props} />}
    <Pager {...props} />
  </main>
);

const Filters: FC<AuditProps> = ({ pageContext, filter, page }) => (
  <form class="filter-bar" method="get" action={`${pageContext.base}/audit`} aria-label={translate('filterRecord')}>
    <label>
      {translate('action')}{' '}
      <select name="action">
        <option value="">{translate('anyAction')}</option>
        {Object.entries(auditActionTexts).map(([action, words]) => (
          <option value={action} selected={action === filter.action}>
            {translate(words)}
          </option>
        ))}
      </select>
    </label>
    {filter.actor ? (
      <label class="check">
        <input type="checkbox" name="actor" value={filter.actor} checked />{' '}
        {translateWithElements('byActor', {
          name: (
            <bdi title={filter.actor}>
              {nameOf(filter.actor, [pageContext.operator, ...page.lines.map(({ actor }) => actor)])}
            </bdi>
          ),
        })}
      </label>
    ) : (
      <label class="check">
        <input type="checkbox" name="actor" value={pageContext.operator.id} /> {translate('onlyMine')}
      </label>
    )}
    {filter.conversation ? (
      <label class="check">
        <input type="checkbox" name="conversation" value={filter.conversation} checked /> {translate('oneConversation')}
      </label>
    ) : null}
    <button type="submit" class="button">
      {translate('filter')}
    </button>
    <a class="quiet-link" href={`${pageContext.base}/audit`}>
      {translate('clear')}
    </a>
  </form>
);

/** Returns the name of the filter's actor. The filter holds only an id, so the name is taken from the lines found. */
function nameOf(id: string, known: Actor[]): string {
  return actorDisplayName(known.find((actor) => actor.id === id) ?? { id });
}

const NoLines: FC<AuditProps> = ({ page }) => (
  <EmptyState icon="scroll-text" title={translate('nothingHere')}>
    {page.partial ? translate('noneInPart') : translate('noLine')}
  </EmptyState>
);

const Lines: FC<AuditProps> = ({ pageContext, page }) => (
  <section class="table-scroll" tabindex={0} aria-label={translate('record')}>
    <table class="table table-record">
      <thead>
        <tr>
          <th scope="col">{translate('when')}</th>
          <th scope="col">{translate('who')}</th>
          <th scope="col">{translate('what')}</th>
          <th scope="col">{translate('conversation')}</th>
          <th scope="col">{translate('detail')}</th>
        </tr>
      </thead>
      <tbody>
        {page.lines.map((line) => (
          <Line pageContext={pageContext} line={line} />
        ))}
      </tbody>
    </table>
  </section>
);

const Line: FC<{ pageContext: WorkspacePageContext; line: AuditLine }> = ({ pageContext, line }) => (
  <tr>
    <td class="nowrap">
      <DateTimeLabel at={line.at} />
    </td>
    <td>
      <a href={`${pageContext.base}/audit?actor=${encodeURIComponent(line.actor.id)}`}>
        <ActorName actor={line.actor} />
      </a>
    </td>
    <td>{auditActionName(line.action)}</td>
    <td>
      {line.conversationId ? (
        <a href={`${pageContext.base}/c/${line.conversationId}`}>
          <bdi>{line.subject ?? translate('noSubject')}</bdi>
        </a>
      ) : (
        <span class="faint">{translate('none')}</span>
      )}
    </td>
    <td class="detail">
      <AuditDetail line={line} />
    </td>
  </tr>
);

const Pager: FC<AuditProps> = ({ pageContext, filter, page }) => {
  if (!page.nextCursor) return null;
  const query = new URLSearchParams({ cursor: page.nextCursor });
  for (const key of ['action', 'actor', 'conversation'] as const) if (filter[key]) query.set(key, filter[key]);
  return (
    <nav class="pager" aria-label={translate('recordPages')}>
      <a href={`${pageContext.base}/audit?${query}`}>
        <Icon name="history" /> {page.partial ? translate('lookFurther') : translate('older')}
      </a>
    </nav>
  );
};

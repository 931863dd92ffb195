import type { FC } from 'hono/jsx';
import { defaultQueueFilter, type QueueView, queueFilterImpliesOwner, queueQueryString } from '../queue-filters.js';
import { translate } from '../translate.js';
import { actorDisplayName, Icon } from './elements.js';
import type { QueueProps } from './queue.js';

/** The menu that restricts the queue to a tag and an owner; a GET form, so that every view has a URL. */
export const QueueRestrictionMenu: FC<QueueProps> = ({ pageContext, view, page, team }) => {
  const tags = [...new Set(page.rows.flatMap((row) => row.tags))].sort();
  const others = team.filter((one) => one.id !== pageContext.operator.id);
  return (
    <details class="edit narrow" id="narrow" name="edit">
      <summary class="quiet-link">
        <Icon name="list-filter" /> {translate('filter')}
      </summary>
      <form class="edit-panel edit-form" method="get" action={`${pageContext.base}/`} aria-label={translate('narrow')}>
        {view.filter === defaultQueueFilter ? null : <input type="hidden" name="filter" value={view.filter} />}
        <label for="narrow-tag">{translate('tag')}</label>
        <input
          id="narrow-tag"
          name="tag"
          value={view.tag ?? ''}
          list="narrow-tags"
          maxlength={500}
          autocomplete="off"
        />
        <datalist id="narrow-tags">
          {tags.map((tag) => (
            <option value={tag} />
          ))}
        </datalist>
        {queueFilterImpliesOwner(view.filter) ? null : (
          <>
            <label for="narrow-owner">{translate('owner')}</label>
            <select id="narrow-owner" name="owner">
              <option value="*">{translate('anyone')}</option>
              <option value={pageContext.operator.id} selected={view.owner === pageContext.operator.id}>
                {translate('me')}
              </option>
              <option value="" selected={view.owner === ''}>
                {translate('nobody')}
              </option>
              {others.map((one) => (
                <option value={one.id} selected={view.owner === one.id}>
                  {actorDisplayName(one)}
                </option>
              ))}
            </select>
          </>
        )}
        <button type="submit" class="button button-small">
          {translate('show')}
        </button>
      </form>
    </details>
  );
};

/** The active restrictions of the queue, each with a link that removes it. */
export const ActiveQueueRestrictions: FC<QueueProps> = ({ pageContext, view, team }) => {
  const without = (change: Partial<QueueView>) =>
    `${pageContext.base}/${queueQueryString({ ...view, cursor: null, ...change })}`;
  if (!view.tag && view.owner === undefined) return null;
  const owner = [pageContext.operator, ...team].find(({ id }) => id === view.owner);
  return (
    <p class="narrowed">
      {view.tag ? (
        <a class="chip chip-tag" href={without({ tag: '' })} title={translate('showAllTags')}>
          <Icon name="tag" /> <bdi>{view.tag}</bdi> <Icon name="x" />
        </a>
      ) : null}{' '}
      {view.owner === undefined ? null : (
        <a class="chip chip-tag" href={without({ owner: undefined })} title={translate('showAllOwners')}>
          <Icon name="user-round" />{' '}
          <bdi>{view.owner === '' ? translate('nobody') : actorDisplayName(owner ?? { id: view.owner })}</bdi>{' '}
          <Icon name="x" />
        </a>
      )}
    </p>
  );
};

import type { FC } from 'hono/jsx';
import { defaultFilter, hasOwner, type QueueView, queueQuery } from '../queue-filters.js';
import { actorText, Icon } from './elements.js';
import type { QueueProps } from './queue.js';

/** Narrows the filter to a tag and an owner. A form of the page's own address, so that every view can be linked to. */
export const NarrowMenu: FC<QueueProps> = ({ frame, view, page, team }) => {
  const tags = [...new Set(page.rows.flatMap((row) => row.tags))].sort();
  const others = team.filter((one) => one.id !== frame.operator.id);
  return (
    <details class="edit narrow" id="narrow" name="edit">
      <summary class="quiet-link">
        <Icon name="list-filter" /> Filter
      </summary>
      <form class="edit-panel edit-form" method="get" action={`${frame.base}/`} aria-label="Narrow the queue">
        {view.filter === defaultFilter ? null : <input type="hidden" name="filter" value={view.filter} />}
        <label for="narrow-tag">Tag</label>
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
        {hasOwner(view.filter) ? null : (
          <>
            <label for="narrow-owner">Owner</label>
            <select id="narrow-owner" name="owner">
              <option value="*">Anyone</option>
              <option value={frame.operator.id} selected={view.owner === frame.operator.id}>
                Me
              </option>
              <option value="" selected={view.owner === ''}>
                Nobody
              </option>
              {others.map((one) => (
                <option value={one.id} selected={view.owner === one.id}>
                  {actorText(one)}
                </option>
              ))}
            </select>
          </>
        )}
        <button type="submit" class="button button-small">
          Show
        </button>
      </form>
    </details>
  );
};

/** What the queue is narrowed to, each with a link that widens it again. */
export const Narrowed: FC<QueueProps> = ({ frame, view, team }) => {
  const without = (change: Partial<QueueView>) => `${frame.base}/${queueQuery({ ...view, cursor: null, ...change })}`;
  if (!view.tag && view.owner === undefined) return null;
  const owner = [frame.operator, ...team].find(({ id }) => id === view.owner);
  return (
    <p class="narrowed">
      {view.tag ? (
        <a class="chip chip-tag" href={without({ tag: '' })} title="Show all tags">
          <Icon name="tag" /> <bdi>{view.tag}</bdi> <Icon name="x" />
        </a>
      ) : null}{' '}
      {view.owner === undefined ? null : (
        <a class="chip chip-tag" href={without({ owner: undefined })} title="Show all owners">
          <Icon name="user-round" /> <bdi>{view.owner === '' ? 'Nobody' : actorText(owner ?? { id: view.owner })}</bdi>{' '}
          <Icon name="x" />
        </a>
      )}
    </p>
  );
};

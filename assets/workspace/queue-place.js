// Where an operator is in the queue, so that moving goes on from there: also where that line has left the queue since.

const key = 'cairnloop:queue-place';

export const rowLinks = () => [...document.querySelectorAll('.row-link')];

const idOf = (link) => link.closest('.row').dataset.id;

/** A page that shows a conversation of the queue is at that line. */
export function startQueuePlace() {
  const links = rowLinks();
  const open = links.findIndex((link) => link.hasAttribute('aria-current'));
  if (open >= 0) remember(links[open], open);
}

export function remember(link, index) {
  sessionStorage.setItem(key, JSON.stringify({ id: idOf(link), index }));
}

/** The place that a step counts from: the marked line, else where the operator was last. */
export function placeBefore(links, step) {
  const marked = links.indexOf(document.activeElement);
  if (marked >= 0) return marked;
  const place = recall();
  if (!place) return step > 0 ? -1 : links.length;
  const same = links.findIndex((link) => idOf(link) === place.id);
  if (same >= 0) return same;
  // The line behind it has taken its place.
  return step > 0 ? place.index - 1 : place.index;
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

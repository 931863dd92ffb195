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

/** With the lines around it: several may have left before the next step, as a page fetched in advance still shows some. */
export function remember(link, index) {
  const ids = rowLinks().map(idOf);
  const [before, after] = [ids.slice(0, index).reverse(), ids.slice(index + 1)];
  sessionStorage.setItem(key, JSON.stringify({ id: idOf(link), index, before, after }));
}

/** The place that a step counts from: the marked line, else where the operator was last. */
export function placeBefore(links, step) {
  const marked = links.indexOf(document.activeElement);
  if (marked >= 0) return marked;
  const place = recall();
  if (!place) return step > 0 ? -1 : links.length;
  const at = (id) => links.findIndex((link) => idOf(link) === id);
  if (at(place.id) >= 0) return at(place.id);
  // It has left: the nearest line in this direction that is still there comes next.
  const near = (step > 0 ? place.after : place.before)?.map(at).find((found) => found >= 0) ?? -1;
  if (near >= 0) return near - step;
  return step > 0 ? place.index - 1 : place.index;
}

/**
 * The line to go on to from the conversation that is open, which may have left the queue: the next one, else the one
 * before. Undefined where there is none.
 */
export function neighbour(openId) {
  const links = rowLinks();
  const open = links.findIndex((link) => link.hasAttribute('aria-current'));
  if (open < 0 && recall()?.id !== openId) return undefined;
  const at = (step) => links[(open < 0 ? placeBefore(links, step) : open) + step];
  return at(1) ?? at(-1);
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

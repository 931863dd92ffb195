// The newest message that the reader of a page has had on screen, as its forms name it: the server refuses them when there
// is a newer one.

export const seenFields = (root = document) => [...root.querySelectorAll('input[name="seen"]')];

const actionOf = (field) => field.form?.getAttribute('action');

/**
 * Before a newer version of the page is taken over: in its forms, what was seen stays what it was. A form that was refused
 * takes the server's word: its answer said what is new.
 */
export function keepSeen(newer, refused = null) {
  const mine = seenFields();
  // Ids of messages sort by time. A form that is new on the page knows no more than the others do.
  const [least] = mine.map(({ value }) => value).sort();
  if (least === undefined) return;
  for (const field of seenFields(newer)) {
    const action = actionOf(field);
    if (refused && action === refused.getAttribute('action')) continue;
    field.value = (mine.find((one) => actionOf(one) === action) ?? { value: least }).value;
  }
}

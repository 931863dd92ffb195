// What all parts of the script need of the page itself.

import { t } from './texts.js';

export const byId = (id, root = document) => root.getElementById(id);

/** Reads an answer of the server as a page. */
export async function readPage(response) {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/html')) return null;
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

/** Whether two pages show the same thing, so that one can be brought up to date by the other. */
export function isSamePage(page) {
  const key = (one) => one.querySelector('[data-page]')?.dataset.page;
  return key(page) !== undefined && key(page) === key(document);
}

/** Says something to who listens rather than looks. */
export function announce(text) {
  byId('announcer').textContent = text;
}

/** Takes words of the moment out of the address, so that they do not come back with it. */
export function dropFromAddress(...names) {
  const address = new URL(location.href);
  for (const name of names) address.searchParams.delete(name);
  if (address.href !== location.href) history.replaceState(null, '', address);
}

/** Nobody knows what became of a request that was not answered. */
export function showNoAnswer() {
  showNotice('error', t('noAnswer'), t('noAnswerHint'));
}

/** Takes a notice back that does not hold any more. */
export function dropNotice(title) {
  const notice = byId('notice');
  if (notice?.querySelector('strong')?.textContent === title) notice.replaceChildren();
}

export function showNotice(tone, title, text) {
  const notice = byId('notice');
  if (!notice) return announce(`${title} ${text}`);
  const box = byId('notice-form').content.cloneNode(true);
  box.firstElementChild.classList.add(`notice-${tone}`);
  box.querySelector('strong').textContent = title;
  box.querySelector('.notice-text').textContent = text;
  notice.replaceChildren(box);
}

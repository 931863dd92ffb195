// Says visibly that the page is cut off from the server, and takes it back when it is not.

import { byId } from './page.js';
import { t } from './texts.js';

const states = {
  offline: ['offline', 'offlineHint'],
  unreachable: ['unreachable', 'unreachableHint'],
  'signed-out': ['signedOut', 'signedOutHint'],
  'somebody-else': ['somebodyElse', 'somebodyElseHint'],
};

let shown = null;

/** Where the page stands; null: all is well. */
export const cutOff = () => shown;

export function startConnection(retry) {
  addEventListener('offline', () => showConnection('offline'));
  addEventListener('online', retry);
  byId('connection-retry')?.addEventListener('click', retry);
  if (!navigator.onLine) showConnection('offline');
}

export function showConnection(state) {
  const bar = byId('connection');
  if (!bar || state === shown) return;
  shown = state;
  bar.hidden = state === null;
  if (state === null) return;
  const [title, text] = states[state];
  bar.querySelector('strong').textContent = t(title);
  bar.querySelector('.connection-text').textContent = t(text);
  const link = bar.querySelector('a');
  if (link) link.hidden = state !== 'signed-out';
}

/** What an answer of the server says of the connection; `page` where it was one of ours. */
export function noteAnswer({ status }, page = null) {
  if (status === 401) return showConnection('signed-out');
  if (status >= 500) return showConnection('unreachable');
  const operator = page?.documentElement.dataset.operator;
  const isOther = operator !== undefined && operator !== document.documentElement.dataset.operator;
  showConnection(isOther ? 'somebody-else' : null);
}

export function noteNoAnswer() {
  showConnection(navigator.onLine ? 'unreachable' : 'offline');
}

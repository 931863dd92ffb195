// Says visibly that the page is cut off from the server, and takes it back when it is not.

import { byId } from './page.js';

const kept = 'What you write is kept in this tab.';

const states = {
  offline: ['You are offline.', `Nothing new is shown, and nothing can be sent. ${kept}`],
  unreachable: ['The server does not answer.', `It is asked again every 20 seconds. ${kept}`],
  'signed-out': ['You are signed out.', 'Your text is safe in this tab: sign in, then come back to it.'],
  'somebody-else': [
    'You are signed in as somebody else by now.',
    'Nothing is sent from this page. Copy what you wrote, then reload it.',
  ],
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
  bar.querySelector('strong').textContent = title;
  bar.querySelector('.connection-text').textContent = text;
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

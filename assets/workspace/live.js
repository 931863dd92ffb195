// Keeps an open page up to date: told at once by a stream, and asking by itself in case the stream is down.

import { cutOff, noteAnswer, noteNoAnswer, startConnection } from './connection.js';
import { isSamePage, readPage } from './page.js';
import { hearPresence, presenceLost } from './presence.js';
import { takeOver } from './regions.js';
import { notifies } from './settings.js';

const pollMs = 20_000;
/** Other conversations' changes only move the queue: they can wait for each other. */
const gatherMs = 1_500;

const base = document.documentElement.dataset.base;
const openId = () => document.getElementById('queue')?.dataset.openid;

let stream = null;
let timer = null;
let refreshing = null;
let again = false;

export function startLive() {
  startConnection(checkNow);
  if (!document.querySelector('[data-live]')) return;
  listen();
  setInterval(() => {
    if (isIdle()) return;
    listen();
    refresh();
  }, pollMs);
  document.addEventListener('visibilitychange', () => {
    // Browsers hold few connections to one server: a tab that nobody sees gives its own back.
    if (isIdle()) return hangUp();
    listen();
    refresh();
  });
  addEventListener('pagehide', hangUp);
}

/** Nobody sees the page, and nobody wants to be notified of what comes in. */
const isIdle = () => document.hidden && !notifies();

function listen() {
  // A browser gives a stream up for good where it is refused once, as while the host restarts.
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource(`${base}/live${openId() ? `?c=${openId()}` : ''}`);
  stream.addEventListener('presence', ({ data }) => hearPresence(JSON.parse(data)));
  // What happened between the page and its stream.
  stream.addEventListener('open', refresh);
  // Its end tells nothing of why: the page's own request does.
  stream.addEventListener('error', () => {
    presenceLost();
    if (cutOff() === null) timer ??= setTimeout(refresh, gatherMs);
  });
  stream.addEventListener('changed', ({ data }) => {
    const mine = data === '*' || data.split(',').includes(openId());
    if (mine) refresh();
    else timer ??= setTimeout(refresh, gatherMs);
  });
}

/** Asks again at once: the connection is back, or somebody wants to know. */
function checkNow() {
  if (stream && !document.hidden) listen();
  return refresh();
}

function hangUp() {
  stream?.close();
  stream = null;
}

/** Fetches this page anew and takes over what has changed; one at a time, and once more if asked meanwhile. */
export async function refresh() {
  clearTimeout(timer);
  timer = null;
  if (refreshing) {
    again = true;
    return refreshing;
  }
  refreshing = fetchPage().finally(() => {
    refreshing = null;
    if (again) {
      again = false;
      refresh();
    }
  });
  return refreshing;
}

async function fetchPage() {
  try {
    const response = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' } });
    const page = await readPage(response);
    noteAnswer(response, page);
    // Whatever is wrong: what is on screen stays.
    if (response.ok && cutOff() === null && page && isSamePage(page)) takeOver(page);
  } catch {
    noteNoAnswer();
  }
}

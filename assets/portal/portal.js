// The pages work without this script. With it they update themselves, send in place and show times in the local zone.

const root = document.documentElement;
const pollMs = 20_000;

let stream = null;
let refreshing = null;
let again = false;

root.classList.add('scripted');
showTimes(document);
document.addEventListener('submit', send);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.target.localName !== 'textarea') return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
if (document.querySelector('[data-live]')) startLive();

function startLive() {
  listen();
  setInterval(() => {
    if (document.hidden) return;
    listen();
    refresh();
  }, pollMs);
  document.addEventListener('visibilitychange', () => {
    // Browsers hold few connections to one server: a tab that nobody sees gives its own back.
    if (document.hidden) return hangUp();
    listen();
    refresh();
  });
  addEventListener('pagehide', hangUp);
  addEventListener('pageshow', listen);
}

function listen() {
  // A browser gives a stream up for good where it is refused once.
  if (document.hidden || (stream && stream.readyState !== EventSource.CLOSED)) return;
  stream = new EventSource(`${root.dataset.base}/api/live`);
  // What happened between the page and its stream.
  stream.addEventListener('open', refresh);
  stream.addEventListener('changed', refresh);
}

function hangUp() {
  stream?.close();
  stream = null;
}

/** Fetches this page anew; one at a time, and once more if asked meanwhile. */
function refresh() {
  if (refreshing) again = true;
  else
    refreshing = fetchPage().finally(() => {
      refreshing = null;
      if (again) refresh();
      again = false;
    });
}

async function fetchPage() {
  try {
    const response = await fetch(location.pathname + location.search);
    if (response.ok) takeOver(await readPage(response));
  } catch {
    // Without a connection the page waits for the next time.
  }
}

async function readPage(response) {
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  showTimes(page);
  return page;
}

/** New messages are added, so that a screen reader is told of them alone; other regions are replaced. */
function takeOver(page) {
  for (const region of document.querySelectorAll('[data-live]')) {
    const newer = page.getElementById(region.id);
    if (!newer || newer.innerHTML === region.innerHTML) continue;
    if (region.id === 'messages') addMessages(region.firstElementChild, newer.firstElementChild);
    else replace(region, newer);
  }
}

function addMessages(list, newer) {
  for (const message of newer.children) if (!document.getElementById(message.id)) list.append(message.cloneNode(true));
}

function replace(region, newer) {
  const focused = region.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  region.replaceChildren(...newer.cloneNode(true).childNodes);
  if (focused === null) return;
  const same = [...region.querySelectorAll('a, button')].find((one) => nameOf(one) === focused);
  (same ?? document.getElementById('main')).focus({ preventScroll: true });
}

const nameOf = (one) => one.getAttribute('href') ?? one.value;

async function send(event) {
  const form = event.target;
  event.preventDefault();
  if (form.getAttribute('aria-busy') === 'true') return;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  form.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(form.action, { method: 'POST', body });
    const page = await readPage(response);
    // From a new conversation to its thread, or to wherever the host sends those whose session has ended.
    if (response.redirected && new URL(response.url).pathname !== location.pathname) location.assign(response.url);
    else if (page.getElementById(form.id || 'main')) sent(form, page, response.ok);
    else notice(form, failedText());
  } catch {
    notice(form, failedText());
  } finally {
    form.removeAttribute('aria-busy');
  }
}

function sent(form, page, ok) {
  const newer = form.id && page.getElementById(form.id);
  // The nonce is spent; a token may have expired.
  for (const name of ['nonce', 'token']) {
    const field = page.querySelector(`[name="${name}"]`);
    if (field) for (const one of document.getElementsByName(name)) one.value = field.value;
  }
  notice(form, ok ? '' : (page.querySelector('[role="alert"]')?.textContent ?? failedText()));
  takeOver(page);
  if (!ok || !newer) return;
  form.reset();
  form.querySelector('textarea').focus({ preventScroll: true });
  document.querySelector('.messages > :last-child')?.scrollIntoView({ block: 'nearest' });
}

const failedText = () => document.getElementById('failed').content.textContent;

function notice(form, text) {
  const slot = form.querySelector('.notice-slot') ?? document.querySelector('.notice-slot');
  if (!slot) return;
  slot.replaceChildren();
  if (!text) return;
  const line = document.createElement('p');
  line.className = 'notice';
  line.role = 'alert';
  line.textContent = text;
  slot.append(line);
}

function showTimes(node) {
  const format = new Intl.DateTimeFormat(root.lang, { dateStyle: 'medium', timeStyle: 'short' });
  for (const time of node.querySelectorAll('time[datetime]')) {
    time.textContent = format.format(new Date(time.dateTime));
  }
}

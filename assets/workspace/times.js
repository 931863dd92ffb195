// Times in the operator's own zone, and clocks that go on while the page is open.

const formats = {
  time: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  moment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
};

/** What the server's clock is ahead of this machine's, in milliseconds. */
let ahead = 0;

export function startTimes() {
  setServerTime(document);
  refreshTimes(document);
  setInterval(() => refreshClocks(document), 10_000);
}

export function setServerTime(page) {
  ahead = Date.parse(page.documentElement.dataset.now) - Date.now();
}

/** Rewrites every time inside `root`. */
export function refreshTimes(root) {
  for (const time of root.querySelectorAll('time[data-time]')) {
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleString(undefined, formats[time.dataset.time]);
    time.title = at.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' });
  }
  refreshClocks(root);
}

function refreshClocks(root) {
  const now = Date.now() + ahead;
  for (const time of root.querySelectorAll('time[data-age]'))
    time.textContent = shortSpan(now - Date.parse(time.dateTime));
  for (const time of root.querySelectorAll('time[data-countdown]')) countDown(time, now);
}

function countDown(time, now) {
  const breachAt = Date.parse(time.dateTime);
  const left = breachAt - now;
  const whole = breachAt - Date.parse(time.dataset.countdown);
  const tone = left <= 0 ? 'breached' : left < whole * 0.25 ? 'soon' : 'calm';
  const chip = time.closest('.clock');
  for (const other of ['calm', 'soon', 'breached']) chip?.classList.toggle(`clock-${other}`, other === tone);
  time.textContent = left <= 0 ? 'Breached' : shortSpan(left);
}

/** A span of time in at most two units, as the server writes it. */
export function shortSpan(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

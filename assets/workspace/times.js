// Times in the operator's own zone, and clocks that go on while the page is open.

import { layDays } from './days.js';
import { locale, t, tCount } from './texts.js';

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

/** What the server's clock says. */
export const serverNow = () => Date.now() + ahead;

/** Rewrites every time inside `root`. */
export function refreshTimes(root) {
  for (const list of root.querySelectorAll('.messages')) layDays(list);
  for (const time of root.querySelectorAll('time[data-time]')) write(time, inWords(time.dateTime, time.dataset.time));
  for (const time of root.querySelectorAll('time:is([data-time], [data-age], [data-left], [data-countdown])')) {
    const full = new Date(time.dateTime).toLocaleString(locale(), { dateStyle: 'full', timeStyle: 'medium' });
    time.title = time.dataset.countdown ? t('breachesAt', { time: full }) : full;
  }
  for (const time of root.querySelectorAll('.context dd time, .context td time, .context li time')) writeFactDate(time);
  for (const number of root.querySelectorAll('.fact-number')) writeFactNumber(number);
  refreshClocks(root);
}

/** A date among the facts, as the operator's language writes it; what the host gave stays to be hovered. */
function writeFactDate(time) {
  if (time.title) return;
  time.title = time.textContent;
  const isDay = time.dateTime.length === 10;
  const options = isDay ? { dateStyle: 'medium', timeZone: 'UTC' } : { dateStyle: 'medium', timeStyle: 'short' };
  time.textContent = new Date(time.dateTime).toLocaleString(locale(), options);
}

/** A number under such a label names something: separators would break it apart. */
const namesSomething = /\b(?:id|no|nr|number|code|year|zip|phone|postcode)\b/i;

function labelOf(number) {
  const cell = number.closest('td');
  const of = cell
    ? cell.closest('table').rows[0].cells[cell.cellIndex]
    : number.closest('.fact-row')?.querySelector('dt');
  return of?.textContent ?? '';
}

function writeFactNumber(number) {
  const label = labelOf(number);
  const value = Number(number.textContent);
  if (number.title || !Number.isFinite(value) || namesSomething.test(label) || Math.abs(value) < 10_000) return;
  if (!Number.isSafeInteger(Math.trunc(value))) return;
  number.title = number.textContent;
  number.textContent = value.toLocaleString(locale(), { maximumFractionDigits: 20 });
}

/** Of another year than this one, a moment says which. */
function inWords(iso, format) {
  const at = new Date(iso);
  const year = format === 'moment' && at.getFullYear() !== new Date(Date.now() + ahead).getFullYear();
  return at.toLocaleString(locale(), year ? { ...formats.moment, year: 'numeric' } : formats[format]);
}

/** Only what changes is written: a selection that reaches over a time stays. */
function write(time, text) {
  if (time.textContent !== text) time.textContent = text;
}

function refreshClocks(root) {
  const now = Date.now() + ahead;
  for (const time of root.querySelectorAll('time[data-age]')) write(time, shortSpan(now - Date.parse(time.dateTime)));
  for (const time of root.querySelectorAll('time[data-left]'))
    write(time, spanInWords(Math.abs(Date.parse(time.dateTime) - now)));
  for (const time of root.querySelectorAll('time[data-countdown]')) countDown(time, now);
}

/** What comes next, as the server writes it: the time for an answer while it is ahead, then the breach. */
function countDown(time, now) {
  const { dateTime, dataset } = time;
  const [started, due, breach] = [dataset.countdown, dataset.due, dateTime].map((iso) => Date.parse(iso));
  const awaitsReply = due > now && due < breach;
  const isSoon = !awaitsReply || due - now < (due - started) * 0.25;
  const tone = breach <= now ? 'breached' : isSoon ? 'soon' : 'calm';
  const chip = time.closest('.clock');
  for (const other of ['calm', 'soon', 'breached']) chip?.classList.toggle(`clock-${other}`, other === tone);
  if (breach <= now) return write(time, t('clockBreached'));
  write(
    time,
    awaitsReply ? t('replyDueIn', { span: shortSpan(due - now) }) : t('breachesIn', { span: shortSpan(breach - now) }),
  );
}

/** A span of time in at most two units, as the server writes it. */
export function shortSpan(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return t('shortSeconds', { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('shortMinutes', { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('shortHours', { hours, minutes: String(minutes % 60).padStart(2, '0') });
  return t('shortDays', { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** The same in words, as the server writes it. */
export function spanInWords(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return hours % 24 > 0 ? tCount('spanDaysHours', days, { hours: hours % 24 }) : tCount('spanDays', days);
  if (hours > 0)
    return minutes % 60 > 0 ? t('spanHoursMinutes', { hours, minutes: minutes % 60 }) : tCount('spanHours', hours);
  return minutes > 0 ? tCount('spanMinutes', minutes) : tCount('spanSeconds', seconds);
}

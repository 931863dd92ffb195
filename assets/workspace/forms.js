// Sends forms in place, so that the page stays where it is, and never twice.

import { advance, leadsTo, resolves } from './advance.js';
import { dropSent, isBlocked, keepEdited, sayBlocked, takeOverComposer } from './composer.js';
import { cutOff, noteAnswer, noteNoAnswer } from './connection.js';
import { isComposed } from './layouts.js';
import { forget } from './memory.js';
import { announce, dropFromAddress, isSamePage, readPage, showNoAnswer, showNotice } from './page.js';
import { takeOver } from './regions.js';
import { holdsGap } from './saved-replies.js';
import { t } from './texts.js';
import { refreshTimes } from './times.js';

/** A press that is made twice does not go past the warning that its first half has caused: it takes so long to read, in ms. */
const readMs = 500;
let warnedAt = Number.NEGATIVE_INFINITY;

export function startForms() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-action]') || form.matches('.theme')) return;
    event.preventDefault();
    if (performance.now() - warnedAt < readMs) return;
    if (form.id === 'composer' && isBlocked(form)) return sayBlocked();
    if (form.id === 'composer' && holdsGap(form)) return warned();
    if (cutOff() === 'somebody-else') return showNotice('conflict', t('notYours'), t('notYoursHint'));
    if (form.getAttribute('aria-busy') !== 'true') send(form, event.submitter);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !event.target.matches('[data-send]')) return;
    if (isComposed(event)) return;
    event.preventDefault();
    // A key that is held would go past the warning that its first press has caused.
    if (event.repeat) return;
    event.target.form.requestSubmit(event.shiftKey ? event.target.form.querySelector('[name="also"]') : null);
  });
}

function warned() {
  warnedAt = performance.now();
}

async function send(form, submitter) {
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action');
  const fields = new URLSearchParams(new FormData(form, submitter));
  // This page can show how long it can be taken back.
  fields.set('later', '1');
  // Whoever is led on does not wait for the page that is left.
  if (resolves(form, submitter) && leadsTo()) fields.set('leaving', '1');
  const undo = showSending(form, fields);
  form.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(action, { method: 'POST', body: fields });
    await take(response, form, fields);
  } catch {
    noteNoAnswer();
    showNoAnswer();
  } finally {
    undo();
    form.removeAttribute('aria-busy');
  }
}

async function take(response, form, fields) {
  if (response.status === 204) return leadOn(response, form, fields);
  const page = await readPage(response);
  noteAnswer(response, page);
  if (response.status === 401) return showNotice('conflict', t('signedOutUnsent'), t('signedOutUnsentHint'));
  if (!page) return showNotice('error', t('refused'), (await textOf(response)) || t('refusedHint'));
  // A page to sign in on is an answer as well: only the conversation itself says that the words have arrived.
  if (!isSamePage(page)) return leave(response, page);
  if (response.ok) forget(form);
  if (response.status === 409) warned();
  takeOver(page, form);
  dropFromAddress('edit', 'use', 'write', 'done');
  takeOverComposer(page, form, fields);
  keepEdited();
  const notice = page.querySelector('#notice')?.textContent.trim();
  if (notice) announce(notice);
}

function leadOn(response, form, fields) {
  noteAnswer(response);
  dropSent(form, fields);
  if (!advance(response.headers.get('x-cairnloop-until'))) location.reload();
}

/** The page answers with another one: goes there, as the browser would have. */
function leave(response, page) {
  if (response.redirected) return location.assign(response.url);
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  refreshTimes(document);
  scrollTo(0, 0);
}

async function textOf(response) {
  return response.bodyUsed ? '' : (await response.text()).trim();
}

/** The message as it will stand, until the server's own takes its place. */
function showSending(form, fields) {
  const list = document.querySelector('#messages[data-live] .messages');
  if (form.id !== 'composer' || !list) return () => {};
  const item = document.createElement('li');
  const role = { reply: 'operator', note: 'internal-note', 'follow-up': 'outbound' }[fields.get('mode')];
  item.className = `message message-${role} message-sending`;
  const head = document.createElement('p');
  head.className = 'message-head';
  head.textContent = t('sendingNow');
  const text = document.createElement('div');
  text.className = 'prose';
  text.dir = 'auto';
  text.textContent = fields.get('content');
  item.append(head, text);
  list.append(item);
  item.scrollIntoView({ block: 'end' });
  return () => item.remove();
}

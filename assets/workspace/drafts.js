// A draft that is being read is not exchanged for another one: the newer version is offered, and shown when asked for.

import { announce, byId, showNotice } from './page.js';
import { replace } from './replace.js';
import { keepSeen } from './seen.js';
import { t } from './texts.js';

/** A draft that has just appeared cannot have been read: its buttons do nothing for so long, in milliseconds. */
const readMs = 1_500;

let offered = null;
const shownAt = new Map();
/** Drafts of which something was on screen before a key or a press. */
const seen = new Set();

export function startDrafts() {
  document.addEventListener('click', ({ target }) => target.closest('#newer-draft') && showNewer());
  document.addEventListener('submit', holdUnread, { capture: true });
  for (const event of ['keydown', 'pointerdown']) document.addEventListener(event, noteSeen, { capture: true });
}

/** With a live update: takes over the drafts, unless that would put another one under the reader's hand. */
export function updateDrafts(region, newer) {
  const [mine, theirs] = [approvable(region), approvable(newer)];
  if (mine && theirs && mine.id !== theirs.id) return offer(region, newer);
  show(region, newer);
}

const approvable = (region) => region.querySelector('.draft:has(form[action$="/approve"])');

function show(region, newer) {
  offered = null;
  const before = approvable(region)?.id;
  keepSeen(newer);
  replace(region, newer);
  const now = approvable(region)?.id;
  if (now && now !== before) shownAt.set(now, performance.now());
}

function offer(region, newer) {
  offered = newer.cloneNode(true);
  // One that somebody else has dealt with meanwhile cannot be sent from here any more.
  const mine = approvable(region);
  const stillWaits = [...newer.querySelectorAll('.draft:has(form[action$="/approve"])')].some(
    (draft) => draft.id === mine.id,
  );
  for (const button of mine.querySelectorAll('.draft-actions button')) button.disabled = !stillWaits;
  if (byId('newer-draft')) return;
  const pill = document.createElement('button');
  pill.type = 'button';
  pill.id = 'newer-draft';
  pill.className = 'pill';
  pill.textContent = t('newerDraft');
  mine.prepend(pill);
  announce(t('newerDraftHere'));
}

function showNewer() {
  if (offered) show(byId('drafts'), offered);
  byId('main')?.focus({ preventScroll: true });
}

function holdUnread(event) {
  const draft = event.target.closest('.draft');
  const why = draft && (isFresh(draft) ? 'draftUnread' : isHidden(draft) ? 'draftHidden' : null);
  if (!why) return;
  event.preventDefault();
  event.stopPropagation();
  showNotice('passing', t(why), t('draftUnreadHint'));
  if (why !== 'draftHidden') return;
  announce(`${t(why)} ${t('draftUnreadHint')}`);
  bringIn(draft);
}

const isFresh = ({ id }) => shownAt.has(id) && performance.now() - shownAt.get(id) <= readMs;

/** In a small window what is written can leave a draft's buttons on screen and none of its text. */
function isHidden(draft) {
  const body = draft.querySelector('.draft-body');
  if (!body || seen.has(draft.id)) return false;
  const { left, top, bottom } = body.getBoundingClientRect();
  for (let y = top + 4; y < bottom; y += 4) if (body.contains(document.elementFromPoint(left + 10, y))) return false;
  return true;
}

/** Where the notice leaves no room for it, the notice goes: it was read out as well. */
function bringIn(draft) {
  const scroll = () => draft.querySelector('.draft-body').scrollIntoView({ block: 'start' });
  scroll();
  if (isHidden(draft)) {
    byId('notice').replaceChildren();
    scroll();
  }
  // Its buttons may have to be scrolled to from there.
  if (!isHidden(draft)) seen.add(draft.id);
}

/** Before the question of a key takes its room. */
function noteSeen() {
  const draft = approvable(document);
  if (draft && !isHidden(draft)) seen.add(draft.id);
}

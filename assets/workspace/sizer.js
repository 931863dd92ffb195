// The edge between queue and thread can be moved, by pointer and by keys; this browser remembers where it stands.

import { byId } from './page.js';

const key = 'cairnloop:queue-width';
const [least, most, usual] = [260, 640, 340];
const step = 20;

export function startSizer() {
  const sizer = byId('queue-sizer');
  if (!sizer) return;
  setWidth(sizer, Number(localStorage.getItem(key)) || usual);
  sizer.addEventListener('keydown', (event) => moveByKey(sizer, event));
  sizer.addEventListener('pointerdown', (event) => drag(sizer, event));
  sizer.addEventListener('dblclick', () => keepWidth(sizer, usual));
}

function setWidth(sizer, wanted) {
  const width = Math.round(Math.min(most, Math.max(least, wanted)));
  if (width === usual) document.documentElement.style.removeProperty('--cl-queue-width');
  else document.documentElement.style.setProperty('--cl-queue-width', `${width}px`);
  sizer.setAttribute('aria-valuenow', String(width));
  return width;
}

const keepWidth = (sizer, wanted) => localStorage.setItem(key, String(setWidth(sizer, wanted)));

const widthOf = (sizer) => Number(sizer.getAttribute('aria-valuenow'));

/** The edge follows the arrow, also where text runs from right to left. */
const towardsThread = () => (getComputedStyle(document.documentElement).direction === 'rtl' ? -1 : 1);

function moveByKey(sizer, event) {
  const moves = { ArrowLeft: -step * towardsThread(), ArrowRight: step * towardsThread() };
  const wanted = { Home: least, End: most }[event.key] ?? (moves[event.key] && widthOf(sizer) + moves[event.key]);
  if (!wanted) return;
  event.preventDefault();
  keepWidth(sizer, wanted);
}

function drag(sizer, { pointerId, clientX }) {
  const begun = widthOf(sizer);
  sizer.setPointerCapture(pointerId);
  const move = (event) => setWidth(sizer, begun + (event.clientX - clientX) * towardsThread());
  sizer.addEventListener('pointermove', move);
  sizer.addEventListener(
    'pointerup',
    () => {
      sizer.removeEventListener('pointermove', move);
      keepWidth(sizer, widthOf(sizer));
    },
    { once: true },
  );
}

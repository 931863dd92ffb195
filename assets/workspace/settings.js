// What an operator has chosen for this browser: to go on after resolving, and to be notified.

import { byId } from './page.js';

const advanceKey = 'cairnloop:auto-advance';
const notifyKey = 'cairnloop:notify';

export const advances = () => localStorage.getItem(advanceKey) !== null;
export const notifies = () =>
  localStorage.getItem(notifyKey) !== null && 'Notification' in window && Notification.permission === 'granted';

export function startSettings() {
  document.addEventListener('change', ({ target }) => {
    if (target.id === 'auto-advance') store(advanceKey, target.checked);
    if (target.id === 'notify') chooseNotify(target);
  });
}

export function showSettings() {
  byId('auto-advance').checked = advances();
  byId('notify').checked = notifies();
  byId('notify').disabled = !('Notification' in window);
}

function store(key, isOn) {
  if (isOn) localStorage.setItem(key, '1');
  else localStorage.removeItem(key);
}

/** The browser asks once; what it was told stays until it is changed there. */
async function chooseNotify(box) {
  const isAllowed = box.checked && (await Notification.requestPermission()) === 'granted';
  box.checked = isAllowed;
  store(notifyKey, isAllowed);
}

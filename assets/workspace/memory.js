// Keeps what was written and not sent, per conversation, as long as the tab lives.

const key = (id) => `cairnloop:unsent:${id}`;

export function startMemory() {
  const field = document.querySelector('textarea[data-remember]');
  if (field && !field.value) field.value = sessionStorage.getItem(key(field.dataset.remember)) ?? '';
  document.addEventListener('input', ({ target }) => {
    if (!target.matches?.('textarea[data-remember]')) return;
    if (target.value) sessionStorage.setItem(key(target.dataset.remember), target.value);
    else sessionStorage.removeItem(key(target.dataset.remember));
  });
}

export function forget() {
  const id = document.getElementById('queue')?.dataset.openid;
  if (id) sessionStorage.removeItem(key(id));
}

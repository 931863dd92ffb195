// Keeps what was written and not sent, per conversation and per draft, as long as the tab lives.

const key = (field) => `cairnloop:unsent:${field.dataset.remember}`;

export function startMemory() {
  document.addEventListener('input', ({ target }) => {
    if (!target.matches?.('textarea[data-remember]')) return;
    if (target.value) sessionStorage.setItem(key(target), target.value);
    else sessionStorage.removeItem(key(target));
  });
  document.addEventListener('click', ({ target }) => {
    const cancel = target.closest?.('[data-forget]');
    if (cancel) forget(cancel.closest('form'));
  });
  recall(document);
}

/** Puts back what was written into the fields of `root`: into empty ones, and over a draft's own text. */
export function recall(root) {
  for (const field of root.querySelectorAll('textarea[data-remember]')) {
    const words = sessionStorage.getItem(key(field));
    if (words === null || words === field.value || (field.value && !field.hasAttribute('data-drafted'))) continue;
    field.value = words;
    // What follows a field, such as the comparison of a draft, is to know of it.
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** What a form held has been sent, or is not wanted any more. */
export function forget(form) {
  for (const field of form.querySelectorAll('textarea[data-remember]')) sessionStorage.removeItem(key(field));
}

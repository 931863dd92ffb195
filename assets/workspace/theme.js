// Changes the colours in place: a page that is left takes what is unfolded, marked and half written with it.

import { showNoAnswer } from './page.js';

export function startTheme() {
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('form.theme')) return;
    event.preventDefault();
    change(event.target, event.submitter);
  });
}

async function change(form, button) {
  try {
    // The answer leads to a page, which is on screen already.
    const body = new URLSearchParams(new FormData(form, button));
    const response = await fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' });
    if (response.type !== 'opaqueredirect') return location.reload();
    document.documentElement.dataset.theme = button.value;
    // Its place is taken by the button for what comes next.
    [...form.querySelectorAll('button')].find((one) => one.checkVisibility())?.focus();
  } catch {
    showNoAnswer();
  }
}

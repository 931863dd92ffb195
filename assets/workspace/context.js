// Loads the facts about the customer beside the page that went without them, and again when asked to.

import { refreshTimes } from './times.js';

export function startContext() {
  const panel = document.getElementById('context');
  if (!panel) return;
  if (panel.dataset.state === 'loading') load();
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-reload-context]')) return;
    event.preventDefault();
    load();
  });
}

async function load() {
  const panel = document.getElementById('context');
  panel.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(panel.dataset.context, { headers: { accept: 'text/html' } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const newer = page.getElementById('context');
    if (!newer) return;
    refreshTimes(newer);
    panel.replaceWith(newer);
  } catch {
    // The panel keeps what it shows; Retry and Refresh stand in it.
  } finally {
    panel.removeAttribute('aria-busy');
  }
}

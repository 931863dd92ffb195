// Owner, priority, tags and snooze of the open conversation.

import { isWriting } from './composer.js';
import { noticeChanged } from './notices.js';
import { byId, showNotice } from './page.js';
import { t } from './texts.js';
import { refreshTimes } from './times.js';

/**
 * Before a newer head is taken over: what a colleague changed is said while one writes. Nothing is held back, because no
 * reply becomes wrong by it.
 */
export function sayFactsChanged(head, newer) {
  if (!isWriting()) return;
  refreshTimes(newer);
  const before = factsOf(head);
  const changed = factsOf(newer).filter((fact) => !before.includes(fact));
  // A warning matters more.
  if (changed.length === 0 || byId('notice')?.querySelector('.notice-conflict, .notice-error')) return;
  showNotice('calm', t('factsChanged'), t('factsChangedHint', { facts: changed.join(' · ') }));
  noticeChanged();
}

/** Each value with its label, as a reader sees it. */
const factsOf = (head) => [...head.querySelectorAll('.edit')].map((editor) => `${labelOf(editor)} ${shownIn(editor)}`);

const labelOf = (editor) => editor.querySelector('summary > .sr').textContent.trim();

function shownIn(editor) {
  const tags = [...editor.querySelectorAll('.edit-tags bdi')].map((tag) => tag.textContent);
  if (editor.id === 'edit-tags') return tags.join(', ') || '–';
  const summary = editor.querySelector('summary').cloneNode(true);
  summary.querySelector('.sr').remove();
  const time = summary.querySelector('time');
  if (time) return time.textContent;
  return editor.id === 'edit-snooze' ? '–' : summary.textContent.trim();
}

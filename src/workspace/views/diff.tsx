import type { FC } from 'hono/jsx';
import type { Changes } from '../diff-words.js';

/** What changed between the proposed text and the operator's, word by word. */
export const Diff: FC<{ changes: Changes }> = ({ changes }) => {
  if (changes === 'none') return <p class="faint">Nothing is changed yet.</p>;
  if (changes === 'later') return <p class="faint">There is too much on this page to show what was changed.</p>;
  if (changes === 'rewritten')
    return <p class="faint">The text was rewritten; there are too many changes to show one by one.</p>;
  return (
    <div class="prose diff-text" dir="auto">
      {changes.map(({ kind, text }) => {
        if (kind === 'added') return <ins>{text}</ins>;
        return kind === 'removed' ? <del>{text}</del> : text;
      })}
    </div>
  );
};

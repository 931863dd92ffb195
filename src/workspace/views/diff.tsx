import type { FC } from 'hono/jsx';
import { diffWords } from '../diff-words.js';

/** What changed between the proposed text and the operator's, word by word. */
export const Diff: FC<{ before: string; after: string }> = ({ before, after }) => {
  if (before === after) return <p class="faint">Nothing is changed yet.</p>;
  const parts = diffWords(before, after);
  if (!parts) return <p class="faint">The text was rewritten; there are too many changes to show one by one.</p>;
  return (
    <div class="prose diff-text" dir="auto">
      {parts.map(({ kind, text }) => {
        if (kind === 'added') return <ins>{text}</ins>;
        return kind === 'removed' ? <del>{text}</del> : text;
      })}
    </div>
  );
};

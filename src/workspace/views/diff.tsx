import type { FC } from 'hono/jsx';
import { translate } from '../translate.js';
import type { TextDiffResult } from '../word-diff.js';

/** The changes from a proposed text to the operator's, word by word. */
export const TextDiff: FC<{ changes: TextDiffResult }> = ({ changes }) => {
  if (changes === 'none') return <p class="faint">{translate('diffNone')}</p>;
  if (changes === 'later') return <p class="faint">{translate('diffLater')}</p>;
  if (changes === 'rewritten') return <p class="faint">{translate('diffRewritten')}</p>;
  return (
    <div class="prose diff-text" dir="auto">
      {changes.map(({ kind, text }) => {
        if (kind === 'added') return <ins>{text}</ins>;
        return kind === 'removed' ? <del>{text}</del> : text;
      })}
    </div>
  );
};

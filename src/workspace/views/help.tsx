import type { FC } from 'hono/jsx';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate } from '../translate.js';

/** Keys whose names differ between languages. */
const named: Readonly<Record<string, WorkspaceTextKey>> = { Ctrl: 'keyCtrl', Enter: 'keyEnter', Esc: 'keyEsc' };

const keys: [keys: string[], meaning: WorkspaceTextKey][] = [
  [['j', 'k'], 'helpMove'],
  [['Enter'], 'helpOpen'],
  [['r'], 'helpReply'],
  [['n'], 'helpNote'],
  [['a'], 'helpApprove'],
  [['w'], 'helpEdit'],
  [['d'], 'helpDiscard'],
  [['e'], 'helpResolve'],
  [['m'], 'helpTake'],
  [['g'], 'helpGive'],
  [['s'], 'helpSnooze'],
  [['t'], 'helpTags'],
  [['u'], 'helpPriority'],
  [['o'], 'helpOther'],
  [['x'], 'helpTick'],
  [['v'], 'helpNarrow'],
  [['Esc', 'z'], 'helpTakeBack'],
  [['/'], 'helpSearch'],
  [['p'], 'helpPause'],
  [['f'], 'helpFilter'],
  [['Ctrl', 'Enter'], 'helpSend'],
  [['Esc'], 'helpLeave'],
  [['?'], 'helpHelp'],
];

/** The list of keyboard shortcuts. The page's script opens it, and also handles the shortcuts. */
export const HelpDialog: FC = () => (
  <dialog id="help" aria-labelledby="help-title">
    <form method="dialog">
      <h2 id="help-title">{translate('keyboard')}</h2>
      <dl class="keys">
        {keys.map(([names, meaning]) => (
          <div>
            <dt>
              {names.map((name) => (
                <kbd>{named[name] ? translate(named[name]) : name}</kbd>
              ))}
            </dt>
            <dd>{translate(meaning)}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" id="single-keys" checked /> {translate('singleKeys')}
      </label>
      <label class="check">
        <input type="checkbox" id="auto-advance" /> {translate('autoAdvance')}
      </label>
      <label class="check">
        <input type="checkbox" id="notify" /> {translate('notifyMe')}
      </label>
      <button type="submit" class="button">
        {translate('close')}
      </button>
    </form>
  </dialog>
);

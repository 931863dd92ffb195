import type { FC } from 'hono/jsx';

const keys: [keys: string[], meaning: string][] = [
  [['j', 'k'], 'Next and previous conversation'],
  [['Enter'], 'Open the marked conversation'],
  [['r'], 'Write a reply'],
  [['n'], 'Write an internal note'],
  [['a'], 'Approve and send the waiting draft'],
  [['w'], 'Edit the waiting draft'],
  [['d'], 'Discard the waiting draft'],
  [['e'], 'Resolve, or reopen'],
  [['m'], 'Take it, or leave it to nobody'],
  [['g'], 'Give it to somebody'],
  [['s'], 'Snooze'],
  [['t'], 'Tags'],
  [['u'], 'Priority'],
  [['o'], 'The customer’s newest other conversation'],
  [['x'], 'Tick the marked conversation; with Shift, all from the last one'],
  [['v'], 'Narrow the queue to a tag or an owner'],
  [['Esc', 'z'], 'Take back what you have just sent; Ctrl or Cmd and Z does so in the empty composer'],
  [['/'], 'Search; Ctrl or Cmd and K does the same'],
  [['p'], 'Pause the clock'],
  [['f'], 'Next filter of the queue'],
  [['Ctrl', 'Enter'], 'Send what you wrote; with Shift, and resolve'],
  [['Esc'], 'Leave what you write; close what lies on top'],
  [['?'], 'This list'],
];

/** What the keys do. Opened by the page's script: without it there are no keys to explain. */
export const HelpDialog: FC = () => (
  <dialog id="help" aria-labelledby="help-title">
    <form method="dialog">
      <h2 id="help-title">Keyboard</h2>
      <dl class="keys">
        {keys.map(([names, meaning]) => (
          <div>
            <dt>
              {names.map((name) => (
                <kbd>{name}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" id="single-keys" checked /> Single keys are on
      </label>
      <label class="check">
        <input type="checkbox" id="auto-advance" /> After resolving, open the next conversation
      </label>
      <label class="check">
        <input type="checkbox" id="notify" /> Notify me when customers wait and this page is not in view
      </label>
      <button type="submit" class="button">
        Close
      </button>
    </form>
  </dialog>
);

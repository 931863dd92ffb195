import type { FC } from 'hono/jsx';

const keys: [keys: string[], meaning: string][] = [
  [['j', 'k'], 'Next and previous conversation'],
  [['Enter'], 'Open the marked conversation'],
  [['r'], 'Write a reply'],
  [['n'], 'Write an internal note'],
  [['a'], 'Approve and send the waiting draft'],
  [['e'], 'Resolve, or reopen'],
  [['m'], 'Take it, or leave it to nobody'],
  [['g'], 'Give it to somebody'],
  [['s'], 'Snooze'],
  [['t'], 'Tags'],
  [['u'], 'Priority'],
  [['o'], 'The customer’s newest other conversation'],
  [['x'], 'Tick the marked conversation; with Shift, all from the last one'],
  [['v'], 'Narrow the queue to a tag or an owner'],
  [['/'], 'Search; Ctrl or Cmd and K does the same'],
  [['Ctrl', 'Enter'], 'Send what you wrote'],
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
      <button type="submit" class="button">
        Close
      </button>
    </form>
  </dialog>
);

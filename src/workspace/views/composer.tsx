import type { FC } from 'hono/jsx';
import type { ThreadHead } from '../model.js';
import type { PageContext } from '../page-context.js';
import { ActionForm, Icon } from './elements.js';
import type { IconName } from './icon-paths.js';

export const composerModes = ['reply', 'note', 'follow-up'] as const;
export type ComposerMode = (typeof composerModes)[number];

/** What stands in the composer when the page is built. */
export interface Composing {
  mode: ComposerMode;
  content: string;
  /** The draft that the text came from; it is used up when the reply is sent. */
  draftId?: string | undefined;
}

/** When a follow-up may be sent, in seconds from now. */
export const followUpDelays = [
  { seconds: 0, label: 'now' },
  { seconds: 3600, label: 'in 1 hour' },
  { seconds: 4 * 3600, label: 'in 4 hours' },
  { seconds: 24 * 3600, label: 'in 1 day' },
  { seconds: 3 * 24 * 3600, label: 'in 3 days' },
  { seconds: 7 * 24 * 3600, label: 'in 1 week' },
] as const;

interface ComposerProps {
  frame: PageContext;
  thread: ThreadHead;
  composing: Composing;
  /** Whether the host has a notifier to hand a follow-up to. */
  canFollowUp: boolean;
  /** Makes what is sent twice the same message. */
  nonce: string;
}

/** Where an operator writes: to the customer, to colleagues, or a message that starts something new. */
export const Composer: FC<ComposerProps> = (props) => {
  const { frame, thread, composing, nonce } = props;
  return (
    <ActionForm
      frame={frame}
      action={`/c/${thread.conversation.id}/compose`}
      class="composer"
      id="composer"
      label="Write"
    >
      <input type="hidden" name="seen" value={thread.newestMessageId ?? ''} id="seen" />
      <input type="hidden" name="nonce" value={nonce} />
      {composing.draftId ? <input type="hidden" name="draft" value={composing.draftId} /> : null}
      <Modes {...props} />
      <label class="sr" for="content">
        Message
      </label>
      <textarea
        id="content"
        name="content"
        rows={3}
        dir="auto"
        required
        placeholder="Write a reply or a note"
        data-send
        data-remember={composing.draftId ? `use:${composing.draftId}` : thread.conversation.id}
        data-drafted={composing.draftId ? true : undefined}
        autofocus={composing.draftId !== undefined}
      >
        {composing.content}
      </textarea>
      <div class="composer-foot">
        <button type="submit" class="button button-primary composer-send">
          <Icon name="send" />
          <span class="when-reply">Send reply</span>
          <span class="when-note">Add note</span>
          <span class="when-follow-up">Send follow-up</span>
        </button>
        {thread.conversation.status === 'open' ? <SendAndResolve /> : null}
        <Hints {...props} />
      </div>
    </ActionForm>
  );
};

/** Sends the reply, and resolves the conversation once it is sent. */
export const SendAndResolve: FC = () => (
  <button
    type="submit"
    class="button composer-then when-reply"
    name="also"
    value="resolve"
    title="Send and resolve (Ctrl Shift Enter)"
  >
    <Icon name="check" /> Send &amp; close
  </button>
);

const modes: { mode: ComposerMode; label: string; icon: IconName }[] = [
  { mode: 'reply', label: 'Reply', icon: 'reply' },
  { mode: 'note', label: 'Internal note', icon: 'lock' },
  { mode: 'follow-up', label: 'Follow-up', icon: 'mails' },
];

const Modes: FC<ComposerProps> = ({ thread, composing, canFollowUp }) => {
  const open = thread.conversation.status === 'open';
  const allowed = { reply: open, note: true, 'follow-up': canFollowUp };
  const chosen = allowed[composing.mode] ? composing.mode : 'note';
  return (
    <fieldset class="modes">
      <legend class="sr">What to write</legend>
      {modes.map(({ mode, label, icon }) => (
        <label class="mode">
          <input type="radio" name="mode" value={mode} checked={mode === chosen} disabled={!allowed[mode]} />
          <Icon name={icon} /> {label}
        </label>
      ))}
    </fieldset>
  );
};

const Hints: FC<ComposerProps> = ({ frame, thread, canFollowUp }) => (
  <div class="composer-hints">
    <span class="when-reply faint">
      <span class="js">
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends
      </span>
    </span>
    <span class="when-note">Only your team sees a note.</span>
    <a
      class="quiet-link when-reply"
      id="saved-replies"
      href={`${frame.base}/c/${thread.conversation.id}/replies${frame.queue}`}
      data-replies={`${frame.base}/c/${thread.conversation.id}/replies.json`}
    >
      <span class="js">
        <kbd>/</kbd>
      </span>{' '}
      Saved replies
    </a>
    <label class="when-follow-up">
      Send it{' '}
      <select name="delay">
        {followUpDelays.map(({ seconds, label }) => (
          <option value={String(seconds)}>{label}</option>
        ))}
      </select>
    </label>
    <span class="faint" id="composer-state">
      {thread.conversation.status === 'open' ? null : 'Resolved: reopen it to reply.'}
    </span>
    {canFollowUp ? null : <span class="faint composer-no-follow-up">A follow-up needs a notifier in the config.</span>}
  </div>
);

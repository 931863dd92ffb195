import type { FC } from 'hono/jsx';
import type { ThreadDetails } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateCount, translateWithElements } from '../translate.js';
import { ActionForm, Icon } from './elements.js';
import type { IconName } from './icon-paths.js';

export const composerModes = ['reply', 'note', 'follow-up'] as const;
export type ComposerMode = (typeof composerModes)[number];

/** The initial state of the composer. */
export interface ComposerState {
  mode: ComposerMode;
  content: string;
  /** Id of the draft that the text comes from, which is marked as used when the reply is sent. */
  draftId?: string | undefined;
}

/** The delays offered for a follow-up, in seconds. */
export const followUpDelays = [
  { seconds: 0, unit: null, count: 0 },
  { seconds: 3600, unit: 'inHours', count: 1 },
  { seconds: 4 * 3600, unit: 'inHours', count: 4 },
  { seconds: 24 * 3600, unit: 'inDays', count: 1 },
  { seconds: 3 * 24 * 3600, unit: 'inDays', count: 3 },
  { seconds: 7 * 24 * 3600, unit: 'inWeeks', count: 1 },
] as const;

interface ComposerProps {
  pageContext: WorkspacePageContext;
  thread: ThreadDetails;
  composing: ComposerState;
  /** Identifies the form, so that sending it twice writes once. */
  nonce: string;
}

/** The form in which an operator writes a reply to the customer, a note to colleagues, or a follow-up. */
export const MessageComposer: FC<ComposerProps> = (props) => {
  const { pageContext, thread, composing, nonce } = props;
  return (
    <ActionForm
      pageContext={pageContext}
      action={`/c/${thread.conversation.id}/compose`}
      class="composer"
      id="composer"
      label={translate('write')}
    >
      <input type="hidden" name="seen" value={thread.newestMessageId ?? ''} id="seen" />
      <input type="hidden" name="nonce" value={nonce} />
      {composing.draftId ? <input type="hidden" name="draft" value={composing.draftId} /> : null}
      <Modes {...props} />
      <label class="sr" for="content">
        {translate('message')}
      </label>
      <textarea
        id="content"
        name="content"
        rows={3}
        dir="auto"
        required
        placeholder={translate('composerHint')}
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
          <span class="when-reply">{translate('sendReply')}</span>
          <span class="when-note">{translate('addNote')}</span>
          <span class="when-follow-up">{translate('sendFollowUp')}</span>
        </button>
        {thread.conversation.status === 'open' ? <SendAndResolveButton /> : null}
        <Hints {...props} />
      </div>
    </ActionForm>
  );
};

/** The button that sends the reply and then resolves the conversation. */
export const SendAndResolveButton: FC = () => (
  <button
    type="submit"
    class="button composer-then when-reply"
    name="also"
    value="resolve"
    title={translate('sendAndResolve')}
  >
    <Icon name="check" /> {translate('sendAndClose')}
  </button>
);

const modes: { mode: ComposerMode; label: WorkspaceTextKey; icon: IconName }[] = [
  { mode: 'reply', label: 'modeReply', icon: 'reply' },
  { mode: 'note', label: 'modeNote', icon: 'lock' },
  { mode: 'follow-up', label: 'modeFollowUp', icon: 'mails' },
];

const Modes: FC<ComposerProps> = ({ thread, composing }) => {
  const open = thread.conversation.status === 'open';
  const allowed = { reply: open, note: true, 'follow-up': thread.canFollowUp };
  const chosen = allowed[composing.mode] ? composing.mode : 'note';
  return (
    <fieldset class="modes">
      <legend class="sr">{translate('whatToWrite')}</legend>
      {modes.map(({ mode, label, icon }) => (
        <label class="mode">
          <input type="radio" name="mode" value={mode} checked={mode === chosen} disabled={!allowed[mode]} />
          <Icon name={icon} /> {translate(label)}
        </label>
      ))}
    </fieldset>
  );
};

/** The link to the saved replies; the page's script fetches them as JSON from the URL in `data-replies`. */
export const SavedRepliesLink: FC<{ pageContext: WorkspacePageContext; conversationId: string; class: string }> = (
  props,
) => {
  const { pageContext, conversationId, class: className } = props;
  const conversation = `${pageContext.base}/c/${conversationId}`;
  return (
    <a
      class={`quiet-link ${className}`}
      id="saved-replies"
      href={`${conversation}/replies${pageContext.queue}`}
      data-replies={`${conversation}/replies.json`}
    >
      <span class="js">
        <kbd>/</kbd>
      </span>{' '}
      {translate('savedReplies')}
    </a>
  );
};

const Hints: FC<ComposerProps> = ({ pageContext, thread }) => (
  <div class="composer-hints">
    <span class="when-reply faint">
      <span class="js">
        {translateWithElements('keysSend', {
          ctrl: <kbd>{translate('keyCtrl')}</kbd>,
          enter: <kbd>{translate('keyEnter')}</kbd>,
        })}
      </span>
    </span>
    <span class="when-note">{translate('onlyTeam')}</span>
    <SavedRepliesLink pageContext={pageContext} conversationId={thread.conversation.id} class="when-reply" />
    <label class="when-follow-up">
      {translate('sendIt')}{' '}
      <select name="delay">
        {followUpDelays.map(({ seconds, unit, count }) => (
          <option value={String(seconds)}>{unit ? translateCount(unit, count) : translate('delayNow')}</option>
        ))}
      </select>
    </label>
    <span class="faint" id="composer-state">
      {thread.conversation.status === 'open' ? null : translate('resolvedHint')}
    </span>
    {thread.canFollowUp ? null : <span class="faint composer-no-follow-up">{translate('needsNotifier')}</span>}
  </div>
);

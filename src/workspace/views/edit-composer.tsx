import type { FC } from 'hono/jsx';
import type { ThreadDetails, ThreadDraft } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { type QueueView, queueQueryString } from '../queue-filters.js';
import { translate } from '../translate.js';
import type { TextDiffResult } from '../word-diff.js';
import { SavedRepliesLink, SendAndResolveButton } from './composer.js';
import { TextDiff } from './diff.js';
import { DraftGrounds } from './draft.js';
import { ActionForm, Icon } from './elements.js';

/** A draft that an operator is editing. */
export interface DraftBeingEdited {
  draft: ThreadDraft;
  /** The draft's text with the operator's changes so far. */
  words: string;
  /** The changes from the draft to the operator's version. */
  difference: TextDiffResult;
}

interface EditComposerProps extends DraftBeingEdited {
  pageContext: WorkspacePageContext;
  queue: QueueView;
  thread: ThreadDetails;
}

/** The composer while a draft is edited: the only text field, with one button that sends. */
export const DraftEditComposer: FC<EditComposerProps> = (props) => {
  const { pageContext, queue, thread, draft, words } = props;
  return (
    <ActionForm
      pageContext={pageContext}
      action={`/drafts/${draft.id}/edit`}
      class="composer composer-edit"
      id="composer"
      label={translate('editSuggested')}
    >
      <input type="hidden" name="seen" value={thread.newestMessageId ?? ''} id="seen" />
      <input type="radio" name="mode" value="reply" checked hidden aria-label={translate('modeReply')} />
      <h2 class="composer-title">
        <Icon name="pencil" /> {translate('editing')}
      </h2>
      <label class="sr" for="content">
        {translate('yourVersion')}
      </label>
      <textarea
        id="content"
        name="content"
        rows={4}
        dir="auto"
        required
        autofocus
        data-send
        data-remember={`edit:${draft.id}`}
        data-drafted
      >
        {words}
      </textarea>
      <Changed {...props} />
      <DraftGrounds draft={draft} />
      <div class="composer-foot">
        <button type="submit" class="button button-primary composer-send">
          <Icon name="check" /> {translate('sendEdited')}
        </button>
        <a
          class="button button-quiet"
          href={`${pageContext.base}/c/${draft.conversationId}${queueQueryString(queue)}`}
          data-forget
        >
          {translate('stopEditing')}
        </a>
        {/* Without the script it would lead away from the draft. */}
        <SavedRepliesLink pageContext={pageContext} conversationId={draft.conversationId} class="js" />
        <span class="faint" id="composer-state">
          {thread.conversation.status === 'open' ? null : translate('resolvedHint')}
        </span>
        <button type="submit" class="button no-js" formaction={`${pageContext.base}/drafts/${draft.id}/preview`}>
          {translate('showChanges')}
        </button>
        <SendAndResolveButton />
      </div>
    </ActionForm>
  );
};

const Changed: FC<EditComposerProps> = ({ pageContext, draft, difference }) => (
  <div class="composer-changes">
    <h3 class="diff-title">{translate('whatYouChange')}</h3>
    <div
      class="diff"
      id="draft-diff"
      data-preview={`${pageContext.base}/drafts/${draft.id}/preview`}
      data-draft={draft.id}
      aria-live="off"
    >
      <TextDiff changes={difference} />
    </div>
  </div>
);

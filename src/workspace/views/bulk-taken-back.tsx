import type { FC } from 'hono/jsx';
import type { WorkspacePageContext } from '../page-context.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateCount } from '../translate.js';
import { BackToQueueLink, type BulkOutcome, BulkOutcomeList, type PendingBulkAction } from './bulk.js';
import { ActionForm, Icon } from './elements.js';

const whenOver: WorkspaceTextKey = 'takeBackOver';

/**
 * The button that takes back all resolves of a bulk action until the first is executed; the page's script counts down.
 */
export const TakeBackAllForm: FC<{ pageContext: WorkspacePageContext; pending: readonly PendingBulkAction[] }> = ({
  pageContext,
  pending,
}) => {
  const first = pending.toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime())[0];
  if (!first) return null;
  return (
    <ActionForm
      pageContext={pageContext}
      action="/bulk/resolve/take-back"
      class="take-back"
      label={translate('takeBack')}
    >
      {pending.map(({ id, conversationId }) => (
        <input type="hidden" name="action" value={`${conversationId} ${id}`} />
      ))}
      <span
        class="chip"
        role="timer"
        aria-live="off"
        data-until={first.dueAt.toISOString()}
        data-doing="resolving"
        data-over={whenOver}
      >
        {translate('resolvingNow')}
      </span>
      <button type="submit" class="button button-small" data-take-back>
        <Icon name="rotate-ccw" /> {translate('takeBack')}
      </button>
      <span class="faint js">
        <kbd>{translate('keyEsc')}</kbd> <kbd>z</kbd>
      </span>
    </ActionForm>
  );
};

/** The page with the results of taking back a bulk resolve. */
export const TakenBackResultView: FC<{ pageContext: WorkspacePageContext; outcomes: BulkOutcome[] }> = ({
  pageContext,
  outcomes,
}) => {
  const taken = outcomes.filter(({ failure }) => failure === null).length;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1 role="status">{translateCount('bulkTakenBack', outcomes.length, { taken })}</h1>
      </div>
      <BulkOutcomeList pageContext={pageContext} outcomes={outcomes} word={translate('takenBack')} />
      <div class="draft-actions">
        <BackToQueueLink pageContext={pageContext} />
      </div>
    </main>
  );
};

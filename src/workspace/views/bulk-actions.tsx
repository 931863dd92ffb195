import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { BulkActionKind } from '../bulk-action-kinds.js';
import type { WorkspacePageContext } from '../page-context.js';
import { snoozeDurations } from '../snooze-times.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { formatTickedConversation, type TickedConversation } from '../ticked.js';
import { translate, translateCount } from '../translate.js';
import {
  BackToQueueLink,
  type BulkOutcome,
  BulkOutcomeList,
  type BulkRecipient,
  ConversationIdInputs,
  RecipientList,
} from './bulk.js';
import { TakeBackAllForm } from './bulk-taken-back.js';
import { ActionForm, actorDisplayName, Icon } from './elements.js';

interface BulkActionProps {
  pageContext: WorkspacePageContext;
  kind: BulkActionKind;
  ticked: TickedConversation[];
  recipients: BulkRecipient[];
  team: Actor[];
  /** Why the bulk action was refused; null if it was not. */
  refusal: string | null;
}

const asks = {
  resolve: 'bulkAskResolve',
  tag: 'bulkAskTag',
  assign: 'bulkAskAssign',
  snooze: 'bulkAskSnooze',
} as const;
const buttons = { resolve: 'bulkResolve', tag: 'bulkTag', assign: 'bulkAssign', snooze: 'bulkSnooze' } as const;
const results = {
  resolve: 'bulkResolved',
  tag: 'bulkTagged',
  assign: 'bulkAssigned',
  snooze: 'bulkSnoozed',
} as const;
const done = {
  resolve: 'doneWordResolved',
  tag: 'doneWordTagged',
  assign: 'doneWordAssigned',
  snooze: 'doneWordSnoozed',
} as const satisfies Record<BulkActionKind, WorkspaceTextKey>;

/**
 * The confirmation page of a bulk action: its effect and its conversations. Nothing happens before the button is
 * pressed.
 */
export const BulkActionView: FC<BulkActionProps> = (props) => {
  const { pageContext, kind, ticked, recipients, refusal } = props;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>{translateCount(asks[kind], ticked.length)}</h1>
        <p class="faint">{explain[kind](ticked.length)}</p>
      </div>
      {refusal ? (
        <div class="notice notice-error" role="alert">
          <Icon name="triangle-alert" />
          <div>
            <strong>{translate('nothingChanged')}</strong> {refusal}
          </div>
        </div>
      ) : null}
      <RecipientList recipients={recipients} total={ticked.length} />
      <ActionForm pageContext={pageContext} action={`/bulk/${kind}`} class="bulk-form">
        <ConversationIdInputs ids={ticked.map(({ id, seen }) => formatTickedConversation(id, seen))} />
        <Choice {...props} />
        <div class="draft-actions">
          <button type="submit" class="button button-primary">
            {translateCount(buttons[kind], ticked.length)}
          </button>
          <BackToQueueLink pageContext={pageContext} />
        </div>
      </ActionForm>
    </main>
  );
};

const explain: Record<BulkActionKind, (count: number) => string> = {
  resolve: (count) => translateCount('explainResolve', count),
  tag: () => translate('explainTag'),
  assign: () => translate('explainAssign'),
  snooze: (count) => translateCount('explainSnooze', count),
};

const Choice: FC<BulkActionProps> = ({ pageContext, kind, team }) => {
  switch (kind) {
    case 'resolve':
      return null;
    case 'tag':
      return (
        <>
          <label for="bulk-tags">{translate('tagsToAdd')}</label>
          <input id="bulk-tags" name="tags" required maxlength={500} autocomplete="off" />
        </>
      );
    case 'assign':
      return (
        <>
          <label for="bulk-owner">{translate('newOwner')}</label>
          <select id="bulk-owner" name="to">
            <option value={pageContext.operator.id}>{translate('me')}</option>
            {team
              .filter(({ id }) => id !== pageContext.operator.id)
              .map((one) => (
                <option value={one.id}>{actorDisplayName(one)}</option>
              ))}
            <option value="">{translate('nobody')}</option>
          </select>
        </>
      );
    case 'snooze':
      return (
        <>
          <label for="bulk-span">{translate('snoozeFor')}</label>
          <select id="bulk-span" name="span">
            {snoozeDurations.map(({ seconds, unit, count }) => (
              <option value={seconds}>{translateCount(unit, count)}</option>
            ))}
          </select>
        </>
      );
  }
};

/** The results of a bulk action: failed conversations first, each with its reason. */
export const BulkActionResult: FC<{
  pageContext: WorkspacePageContext;
  kind: BulkActionKind;
  outcomes: BulkOutcome[];
}> = ({ pageContext, kind, outcomes }) => {
  const failed = outcomes.filter(({ failure }) => failure !== null);
  const succeeded = outcomes.length - failed.length;
  const pending = outcomes.flatMap((outcome) => outcome.pending ?? []);
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>
          {translateCount(pending.length > 0 ? 'bulkResolving' : results[kind], outcomes.length, { done: succeeded })}
        </h1>
        <p class="faint" role="status">
          {failed.length === 0 ? translateCount('allOfThem', outcomes.length) : translateCount('stayed', failed.length)}
        </p>
      </div>
      <BulkOutcomeList
        pageContext={pageContext}
        outcomes={[...failed, ...outcomes.filter(({ failure }) => failure === null)]}
        word={pending.length > 0 ? translate('resolvedSoon') : translate(done[kind])}
      />
      <TakeBackAllForm pageContext={pageContext} pending={pending} />
      <div class="draft-actions">
        <BackToQueueLink pageContext={pageContext} />
      </div>
    </main>
  );
};

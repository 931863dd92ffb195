import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { BulkKind } from '../bulk-kinds.js';
import type { PageContext } from '../page-context.js';
import { snoozeSpans } from '../snooze-times.js';
import type { TextKey } from '../strings/strings.js';
import { formatTicked, type Ticked } from '../ticked.js';
import { t, tCount } from '../translate.js';
import { BackLink, type BulkOutcome, ConversationInputs, Outcomes, type Recipient, Recipients } from './bulk.js';
import { TakeBackAll } from './bulk-taken-back.js';
import { ActionForm, actorText, Icon } from './elements.js';

interface BulkActionProps {
  pageContext: PageContext;
  kind: BulkKind;
  ticked: Ticked[];
  recipients: Recipient[];
  team: Actor[];
  /** Why nothing was done. */
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
} as const satisfies Record<BulkKind, TextKey>;

/** Confirms a bulk action: its effect and its conversations. Nothing happens before the button is pressed. */
export const BulkActionView: FC<BulkActionProps> = (props) => {
  const { pageContext, kind, ticked, recipients, refusal } = props;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>{tCount(asks[kind], ticked.length)}</h1>
        <p class="faint">{explain[kind](ticked.length)}</p>
      </div>
      {refusal ? (
        <div class="notice notice-error" role="alert">
          <Icon name="triangle-alert" />
          <div>
            <strong>{t('nothingChanged')}</strong> {refusal}
          </div>
        </div>
      ) : null}
      <Recipients recipients={recipients} total={ticked.length} />
      <ActionForm pageContext={pageContext} action={`/bulk/${kind}`} class="bulk-form">
        <ConversationInputs ids={ticked.map(({ id, seen }) => formatTicked(id, seen))} />
        <Choice {...props} />
        <div class="draft-actions">
          <button type="submit" class="button button-primary">
            {tCount(buttons[kind], ticked.length)}
          </button>
          <BackLink pageContext={pageContext} />
        </div>
      </ActionForm>
    </main>
  );
};

const explain: Record<BulkKind, (count: number) => string> = {
  resolve: (count) => tCount('explainResolve', count),
  tag: () => t('explainTag'),
  assign: () => t('explainAssign'),
  snooze: (count) => tCount('explainSnooze', count),
};

const Choice: FC<BulkActionProps> = ({ pageContext, kind, team }) => {
  switch (kind) {
    case 'resolve':
      return null;
    case 'tag':
      return (
        <>
          <label for="bulk-tags">{t('tagsToAdd')}</label>
          <input id="bulk-tags" name="tags" required maxlength={500} autocomplete="off" />
        </>
      );
    case 'assign':
      return (
        <>
          <label for="bulk-owner">{t('newOwner')}</label>
          <select id="bulk-owner" name="to">
            <option value={pageContext.operator.id}>{t('me')}</option>
            {team
              .filter(({ id }) => id !== pageContext.operator.id)
              .map((one) => (
                <option value={one.id}>{actorText(one)}</option>
              ))}
            <option value="">{t('nobody')}</option>
          </select>
        </>
      );
    case 'snooze':
      return (
        <>
          <label for="bulk-span">{t('snoozeFor')}</label>
          <select id="bulk-span" name="span">
            {snoozeSpans.map(({ seconds, unit, count }) => (
              <option value={seconds}>{tCount(unit, count)}</option>
            ))}
          </select>
        </>
      );
  }
};

/** The results of a bulk action: failed conversations first, with the reason. */
export const BulkActionResult: FC<{ pageContext: PageContext; kind: BulkKind; outcomes: BulkOutcome[] }> = ({
  pageContext,
  kind,
  outcomes,
}) => {
  const failed = outcomes.filter(({ failure }) => failure !== null);
  const succeeded = outcomes.length - failed.length;
  const pending = outcomes.flatMap((outcome) => outcome.pending ?? []);
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>{tCount(pending.length > 0 ? 'bulkResolving' : results[kind], outcomes.length, { done: succeeded })}</h1>
        <p class="faint" role="status">
          {failed.length === 0 ? tCount('allOfThem', outcomes.length) : tCount('stayed', failed.length)}
        </p>
      </div>
      <Outcomes
        pageContext={pageContext}
        outcomes={[...failed, ...outcomes.filter(({ failure }) => failure === null)]}
        word={pending.length > 0 ? t('resolvedSoon') : t(done[kind])}
      />
      <TakeBackAll pageContext={pageContext} pending={pending} />
      <div class="draft-actions">
        <BackLink pageContext={pageContext} />
      </div>
    </main>
  );
};

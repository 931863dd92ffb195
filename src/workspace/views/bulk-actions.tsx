import type { FC } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { BulkKind } from '../bulk-kinds.js';
import type { PageContext } from '../page-context.js';
import { snoozeSpans } from '../snooze-times.js';
import { BackLink, type BulkOutcome, Ids, Outcomes, type Recipient, Recipients } from './bulk.js';
import { ActionForm, actorText, Icon, plural } from './elements.js';

interface BulkActionProps {
  frame: PageContext;
  kind: BulkKind;
  ids: string[];
  /** When the queue was read that they were ticked in. */
  at: string;
  recipients: Recipient[];
  team: Actor[];
  /** Why nothing was done. */
  refusal: string | null;
}

const titles: Record<BulkKind, string> = { resolve: 'Resolve', tag: 'Tag', assign: 'Assign', snooze: 'Snooze' };
const done: Record<BulkKind, string> = {
  resolve: 'Resolved',
  tag: 'Tagged',
  assign: 'Assigned',
  snooze: 'Snoozed',
};

/** What is about to be done, to how many and to which: nothing happens before its button is pressed. */
export const BulkActionView: FC<BulkActionProps> = (props) => {
  const { frame, kind, ids, at, recipients, refusal } = props;
  const count = plural(ids.length, 'conversation');
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>
          {titles[kind]} {count}?
        </h1>
        <p class="faint">{explanations[kind]}</p>
      </div>
      {refusal ? (
        <div class="notice notice-error" role="alert">
          <Icon name="triangle-alert" />
          <div>
            <strong>Nothing was changed.</strong> {refusal}
          </div>
        </div>
      ) : null}
      <Recipients recipients={recipients} total={ids.length} />
      <ActionForm frame={frame} action={`/bulk/${kind}`} class="bulk-form">
        <Ids ids={ids} />
        <input type="hidden" name="at" value={at} />
        <Choice {...props} />
        <div class="draft-actions">
          <button type="submit" class="button button-primary">
            {titles[kind]} {count}
          </button>
          <BackLink frame={frame} />
        </div>
      </ActionForm>
    </main>
  );
};

const explanations: Record<BulkKind, string> = {
  resolve: 'Those to which the customer has written since you chose them are left open.',
  tag: 'Tags that are there stay.',
  assign: 'Customers do not see who owns a conversation.',
  snooze: 'They come back at that time, or when the customer writes. Their clocks run on.',
};

const Choice: FC<BulkActionProps> = ({ frame, kind, team }) => {
  switch (kind) {
    case 'resolve':
      return null;
    case 'tag':
      return (
        <>
          <label for="bulk-tags">Tags to add, with commas between them</label>
          <input id="bulk-tags" name="tags" required maxlength={500} autocomplete="off" />
        </>
      );
    case 'assign':
      return (
        <>
          <label for="bulk-owner">New owner</label>
          <select id="bulk-owner" name="to">
            <option value={frame.operator.id}>Me</option>
            {team
              .filter(({ id }) => id !== frame.operator.id)
              .map((one) => (
                <option value={one.id}>{actorText(one)}</option>
              ))}
            <option value="">Nobody</option>
          </select>
        </>
      );
    case 'snooze':
      return (
        <>
          <label for="bulk-span">For</label>
          <select id="bulk-span" name="span">
            {snoozeSpans.map(({ seconds, label }) => (
              <option value={seconds}>{label}</option>
            ))}
          </select>
        </>
      );
  }
};

/** What became of each: those that failed come first, with the reason. */
export const BulkActionResult: FC<{ frame: PageContext; kind: BulkKind; outcomes: BulkOutcome[] }> = ({
  frame,
  kind,
  outcomes,
}) => {
  const failed = outcomes.filter(({ failure }) => failure !== null);
  const succeeded = outcomes.length - failed.length;
  return (
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <div class="sheet-head">
        <h1>
          {done[kind]} {succeeded} of {plural(outcomes.length, 'conversation')}
        </h1>
        <p class="faint" role="status">
          {failed.length === 0 ? 'All of them.' : `${plural(failed.length, 'conversation')} stayed as they were.`}
        </p>
      </div>
      <Outcomes
        frame={frame}
        outcomes={[...failed, ...outcomes.filter(({ failure }) => failure === null)]}
        word={done[kind].toLowerCase()}
      />
      <div class="draft-actions">
        <BackLink frame={frame} />
      </div>
    </main>
  );
};

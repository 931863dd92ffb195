import type { Child, FC } from 'hono/jsx';
import type { Message } from '../../contracts/domain.js';
import type { QueueRow } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { type QueueView, queueQueryString } from '../queue-filters.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { formatTickedConversation } from '../ticked.js';
import { translate, translateWithElements } from '../translate.js';
import { actorDisplayName, conversationStatusNames, Icon, InlineText } from './elements.js';
import { PriorityMark } from './priority.js';
import { AgeLabel, DateTimeLabel, SlaClockChip } from './time.js';

interface RowProps {
  pageContext: WorkspacePageContext;
  view: QueueView;
  row: QueueRow;
  openId?: string | undefined;
  selecting: boolean;
}

/** One conversation of the queue in two lines: customer and age, then subject and preview. */
export const QueueItem: FC<RowProps> = ({ pageContext, view, row, openId, selecting }) => (
  <li class={`row${row.unanswered ? ' row-unanswered' : ''}`} data-id={row.id}>
    {selecting ? <Tick row={row} ticked={view.allTicked ?? false} /> : null}
    <a
      class="row-link"
      href={`${pageContext.base}/c/${row.id}${queueQueryString(view)}`}
      aria-current={row.id === openId ? 'true' : undefined}
    >
      <span class="row-top">
        <span class="row-customer" title={row.actorId ?? undefined}>
          <InlineText text={row.customer} empty={translate('noCustomer')} />
        </span>
        <Marks row={row} />
        <span class="row-slot">
          <Slot row={row} now={pageContext.now} />
        </span>
      </span>
      <span class="row-bottom">
        <span class="row-text">
          <span class="row-subject" dir="auto">
            {row.subject ?? <span class="faint">{translate('noSubject')}</span>}
          </span>{' '}
          <span class="row-preview" dir="auto">
            {row.preview ? previewOf(row.preview) : translate('noMessages')}
          </span>
        </span>
        <OwnerMark row={row} />
      </span>
    </a>
  </li>
);

const prefixes: Partial<Record<Message['role'], WorkspaceTextKey>> = {
  operator: 'previewReply',
  automation: 'previewAutomation',
  internal_note: 'previewNote',
  outbound: 'previewOutbound',
};

function previewOf({ role, text }: NonNullable<QueueRow['preview']>): Child {
  const prefix = prefixes[role];
  return prefix ? translateWithElements(prefix, { text: <bdi>{text}</bdi> }) : text;
}

/** What a queue line shows at its end: when the snooze ends, else the state of the SLA clock, else the age. */
const Slot: FC<{ row: QueueRow; now: Date }> = ({ row, now }) => {
  if (row.snoozedUntil)
    return (
      <span class="snoozed-until">
        <span class="sr">{translate('snoozedUntil')} </span>
        <DateTimeLabel at={row.snoozedUntil} />
      </span>
    );
  const clock = row.clock && row.clock.status !== 'fulfilled' && row.status === 'open' ? row.clock : null;
  const chip = clock && <SlaClockChip clock={clock} now={now} waiting={row.unanswered} />;
  const age = <AgeLabel at={row.lastMessageAt} now={now} />;
  // Once the team has answered, show the age of the newest message rather than the past breach.
  const isPast = clock?.status === 'breached' && !row.unanswered;
  return (
    <>
      <span class={chip && !isPast ? 'sr' : undefined}>{age}</span>
      {chip ? <span class={isPast ? 'sr' : undefined}> {chip}</span> : null}
    </>
  );
};

const Tick: FC<{ row: QueueRow; ticked: boolean }> = ({ row, ticked }) => (
  <label class="tick">
    <input type="checkbox" name="id" value={formatTickedConversation(row.id, row.newestMessageId)} checked={ticked} />
    <span class="sr">
      {translateWithElements('selectOne', { name: <InlineText text={row.subject ?? row.customer} /> })}
    </span>
  </label>
);

const Marks: FC<{ row: QueueRow }> = ({ row }) => (
  <span class="row-marks">
    {row.priority !== 'normal' ? <PriorityMark priority={row.priority} /> : null}
    {row.waitingDraft ? (
      <span class="row-draft" title={translate('draftWaits')}>
        <Icon name="bot" />
        <span class="sr"> {translate('draft')}</span>
      </span>
    ) : null}
    {row.status !== 'open' ? <span class="chip">{translate(conversationStatusNames[row.status])}</span> : null}
  </span>
);

/** The owner's initials, with the full name as tooltip and for screen readers. */
const OwnerMark: FC<{ row: QueueRow }> = ({ row: { owner } }) =>
  owner ? (
    <span class="row-owner" title={translate('ownerIs', { name: actorDisplayName(owner) })}>
      <span aria-hidden="true">{initials(actorDisplayName(owner))}</span>
      <span class="sr">{translateWithElements('ownerIs', { name: <bdi>{actorDisplayName(owner)}</bdi> })}</span>
    </span>
  ) : null;

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters =
    words.length > 1 ? [words[0], words.at(-1)].map((word) => [...(word ?? '')][0]) : [...name].slice(0, 2);
  return letters.join('').toUpperCase();
}

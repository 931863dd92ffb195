import type { FC } from 'hono/jsx';
import type { Message } from '../../contracts/domain.js';
import type { QueueRow } from '../model.js';
import type { PageContext } from '../page-context.js';
import { type QueueView, queueQuery } from '../queue-filters.js';
import { actorText, Icon, Name } from './elements.js';
import { PriorityMark } from './priority.js';
import { Age, ClockChip, Moment } from './time.js';

interface RowProps {
  frame: PageContext;
  view: QueueView;
  row: QueueRow;
  openId?: string | undefined;
  selecting: boolean;
}

/** One conversation in two lines: who and how long, then about what. */
export const Row: FC<RowProps> = ({ frame, view, row, openId, selecting }) => (
  <li class={`row${row.unanswered ? ' row-unanswered' : ''}`} data-id={row.id}>
    {selecting ? <Tick row={row} ticked={view.allTicked ?? false} /> : null}
    <a
      class="row-link"
      href={`${frame.base}/c/${row.id}${queueQuery(view)}`}
      aria-current={row.id === openId ? 'true' : undefined}
    >
      <span class="row-top">
        <span class="row-customer" title={row.actorId ?? undefined}>
          <Name text={row.customer} empty="No customer identity" />
        </span>
        <Marks row={row} />
        <span class="row-slot">
          <Slot row={row} now={frame.now} />
        </span>
      </span>
      <span class="row-bottom">
        <span class="row-text">
          <span class="row-subject" dir="auto">
            {row.subject ?? <span class="faint">No subject</span>}
          </span>{' '}
          <span class="row-preview" dir="auto">
            {row.preview ? `${prefixes[row.preview.role] ?? ''}${row.preview.text}` : 'No messages yet'}
          </span>
        </span>
        <OwnerMark row={row} />
      </span>
    </a>
  </li>
);

const prefixes: Partial<Record<Message['role'], string>> = {
  operator: 'Reply: ',
  automation: 'Automation: ',
  internal_note: 'Note: ',
  outbound: 'Outbound: ',
};

/** One thing at the end of the line: when it comes back, what its clock says, or how old it is. */
const Slot: FC<{ row: QueueRow; now: Date }> = ({ row, now }) => {
  if (row.snoozedUntil)
    return (
      <span class="snoozed-until">
        <span class="sr">Snoozed until </span>
        <Moment at={row.snoozedUntil} />
      </span>
    );
  const clock = row.clock && row.clock.status !== 'fulfilled' && row.status === 'open' ? row.clock : null;
  const chip = clock && <ClockChip clock={clock} now={now} waiting={row.unanswered} />;
  const age = <Age at={row.lastMessageAt} now={now} />;
  // A breach that nobody waits behind any more is one of the past: the age says more.
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
    <input type="checkbox" name="id" value={row.id} checked={ticked} />
    <span class="sr">
      Select <Name text={row.subject ?? row.customer} />
    </span>
  </label>
);

const Marks: FC<{ row: QueueRow }> = ({ row }) => (
  <span class="row-marks">
    {row.priority !== 'normal' ? <PriorityMark priority={row.priority} /> : null}
    {row.waitingDraft ? (
      <span class="row-draft" title="A draft waits for approval">
        <Icon name="bot" />
        <span class="sr"> Draft</span>
      </span>
    ) : null}
    {row.status !== 'open' ? <span class="chip">{row.status}</span> : null}
  </span>
);

/** Whose it is, in two letters; the whole name is there to be heard and hovered. */
const OwnerMark: FC<{ row: QueueRow }> = ({ row: { owner } }) =>
  owner ? (
    <span class="row-owner" title={`Owner: ${actorText(owner)}`}>
      <span aria-hidden="true">{initials(actorText(owner))}</span>
      <span class="sr">
        Owner: <bdi>{actorText(owner)}</bdi>
      </span>
    </span>
  ) : null;

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters =
    words.length > 1 ? [words[0], words.at(-1)].map((word) => [...(word ?? '')][0]) : [...name].slice(0, 2);
  return letters.join('').toUpperCase();
}

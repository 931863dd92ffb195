import type { FC } from 'hono/jsx';
import type { Evidence } from '../../contracts/domain.js';
import type { ThreadDraft } from '../model.js';
import type { PageContext } from '../page-context.js';
import { type QueueView, queueQuery, withWord } from '../queue-filters.js';
import { ActionForm, Icon, Prose, plural } from './elements.js';
import { Moment } from './time.js';

export interface DraftProps {
  frame: PageContext;
  draft: ThreadDraft;
  /** The queue beside it, so that links keep it as it is. */
  queue: QueueView;
  /** Whether it is the open one, to which the keys apply. */
  first: boolean;
  /** The newest message of the page: an approval names it as what its sender has read. */
  newestMessageId: string | null;
  /** Whether the conversation is open: nothing is sent into a closed one. */
  open: boolean;
}

export const typeNames = { reply: 'Reply', clarification: 'Question back', escalation: 'Escalation' } as const;

/** A draft that needs approval, or did: what would be sent, what it rests on, and what is to be done with it. */
export const PendingDraft: FC<DraftProps> = (props) => (
  <section
    class={`draft${props.draft.stale ? ' draft-stale' : ''}`}
    aria-label={nameOf(props)}
    id={`draft-${props.draft.id}`}
  >
    <DraftHead draft={props.draft} />
    <DraftWarning {...props} />
    <Proposed {...props} />
  </section>
);

const DraftWarning: FC<DraftProps> = ({ draft, open }) => {
  const words = open ? staleWords[draft.stale || 'no'] : 'This conversation is closed: reopen it to send this draft.';
  if (!words) return null;
  return (
    <p class="draft-warning">
      <Icon name="triangle-alert" /> {words}
    </p>
  );
};

const staleWords = {
  no: null,
  customer:
    'Stale: the customer has written since. Read the newer message; you can use this draft in a reply of your own, and not approve it as it is.',
  answer:
    'Stale: somebody has replied since. Read that reply; you can use this draft in a reply of your own, and not approve it as it is.',
};

const Seen: FC<DraftProps> = ({ newestMessageId }) => <input type="hidden" name="seen" value={newestMessageId ?? ''} />;

function nameOf({ draft, first, open }: DraftProps): string {
  if (draft.stale) return 'Stale draft';
  if (!open) return 'Draft of a closed conversation';
  return first ? 'Draft that needs your approval' : 'Older draft that needs your approval';
}

/** Those beside the newest one, folded up: one is decided on at a time. */
export const MoreDrafts: FC<{ drafts: DraftProps[] }> = ({ drafts }) => {
  if (drafts.length === 0) return null;
  return (
    <details class="prepared" id="more-drafts">
      <summary>
        <Icon name="bot" /> {plural(drafts.length, 'more suggestion')}
      </summary>
      <ul>
        {drafts.map((draft) => (
          <li>
            <PendingDraft {...draft} />
          </li>
        ))}
      </ul>
    </details>
  );
};

const DraftHead: FC<{ draft: ThreadDraft }> = ({ draft }) => (
  <div class="draft-head">
    <h2>
      <Icon name="bot" /> Suggested by automation
    </h2>
    <span class="chip">{typeNames[draft.type]}</span>
    <span class={`chip risk-${draft.riskTier}`}>{draft.riskTier} risk</span>
    <Moment at={draft.createdAt} as="time" />
  </div>
);

const Proposed: FC<DraftProps> = (props) => (
  <>
    <div class="draft-body" tabindex={0}>
      <Prose text={props.draft.content} links={false} />
    </div>
    <Grounds draft={props.draft} />
    <Decide {...props} />
  </>
);

/** Why the automation says so. Its words are a model's, so nothing in them is a link. */
export const Grounds: FC<{ draft: ThreadDraft }> = ({ draft }) => {
  if (!draft.summary && draft.evidence.length === 0) return null;
  return (
    <details class="grounds">
      <summary>Why: {draft.evidence.length > 0 ? plural(draft.evidence.length, 'source') : 'summary'}</summary>
      {draft.summary ? <Prose text={draft.summary} links={false} /> : null}
      <ul>
        {draft.evidence.map((evidence) => (
          <EvidenceItem evidence={evidence} />
        ))}
      </ul>
    </details>
  );
};

const EvidenceItem: FC<{ evidence: Evidence }> = ({ evidence }) => (
  <li>
    <strong>
      <bdi>{evidence.source}</bdi>
    </strong>
    {evidence.quote ? <blockquote dir="auto">{evidence.quote}</blockquote> : null}
    {evidence.url ? (
      <span class="faint">
        <bdi>{evidence.url}</bdi>
      </span>
    ) : null}
  </li>
);

const Decide: FC<DraftProps> = (props) => (
  <div class="draft-actions">
    {props.open ? <Send {...props} /> : null}
    {props.draft.status === 'superseded' ? null : (
      <DiscardForm frame={props.frame} draft={props.draft} first={props.first} />
    )}
  </div>
);

const Send: FC<DraftProps> = (props) => {
  const { frame, draft, queue, first } = props;
  return draft.stale ? (
    <UseLink frame={frame} draft={draft} queue={queue} />
  ) : (
    <>
      <ActionForm frame={frame} action={`/drafts/${draft.id}/approve`}>
        <Seen {...props} />
        <button type="submit" class="button button-primary" data-key={first ? 'a' : undefined}>
          <Icon name="check" /> Approve &amp; send
        </button>
      </ActionForm>
      <a
        class="button"
        data-key={first ? 'w' : undefined}
        href={`${frame.base}/c/${draft.conversationId}${withWord(queueQuery(queue), 'edit', draft.id)}`}
      >
        <Icon name="pencil" /> Edit
      </a>
    </>
  );
};

const DiscardForm: FC<{ frame: PageContext; draft: ThreadDraft; first?: boolean }> = ({ frame, draft, first }) => (
  <ActionForm frame={frame} action={`/drafts/${draft.id}/discard`}>
    <button type="submit" class="button button-quiet" data-key={first ? 'd' : undefined}>
      <Icon name="trash-2" /> Discard
    </button>
  </ActionForm>
);

const staleChip = { customer: 'the customer has written since', answer: 'somebody has replied since' };

/** Drafts that the policy only prepares: they ask for nothing and wait to be looked for. */
export const PreparedDrafts: FC<{ frame: PageContext; drafts: ThreadDraft[]; queue: QueueView; open: boolean }> = ({
  frame,
  drafts,
  queue,
  open,
}) => {
  if (drafts.length === 0) return null;
  return (
    <details class="prepared" id="prepared">
      <summary>
        <Icon name="file-pen" /> Prepared drafts ({drafts.length})
      </summary>
      <ul>
        {drafts.map((draft) => (
          <li class="prepared-draft">
            <p class="draft-head">
              <span class="chip">{typeNames[draft.type]}</span>
              {draft.stale ? <span class="chip clock-soon">Stale: {staleChip[draft.stale]}</span> : null}
              <Moment at={draft.createdAt} />
            </p>
            <div class="draft-body" tabindex={0}>
              <Prose text={draft.content} links={false} />
            </div>
            <div class="draft-actions">
              {open ? <UseLink frame={frame} draft={draft} queue={queue} /> : null}
              <DiscardForm frame={frame} draft={draft} />
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
};

const UseLink: FC<{ frame: PageContext; draft: ThreadDraft; queue: QueueView }> = ({ frame, draft, queue }) => (
  <a class="button" href={`${frame.base}/c/${draft.conversationId}${withWord(queueQuery(queue), 'use', draft.id)}`}>
    <Icon name="reply" /> Use in composer
  </a>
);

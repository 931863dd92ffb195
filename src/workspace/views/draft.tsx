import type { FC } from 'hono/jsx';
import type { Evidence } from '../../contracts/domain.js';
import type { Changes } from '../diff-words.js';
import type { ThreadDraft } from '../model.js';
import type { PageContext } from '../page-context.js';
import { type QueueView, queueQuery, withWord } from '../queue-filters.js';
import { Diff } from './diff.js';
import { ActionForm, Icon, Prose, plural } from './elements.js';
import { Moment } from './time.js';

export interface DraftProps {
  frame: PageContext;
  draft: ThreadDraft;
  /** The queue beside it, so that links keep it as it is. */
  queue: QueueView;
  /** The operator's words, while the draft is being edited. */
  editing?: string | undefined;
  /** How those words differ from the draft. */
  changes?: Changes | undefined;
  /** Whether it is the one that stands open, and answers to the keys. */
  first: boolean;
  /** The newest message of the page: an approval names it as what its sender has read. */
  newestMessageId: string | null;
  /** Whether the conversation is open: nothing is sent into a closed one. */
  open: boolean;
}

const typeNames = { reply: 'Reply', clarification: 'Question back', escalation: 'Escalation' } as const;

/** A draft that needs approval, or did: what would be sent, what it rests on, and what is to be done with it. */
export const PendingDraft: FC<DraftProps> = (props) => (
  <section
    class={`draft${props.draft.stale ? ' draft-stale' : ''}`}
    aria-label={nameOf(props)}
    id={`draft-${props.draft.id}`}
  >
    <DraftHead draft={props.draft} />
    <DraftWarning {...props} />
    {props.editing === undefined ? <Proposed {...props} /> : <EditDraft {...props} editing={props.editing} />}
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
const Grounds: FC<{ draft: ThreadDraft }> = ({ draft }) => {
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
    {props.draft.status === 'superseded' ? null : <DiscardForm frame={props.frame} draft={props.draft} />}
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
        href={`${frame.base}/c/${draft.conversationId}${withWord(queueQuery(queue), 'edit', draft.id)}`}
      >
        <Icon name="pencil" /> Edit
      </a>
    </>
  );
};

const DiscardForm: FC<{ frame: PageContext; draft: ThreadDraft }> = ({ frame, draft }) => (
  <ActionForm frame={frame} action={`/drafts/${draft.id}/discard`}>
    <button type="submit" class="button button-quiet">
      <Icon name="trash-2" /> Discard
    </button>
  </ActionForm>
);

const EditDraft: FC<DraftProps & { editing: string }> = ({ editing, changes, ...props }) => {
  const { frame, draft, queue } = props;
  return (
    <ActionForm frame={frame} action={`/drafts/${draft.id}/edit`} class="draft-edit" id="draft-edit">
      <Seen {...props} />
      <label class="sr" for="draft-content">
        Your version of the suggested text
      </label>
      <textarea
        id="draft-content"
        name="content"
        rows={5}
        dir="auto"
        required
        autofocus
        data-send
        data-remember={`edit:${draft.id}`}
        data-drafted
      >
        {editing}
      </textarea>
      <h3 class="diff-title">What you change</h3>
      <div class="diff" id="draft-diff" data-preview={`${frame.base}/drafts/${draft.id}/preview`} aria-live="off">
        <Diff changes={changes ?? 'none'} />
      </div>
      <div class="draft-actions">
        <button type="submit" class="button button-primary">
          <Icon name="check" /> Send edited reply
        </button>
        <button type="submit" class="button no-js" formaction={`${frame.base}/drafts/${draft.id}/preview`}>
          Show changes
        </button>
        <a class="button button-quiet" href={`${frame.base}/c/${draft.conversationId}${queueQuery(queue)}`} data-forget>
          Cancel
        </a>
      </div>
    </ActionForm>
  );
};

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

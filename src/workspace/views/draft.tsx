import type { FC } from 'hono/jsx';
import type { Evidence } from '../../contracts/domain.js';
import type { ThreadDraft } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { addQueryParameter, type QueueView, queueQueryString } from '../queue-filters.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateCount } from '../translate.js';
import { ActionForm, Icon, MultilineText } from './elements.js';
import { DateTimeLabel } from './time.js';

export interface DraftProps {
  pageContext: WorkspacePageContext;
  draft: ThreadDraft;
  /** The view of the queue beside the conversation; the draft's links lead back to it. */
  queue: QueueView;
  /** Whether this is the expanded draft, which keyboard shortcuts apply to. */
  first: boolean;
  /** Id of the newest message on the page, sent with an approval as the newest one read. */
  newestMessageId: string | null;
  /** Whether the conversation is open: drafts of a closed conversation cannot be sent. */
  open: boolean;
}

export const draftTypeNames = {
  reply: 'typeReply',
  clarification: 'typeClarification',
  escalation: 'typeEscalation',
} as const;

const riskNames = { low: 'riskLow', medium: 'riskMedium', high: 'riskHigh' } as const;

/** A draft that needs approval or is stale: its text, its grounds and its actions. */
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
  const words = open ? staleWords[draft.stale || 'no'] : 'draftClosed';
  if (!words) return null;
  return (
    <p class="draft-warning">
      <Icon name="triangle-alert" /> {translate(words)}
    </p>
  );
};

const staleWords: Record<'no' | 'customer' | 'answer', WorkspaceTextKey | null> = {
  no: null,
  customer: 'staleCustomer',
  answer: 'staleAnswer',
};

const Seen: FC<DraftProps> = ({ newestMessageId }) => <input type="hidden" name="seen" value={newestMessageId ?? ''} />;

function nameOf({ draft, first, open }: DraftProps): string {
  if (draft.stale) return translate('draftStale');
  if (!open) return translate('draftOfClosed');
  return first ? translate('draftToApprove') : translate('draftOlder');
}

/** The other drafts that need approval, collapsed, because operators decide on one at a time. */
export const MoreDraftsList: FC<{ drafts: DraftProps[] }> = ({ drafts }) => {
  if (drafts.length === 0) return null;
  return (
    <details class="prepared" id="more-drafts">
      <summary>
        <Icon name="bot" /> {translateCount('moreDrafts', drafts.length)}
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
      <Icon name="bot" /> {translate('suggested')}
    </h2>
    <span class="chip">{translate(draftTypeNames[draft.type])}</span>
    <span class={`chip risk-${draft.riskTier}`}>{translate(riskNames[draft.riskTier])}</span>
    <DateTimeLabel at={draft.createdAt} as="time" />
  </div>
);

const Proposed: FC<DraftProps> = (props) => (
  <>
    <div class="draft-body" tabindex={0}>
      <MultilineText text={props.draft.content} links={false} />
    </div>
    <DraftGrounds draft={props.draft} />
    <Decide {...props} />
  </>
);

/** The grounds of a draft: its summary and evidence. A model wrote them, so URLs in them are not linked. */
export const DraftGrounds: FC<{ draft: ThreadDraft }> = ({ draft }) => {
  if (!draft.summary && draft.evidence.length === 0) return null;
  return (
    <details class="grounds">
      <summary>
        {draft.evidence.length > 0 ? translateCount('whySources', draft.evidence.length) : translate('whySummary')}
      </summary>
      {draft.summary ? <MultilineText text={draft.summary} links={false} /> : null}
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
      <DiscardForm pageContext={props.pageContext} draft={props.draft} first={props.first} />
    )}
  </div>
);

const Send: FC<DraftProps> = (props) => {
  const { pageContext, draft, queue, first } = props;
  return draft.stale ? (
    <UseLink pageContext={pageContext} draft={draft} queue={queue} />
  ) : (
    <>
      <ActionForm pageContext={pageContext} action={`/drafts/${draft.id}/approve`}>
        <Seen {...props} />
        <button type="submit" class={first ? 'button button-primary' : 'button'} data-key={first ? 'a' : undefined}>
          <Icon name="check" /> {translate('approve')}
        </button>
      </ActionForm>
      <a
        class="button"
        data-key={first ? 'w' : undefined}
        href={`${pageContext.base}/c/${draft.conversationId}${addQueryParameter(queueQueryString(queue), 'edit', draft.id)}`}
      >
        <Icon name="pencil" /> {translate('edit')}
      </a>
    </>
  );
};

const DiscardForm: FC<{ pageContext: WorkspacePageContext; draft: ThreadDraft; first?: boolean }> = ({
  pageContext,
  draft,
  first,
}) => (
  <ActionForm pageContext={pageContext} action={`/drafts/${draft.id}/discard`}>
    <button type="submit" class="button button-quiet" data-key={first ? 'd' : undefined}>
      <Icon name="trash-2" /> {translate('discard')}
    </button>
  </ActionForm>
);

const staleChip = { customer: 'chipStaleCustomer', answer: 'chipStaleAnswer' } as const;

/** Drafts with the policy's decision `draft_only`, which do not ask for approval. */
export const PreparedDraftList: FC<{
  pageContext: WorkspacePageContext;
  drafts: ThreadDraft[];
  queue: QueueView;
  open: boolean;
}> = ({ pageContext, drafts, queue, open }) => {
  if (drafts.length === 0) return null;
  return (
    <details class="prepared" id="prepared">
      <summary>
        <Icon name="file-pen" /> {translate('preparedDrafts', { count: drafts.length })}
      </summary>
      <ul>
        {drafts.map((draft) => (
          <li class="prepared-draft">
            <p class="draft-head">
              <span class="chip">{translate(draftTypeNames[draft.type])}</span>
              {draft.stale ? (
                <span class="chip clock-soon">{translate('stale', { why: translate(staleChip[draft.stale]) })}</span>
              ) : null}
              <DateTimeLabel at={draft.createdAt} />
            </p>
            <div class="draft-body" tabindex={0}>
              <MultilineText text={draft.content} links={false} />
            </div>
            <div class="draft-actions">
              {open ? <UseLink pageContext={pageContext} draft={draft} queue={queue} /> : null}
              <DiscardForm pageContext={pageContext} draft={draft} />
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
};

const UseLink: FC<{ pageContext: WorkspacePageContext; draft: ThreadDraft; queue: QueueView }> = ({
  pageContext,
  draft,
  queue,
}) => (
  <a
    class="button"
    href={`${pageContext.base}/c/${draft.conversationId}${addQueryParameter(queueQueryString(queue), 'use', draft.id)}`}
  >
    <Icon name="reply" /> {translate('useInComposer')}
  </a>
);

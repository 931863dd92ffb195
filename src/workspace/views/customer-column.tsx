import type { FC } from 'hono/jsx';
import { slaClockTone } from '../clock-state.js';
import type { AuditLine, OutboundMessageSummary, SlaClock, ThreadDetails } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { translate } from '../translate.js';
import { auditActionName } from './audit-action-names.js';
import { ContextPanel, type ContextPanelState } from './context.js';
import { ActionForm, ActorName, conversationStatusNames, Icon } from './elements.js';
import { AgeLabel, type ConversationStateAfterSlaClock, DateTimeLabel, SlaClockSentence } from './time.js';

interface RailProps {
  pageContext: WorkspacePageContext;
  thread: ThreadDetails;
  /** The customer's facts from the ContextProvider, or `loading`. */
  context: ContextPanelState;
}

/** The right column: the customer's facts and the history of the conversation. */
export const CustomerColumn: FC<RailProps> = (props) => (
  <>
    <Drawer {...props} />
    {/* Where the rail is a drawer, a click beside it closes it. With keys its button does. */}
    <nav class="rail-backdrop" aria-label={translate('close')}>
      <a href="#main" tabindex={-1}>
        <span class="sr">{translate('closeRail')}</span>
      </a>
    </nav>
  </>
);

const Drawer: FC<RailProps> = ({ pageContext, thread, context }) => (
  <aside class="rail" id="rail" aria-label={translate('rail')}>
    <a class="icon-button rail-close" href="#main" aria-label={translate('close')}>
      <Icon name="x" />
    </a>
    <div id="rail-first" data-live="rail-first">
      <SlaPanel pageContext={pageContext} thread={thread} />
      <OwnerPanel thread={thread} />
      <OthersPanel pageContext={pageContext} thread={thread} />
    </div>
    <ContextPanel pageContext={pageContext} conversationId={thread.conversation.id} context={context} />
    <div id="record" data-live="record">
      <OutboundPanel outbound={thread.outbound} />
      <CsatPanel rating={thread.conversation.csatRating} />
      <RecordPanel pageContext={pageContext} audit={thread.audit} conversationId={thread.conversation.id} />
    </div>
  </aside>
);

const SlaPanel: FC<{ pageContext: WorkspacePageContext; thread: ThreadDetails }> = ({ pageContext, thread }) => {
  const { clock, conversation, now } = thread;
  return (
    <section class="panel" aria-labelledby="sla-title">
      <h2 id="sla-title">{translate('viewSla')}</h2>
      {clock ? (
        <>
          <SlaClockSentence clock={clock} now={now} since={sinceThen(thread)} />
          {conversation.status === 'open' ? (
            <PauseClock pageContext={pageContext} conversationId={conversation.id} clock={clock} now={now} />
          ) : null}
        </>
      ) : (
        <p class="faint">{translate('noClock')}</p>
      )}
    </section>
  );
};

/** Returns what has happened in a conversation since its SLA clock ended. */
function sinceThen({ waitingSince, answered, conversation }: ThreadDetails): ConversationStateAfterSlaClock {
  if (conversation.status !== 'open') return 'closed';
  if (waitingSince) return 'waiting';
  return answered ? 'answered' : 'none';
}

const PauseClock: FC<{ pageContext: WorkspacePageContext; conversationId: string; clock: SlaClock; now: Date }> = (
  props,
) => {
  const { pageContext, conversationId, clock, now } = props;
  const tone = slaClockTone(clock, now);
  if (tone === 'paused') {
    return (
      <ActionForm pageContext={pageContext} action={`/c/${conversationId}/sla/resume`}>
        <button type="submit" class="button button-small">
          <Icon name="play" /> {translate('resume')}
        </button>
      </ActionForm>
    );
  }
  if (tone !== 'calm' && tone !== 'soon') return null;
  return (
    <details class="pause">
      <summary data-key="p">{translate('pauseClock')}</summary>
      <ActionForm pageContext={pageContext} action={`/c/${conversationId}/sla/pause`} class="pause-form">
        <label for="pause-reason">{translate('whyPaused')}</label>
        <input id="pause-reason" name="reason" required maxlength={500} />
        <button type="submit" class="button button-small">
          <Icon name="pause" /> {translate('pause')}
        </button>
      </ActionForm>
    </details>
  );
};

const OwnerPanel: FC<{ thread: ThreadDetails }> = ({ thread: { conversation } }) => (
  <section class="panel" aria-labelledby="owner-title">
    <h2 id="owner-title">{translate('owner')}</h2>
    {conversation.assignee ? (
      <p>
        <ActorName actor={conversation.assignee} />
      </p>
    ) : (
      <p class="faint">{translate('nobodyYet')}</p>
    )}
  </section>
);

/** Other conversations of the customer, newest first. */
const OthersPanel: FC<{ pageContext: WorkspacePageContext; thread: ThreadDetails }> = ({
  pageContext,
  thread: { others, now },
}) =>
  others.length === 0 ? null : (
    <section class="panel" aria-labelledby="others-title" id="other-conversations">
      <h2 id="others-title">
        {translate('others')} <kbd class="js">o</kbd>
      </h2>
      <ul class="lines others">
        {others.map((other) => (
          <li>
            <a href={`${pageContext.base}/c/${other.id}${pageContext.queue}`}>
              <bdi>{other.subject ?? translate('noSubject')}</bdi>
            </a>
            <span class="faint">
              {other.unanswered ? translate('waiting') : translate(conversationStatusNames[other.status])} ·{' '}
              <AgeLabel at={other.lastMessageAt} now={now} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );

const outboundNames = { pending: 'outboundPending', sent: 'outboundSent', failed: 'outboundFailed' } as const;

const OutboundPanel: FC<{ outbound: OutboundMessageSummary[] }> = ({ outbound }) => (
  <section class="panel" aria-labelledby="outbound-title">
    <h2 id="outbound-title">{translate('roleOutbound')}</h2>
    {outbound.length === 0 ? (
      <p class="faint">{translate('noOutbound')}</p>
    ) : (
      <ul class="lines">
        {outbound.map((line) => (
          <li>
            <a href={`#m-${line.messageId}`}>
              <bdi>{line.templateId || translate('aMessage')}</bdi>
            </a>{' '}
            <span class={`chip outbound-chip-${line.status}`}>{translate(outboundNames[line.status])}</span>{' '}
            <span class="faint">
              <DateTimeLabel at={line.sentAt ?? line.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    )}
  </section>
);

const CsatPanel: FC<{ rating: ThreadDetails['conversation']['csatRating'] }> = ({ rating }) => (
  <section class="panel" aria-labelledby="csat-title">
    <h2 id="csat-title">{translate('satisfaction')}</h2>
    {rating ? (
      <p class={`csat csat-${rating}`}>
        <Icon name={rating === 'positive' ? 'thumbs-up' : 'thumbs-down'} />{' '}
        {translate(rating === 'positive' ? 'ratedPositive' : 'ratedNegative')}
      </p>
    ) : (
      <p class="faint">{translate('notRated')}</p>
    )}
  </section>
);

const RecordPanel: FC<{ pageContext: WorkspacePageContext; audit: AuditLine[]; conversationId: string }> = ({
  pageContext,
  audit,
  conversationId,
}) => (
  <section class="panel" aria-labelledby="record-title">
    <h2 id="record-title">{translate('record')}</h2>
    <ol class="lines record-lines">
      {audit.map((line) => (
        <li>
          <span>{auditActionName(line.action)}</span>{' '}
          <span class="faint">
            <ActorName actor={line.actor} /> · <DateTimeLabel at={line.at} />
          </span>
        </li>
      ))}
    </ol>
    <a class="quiet-link" href={`${pageContext.base}/audit?conversation=${conversationId}`}>
      <Icon name="history" /> {translate('wholeRecord')}
    </a>
  </section>
);

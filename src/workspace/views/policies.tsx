import type { FC } from 'hono/jsx';
import type { SlaPolicy } from '../../contracts/sla-policy-provider.js';
import type { SlaPoliciesResult } from '../../sla/policies.js';
import { translateSlaTermsProblem } from '../package-texts.js';
import type { PageNotice, WorkspacePageContext } from '../page-context.js';
import { translate, translateCount, translateWithElements } from '../translate.js';
import { ActionForm, EmptyState, Icon } from './elements.js';
import { NoticeBox } from './page.js';
import { priorityName } from './priority.js';

interface PoliciesProps {
  pageContext: WorkspacePageContext;
  answer: SlaPoliciesResult;
  /** Whether the host has an SLA policy provider. */
  configured: boolean;
  notice?: PageNotice | undefined;
  /** The SLA terms that were refused, as the operator typed them. */
  refused?: RefusedSlaTerms | undefined;
  /** Whether the provider is read-only, so that no form is shown. */
  readOnly: boolean;
}

export interface RefusedSlaTerms {
  priority: string;
  responseMinutes: string;
  breachMinutes: string;
  reason: string;
}

/** The page of the SLA terms for new clocks, as the host's provider returns them now. */
export const SlaPoliciesView: FC<PoliciesProps> = (props) => (
  <main class="sheet sheet-policies" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>{translate('viewSla')}</h1>
      {props.answer.state === 'active' ? <p class="faint">{translate('termsFromNow')}</p> : null}
    </div>
    <NoticeBox notice={props.notice} />
    <Policies {...props} />
  </main>
);

const Policies: FC<PoliciesProps> = ({ pageContext, answer, configured, refused, readOnly }) => {
  switch (answer.state) {
    case 'off':
      return <TrackingOff configured={configured} />;
    case 'unavailable':
      return (
        <EmptyState icon="unplug" title={translate('policiesUnread')}>
          {translate('policiesUnreadHint')}
        </EmptyState>
      );
    case 'active':
      return (
        <>
          {answer.policies.map((policy) => {
            const own = refused?.priority === policy.priority ? refused : undefined;
            return readOnly ? (
              <PolicyText policy={policy} refused={own} />
            ) : (
              <PolicyForm pageContext={pageContext} policy={policy} refused={own} />
            );
          })}
          {answer.rejected.map(({ priority, reason }) => (
            <p class="notice notice-conflict">
              <Icon name="triangle-alert" />
              <span>
                {translateWithElements('policyUnused', {
                  priority: <bdi>{priority}</bdi>,
                  reason: <bdi>{translateSlaTermsProblem(reason)}</bdi>,
                })}
              </span>
            </p>
          ))}
        </>
      );
  }
};

const TrackingOff: FC<{ configured: boolean }> = ({ configured }) => (
  <EmptyState icon="timer" title={translate('trackingOff')}>
    {configured
      ? translateWithElements('noPolicies', { key: <code>slaPolicyProvider</code> })
      : translateWithElements('noPolicyProvider', {
          key: <code>slaPolicyProvider</code>,
          command: <code>cairnloop gen sla</code>,
        })}
  </EmptyState>
);

const PolicyForm: FC<{ pageContext: WorkspacePageContext; policy: SlaPolicy; refused: RefusedSlaTerms | undefined }> = (
  props,
) => {
  const { pageContext, policy, refused } = props;
  const { responseMinutes, breachMinutes } = refused ?? policy;
  const describedBy = refused && 'refused-terms';
  return (
    <ActionForm
      pageContext={pageContext}
      action="/sla"
      class="policy"
      label={translate('policyFor', { priority: priorityName(policy.priority) })}
    >
      <h2>
        <bdi>{priorityName(policy.priority)}</bdi>
      </h2>
      <input type="hidden" name="priority" value={policy.priority} />
      <Minutes
        name="responseMinutes"
        label={translate(labels.response)}
        value={responseMinutes}
        describedBy={describedBy}
      />
      <Minutes name="breachMinutes" label={translate(labels.breach)} value={breachMinutes} describedBy={describedBy} />
      <Hours policy={policy} />
      <button type="submit" class="button">
        {translate('save')}
      </button>
      {refused ? (
        <p class="policy-refusal" id="refused-terms">
          <Icon name="triangle-alert" /> <bdi>{translateSlaTermsProblem(refused.reason)}</bdi>
        </p>
      ) : null}
    </ActionForm>
  );
};

/** An SLA policy as text, for a read-only provider. */
const PolicyText: FC<{ policy: SlaPolicy; refused: RefusedSlaTerms | undefined }> = ({ policy, refused }) => (
  <section class="policy" aria-label={translate('policyFor', { priority: priorityName(policy.priority) })}>
    <h2>
      <bdi>{priorityName(policy.priority)}</bdi>
    </h2>
    <p class="minutes">
      {translate(labels.response)}{' '}
      <span class="minutes-field">{translateCount('minutes', policy.responseMinutes)}</span>
    </p>
    <p class="minutes">
      {translate(labels.breach)} <span class="minutes-field">{translateCount('minutes', policy.breachMinutes)}</span>
    </p>
    <Hours policy={policy} />
    {refused ? (
      <p class="policy-refusal">
        {translate('termsNotSaved', { response: refused.responseMinutes, breach: refused.breachMinutes })}
      </p>
    ) : null}
  </section>
);

const labels = { response: 'replyDueAfter', breach: 'breachesAfter' } as const;

const Hours: FC<{ policy: SlaPolicy }> = ({ policy }) => (
  <p class="faint policy-hours">
    {policy.calendar
      ? translateWithElements('businessHours', { zone: <bdi>{policy.calendar.timeZone}</bdi> })
      : translate('everyMinute')}
  </p>
);

interface MinutesProps {
  name: string;
  label: string;
  value: number | string;
  /** The HTML id of the element with the error. */
  describedBy: string | undefined;
}

const Minutes: FC<MinutesProps> = ({ name, label, value, describedBy }) => (
  <label class="minutes">
    {label}
    <span class="minutes-field">
      <input
        type="number"
        name={name}
        value={value}
        min={1}
        step={1}
        required
        inputmode="numeric"
        aria-describedby={describedBy}
      />{' '}
      {translate('unitMinutes')}
    </span>
  </label>
);

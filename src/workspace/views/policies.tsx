import type { FC } from 'hono/jsx';
import type { SlaPolicy } from '../../contracts/sla-policy-provider.js';
import type { PolicyAnswer } from '../../sla/policies.js';
import type { Notice, PageContext } from '../page-context.js';
import { ActionForm, Empty, Icon } from './elements.js';
import { NoticeBox } from './page.js';

interface PoliciesProps {
  frame: PageContext;
  answer: PolicyAnswer;
  /** Whether the host has a provider at all. */
  configured: boolean;
  notice?: Notice | undefined;
  /** Terms that were not saved, as they were typed. */
  refused?: RefusedTerms | undefined;
  /** Whether the provider has just refused to change anything: then there is nothing to fill in. */
  readOnly: boolean;
}

export interface RefusedTerms {
  priority: string;
  responseMinutes: string;
  breachMinutes: string;
  reason: string;
}

/** The terms for new clocks, as the host's provider returns them now. */
export const PoliciesView: FC<PoliciesProps> = (props) => (
  <main class="sheet sheet-policies" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>SLA</h1>
      {props.answer.state === 'active' ? (
        <p class="faint">Terms apply to the clocks that start from now on; those that run keep theirs.</p>
      ) : null}
    </div>
    <NoticeBox notice={props.notice} />
    <Policies {...props} />
  </main>
);

const Policies: FC<PoliciesProps> = ({ frame, answer, configured, refused, readOnly }) => {
  switch (answer.state) {
    case 'off':
      return <TrackingOff configured={configured} />;
    case 'unavailable':
      return (
        <Empty icon="unplug" title="The policies cannot be read">
          No new clock starts meanwhile; everything else works on. The reason is in the log.
        </Empty>
      );
    case 'active':
      return (
        <>
          {answer.policies.map((policy) => {
            const own = refused?.priority === policy.priority ? refused : undefined;
            return readOnly ? (
              <PolicyText policy={policy} refused={own} />
            ) : (
              <PolicyForm frame={frame} policy={policy} refused={own} />
            );
          })}
          {answer.rejected.map(({ priority, reason }) => (
            <p class="notice notice-conflict">
              <Icon name="triangle-alert" />
              <span>
                The policy for <bdi>{priority}</bdi> is not used: <bdi>{reason}</bdi>
              </span>
            </p>
          ))}
        </>
      );
  }
};

const TrackingOff: FC<{ configured: boolean }> = ({ configured }) => (
  <Empty icon="timer" title="SLA tracking is off">
    {configured ? (
      <>
        The <code>slaPolicyProvider</code> answers no policies. No clock starts and nothing breaches; all other work
        goes on.
      </>
    ) : (
      <>
        No <code>slaPolicyProvider</code> is configured. Run <code>cairnloop gen sla</code> to write one; all other work
        goes on without.
      </>
    )}
  </Empty>
);

const PolicyForm: FC<{ frame: PageContext; policy: SlaPolicy; refused: RefusedTerms | undefined }> = (props) => {
  const { frame, policy, refused } = props;
  const { responseMinutes, breachMinutes } = refused ?? policy;
  const describedBy = refused && 'refused-terms';
  return (
    <ActionForm frame={frame} action="/sla" class="policy" label={`Policy for ${policy.priority}`}>
      <h2>
        <bdi>{policy.priority}</bdi>
      </h2>
      <input type="hidden" name="priority" value={policy.priority} />
      <Minutes name="responseMinutes" label={labels.response} value={responseMinutes} describedBy={describedBy} />
      <Minutes name="breachMinutes" label={labels.breach} value={breachMinutes} describedBy={describedBy} />
      <Hours policy={policy} />
      <button type="submit" class="button">
        Save
      </button>
      {refused ? (
        <p class="policy-refusal" id="refused-terms">
          <Icon name="triangle-alert" /> <bdi>{refused.reason}</bdi>
        </p>
      ) : null}
    </ActionForm>
  );
};

/** A policy that is kept where the workspace cannot change it. */
const PolicyText: FC<{ policy: SlaPolicy; refused: RefusedTerms | undefined }> = ({ policy, refused }) => (
  <section class="policy" aria-label={`Policy for ${policy.priority}`}>
    <h2>
      <bdi>{policy.priority}</bdi>
    </h2>
    <p class="minutes">
      {labels.response} <span class="minutes-field">{policy.responseMinutes} minutes</span>
    </p>
    <p class="minutes">
      {labels.breach} <span class="minutes-field">{policy.breachMinutes} minutes</span>
    </p>
    <Hours policy={policy} />
    {refused ? (
      <p class="policy-refusal">
        Not saved: reply due after {refused.responseMinutes} minutes, breaches after {refused.breachMinutes} minutes
      </p>
    ) : null}
  </section>
);

const labels = { response: 'Reply due after', breach: 'Breaches after' };

const Hours: FC<{ policy: SlaPolicy }> = ({ policy }) => (
  <p class="faint policy-hours">
    {policy.calendar ? (
      <>
        Business hours, <bdi>{policy.calendar.timeZone}</bdi>
      </>
    ) : (
      'Every minute counts'
    )}
  </p>
);

interface MinutesProps {
  name: string;
  label: string;
  value: number | string;
  /** What says why it was refused. */
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
      minutes
    </span>
  </label>
);

import { type CairnloopError, isCairnloopError } from '../../foundation/errors.js';
import { type PolicyAnswer, readPolicies } from '../../sla/policies.js';
import { validatePolicies } from '../../sla/validate-policies.js';
import { doneNotice } from '../done-notices.js';
import { type Handler, redirect, type Services, type WorkspaceContext } from '../handler.js';
import type { Notice } from '../page-context.js';
import { type Refusal, refusalOf } from '../refusals.js';
import { t } from '../translate.js';
import { Page } from '../views/page.js';
import { PoliciesView, type RefusedTerms } from '../views/policies.js';

export const policies: Handler = (c, services) =>
  policiesPage(c, services, { notice: doneNotice(c.req.query('done')), status: 200 });

/**
 * Passes new SLA terms to the host's provider. If the provider refuses them, nothing changes and the page shows why.
 */
export const setPolicy: Handler = async (c, services) => {
  const form = c.get('form');
  const typed = {
    priority: form.text('priority'),
    responseMinutes: form.text('responseMinutes'),
    breachMinutes: form.text('breachMinutes'),
  };
  const terms = { responseMinutes: Number(typed.responseMinutes), breachMinutes: Number(typed.breachMinutes) };
  try {
    await services.api.sla.setPolicy(typed.priority, terms, { actor: c.get('pageContext').operator });
    return redirect(c, '/sla', 'policy');
  } catch (error) {
    const refusal = refusalOf(error, services.runtime.log);
    if (!refusal) throw error;
    const { status, notice } = refusal;
    const rejected = rejectionIn(error);
    const refused = { ...typed, reason: rejected?.reason ?? notice.text ?? '' };
    // A provider that refuses valid terms is read-only.
    const possible = validatePolicies([{ ...terms, priority: typed.priority }]).rejected.length === 0;
    const readOnly = possible && rejected !== undefined && !rejected.unconfirmed;
    const told = rejected?.unconfirmed ? { ...notice, title: t('policyUnknown') } : notice;
    return policiesPage(c, services, { status, notice: told, refused, readOnly });
  }
};

function rejectionIn(error: unknown): CairnloopError<'SLA_POLICY_REJECTED'>['details'] | undefined {
  if (!isCairnloopError(error) || error.code !== 'SLA_POLICY_REJECTED') return undefined;
  return (error as CairnloopError<'SLA_POLICY_REJECTED'>).details;
}

interface PoliciesState {
  status: 200 | Refusal['status'];
  notice: Notice | undefined;
  refused?: RefusedTerms;
  readOnly?: boolean;
}

async function policiesPage(c: WorkspaceContext, { runtime }: Services, state: PoliciesState): Promise<Response> {
  const pageContext = { ...c.get('pageContext'), path: '/sla' };
  const answer = await readPolicies(runtime);
  return c.html(
    <Page pageContext={pageContext} title={t('viewSla')} view="sla">
      <PoliciesView
        pageContext={pageContext}
        answer={answer}
        configured={runtime.config.slaPolicyProvider !== undefined}
        notice={noticeOf(state, answer)}
        refused={state.refused}
        readOnly={state.readOnly ?? false}
      />
    </Page>,
    state.status,
  );
}

/** The notice above the page, for an error that no row of the table shows. */
function noticeOf({ notice, refused, readOnly }: PoliciesState, answer: PolicyAnswer): Notice | undefined {
  if (!notice || !refused) return notice;
  if (readOnly) return { ...notice, text: t('policyReadOnly', { reason: refused.reason }) };
  const shown = answer.state === 'active' && answer.policies.some(({ priority }) => priority === refused.priority);
  return shown ? { ...notice, text: t('policyTyped') } : notice;
}

import { type CairnloopError, isCairnloopError } from '../../foundation/errors.js';
import { readSlaPolicies, type SlaPoliciesResult } from '../../sla/policies.js';
import { validateSlaPolicies } from '../../sla/validate-policies.js';
import { successNotice } from '../done-notices.js';
import {
  redirectWithNotice,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import type { PageNotice } from '../page-context.js';
import { type ActionRefusal, toActionRefusal } from '../refusals.js';
import { translate } from '../translate.js';
import { WorkspacePage } from '../views/page.js';
import { type RefusedSlaTerms, SlaPoliciesView } from '../views/policies.js';

export const showSlaPolicies: WorkspaceHandler = (c, services) =>
  policiesPage(c, services, { notice: successNotice(c.req.query('done')), status: 200 });

/**
 * Passes new SLA terms to the host's provider. If the provider refuses them, nothing changes and the page shows why.
 */
export const setSlaPolicy: WorkspaceHandler = async (c, services) => {
  const form = c.get('form');
  const typed = {
    priority: form.text('priority'),
    responseMinutes: form.text('responseMinutes'),
    breachMinutes: form.text('breachMinutes'),
  };
  const terms = { responseMinutes: Number(typed.responseMinutes), breachMinutes: Number(typed.breachMinutes) };
  try {
    await services.api.sla.setPolicy(typed.priority, terms, { actor: c.get('pageContext').operator });
    return redirectWithNotice(c, '/sla', 'policy');
  } catch (error) {
    const refusal = toActionRefusal(error, services.runtime.log);
    if (!refusal) throw error;
    const { status, notice } = refusal;
    const rejected = rejectionIn(error);
    const refused = { ...typed, reason: rejected?.reason ?? notice.text ?? '' };
    // A provider that refuses valid terms is read-only.
    const possible = validateSlaPolicies([{ ...terms, priority: typed.priority }]).rejected.length === 0;
    const readOnly = possible && rejected !== undefined && !rejected.unconfirmed;
    const told = rejected?.unconfirmed ? { ...notice, title: translate('policyUnknown') } : notice;
    return policiesPage(c, services, { status, notice: told, refused, readOnly });
  }
};

function rejectionIn(error: unknown): CairnloopError<'SLA_POLICY_REJECTED'>['details'] | undefined {
  if (!isCairnloopError(error) || error.code !== 'SLA_POLICY_REJECTED') return undefined;
  return (error as CairnloopError<'SLA_POLICY_REJECTED'>).details;
}

interface PoliciesState {
  status: 200 | ActionRefusal['status'];
  notice: PageNotice | undefined;
  refused?: RefusedSlaTerms;
  readOnly?: boolean;
}

async function policiesPage(
  c: WorkspaceContext,
  { runtime }: WorkspaceServices,
  state: PoliciesState,
): Promise<Response> {
  const pageContext = { ...c.get('pageContext'), path: '/sla' };
  const answer = await readSlaPolicies(runtime);
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('viewSla')} view="sla">
      <SlaPoliciesView
        pageContext={pageContext}
        answer={answer}
        configured={runtime.config.slaPolicyProvider !== undefined}
        notice={noticeOf(state, answer)}
        refused={state.refused}
        readOnly={state.readOnly ?? false}
      />
    </WorkspacePage>,
    state.status,
  );
}

/** The notice above the page of SLA terms, for an error that no row of their table shows. */
function noticeOf({ notice, refused, readOnly }: PoliciesState, answer: SlaPoliciesResult): PageNotice | undefined {
  if (!notice || !refused) return notice;
  if (readOnly) return { ...notice, text: translate('policyReadOnly', { reason: refused.reason }) };
  const shown = answer.state === 'active' && answer.policies.some(({ priority }) => priority === refused.priority);
  return shown ? { ...notice, text: translate('policyTyped') } : notice;
}

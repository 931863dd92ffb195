import type { SlaPolicy } from '../../host/sla-policy-provider.js';
import { toStorableText } from '../../redact.js';
import { readPolicies } from '../../sla/policies.js';
import { doneNotice } from '../done-notices.js';
import type { Notice } from '../frame.js';
import { backPath, type Handler, param, redirect, type Services, type WorkspaceContext } from '../handler.js';
import { findAuditLines } from '../queries/audit-lines.js';
import { deliveryTabs, findDeliveries, findWorkerHealth } from '../queries/delivery-lines.js';
import { refusalOf } from '../refusals.js';
import { AuditView } from '../views/audit.js';
import { DeliveriesView } from '../views/deliveries.js';
import { Page } from '../views/page.js';
import { PoliciesView } from '../views/policies.js';

export const audit: Handler = async (c, { runtime }) => {
  const frame = c.get('frame');
  const asked = (name: string) => toStorableText((c.req.query(name) ?? '').slice(0, 1000)) || null;
  const filter = {
    conversation: asked('conversation'),
    action: asked('action'),
    actor: asked('actor'),
    cursor: asked('cursor'),
  };
  const page = await findAuditLines(runtime, filter);
  return c.html(
    <Page frame={frame} title="Audit" view="audit">
      <AuditView frame={frame} filter={filter} page={page} />
    </Page>,
  );
};

export const deliveries: Handler = (c, services) => deliveriesPage(c, services);

export const retryDelivery: Handler = (c, services) =>
  intervene(c, services, 'retried', (id, operator) => services.api.deliveries.retry(id, operator));

export const discardDelivery: Handler = (c, services) =>
  intervene(c, services, 'given_up', (id, operator) => services.api.deliveries.discard(id, operator));

async function intervene(
  c: WorkspaceContext,
  services: Services,
  done: string,
  work: (id: string, by: { actor: { id: string; name?: string } }) => Promise<unknown>,
): Promise<Response> {
  try {
    await work(param(c, 'id'), { actor: c.get('frame').operator });
    return redirect(c, backPath(c.get('form'), '/deliveries'), done);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return deliveriesPage(c, services, refusal.notice, refusal.status);
  }
}

async function deliveriesPage(
  c: WorkspaceContext,
  { runtime }: Services,
  notice?: Notice,
  status: 200 | 404 | 409 | 422 = 200,
): Promise<Response> {
  const frame = c.get('frame');
  const tab = deliveryTabs.find((known) => known === c.req.query('state')) ?? 'pending';
  const [page, health] = await Promise.all([
    findDeliveries(runtime, tab, c.req.query('cursor') || null),
    findWorkerHealth(runtime),
  ]);
  const told = notice ?? doneNotice(c.req.query('done'));
  return c.html(
    <Page frame={frame} title="Deliveries" view="deliveries">
      <DeliveriesView
        frame={frame}
        tab={tab}
        page={page}
        health={health}
        maxAttempts={runtime.config.worker.maxAttempts}
        notice={told}
      />
    </Page>,
    status,
  );
}

export const policies: Handler = (c, services) => policiesPage(c, services);

/** Hands new terms to the host's provider, which may refuse them: then nothing has changed, and the page says so. */
export const setPolicy: Handler = async (c, services) => {
  const form = c.get('form');
  const terms: Partial<SlaPolicy> = {
    responseMinutes: Number(form.text('responseMinutes')),
    breachMinutes: Number(form.text('breachMinutes')),
  };
  try {
    await services.api.sla.setPolicy(form.text('priority'), terms, { actor: c.get('frame').operator });
    return redirect(c, '/sla', 'policy');
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return policiesPage(c, services, refusal.notice, refusal.status);
  }
};

async function policiesPage(
  c: WorkspaceContext,
  { runtime }: Services,
  notice?: Notice,
  status: 200 | 404 | 409 | 422 = 200,
): Promise<Response> {
  const frame = c.get('frame');
  const answer = await readPolicies(runtime);
  const told = notice ?? doneNotice(c.req.query('done'));
  return c.html(
    <Page frame={frame} title="SLA" view="sla">
      <PoliciesView
        frame={frame}
        answer={answer}
        configured={runtime.config.slaPolicyProvider !== undefined}
        notice={told}
      />
    </Page>,
    status,
  );
}

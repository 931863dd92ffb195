import { toStorableText } from '../../foundation/redact.js';
import { doneNotice } from '../done-notices.js';
import { backPath, type Handler, param, redirect, type Services, type WorkspaceContext } from '../handler.js';
import { withKnownActors } from '../known-names.js';
import type { Notice } from '../page-context.js';
import { findAuditLines } from '../queries/audit-lines.js';
import { deliveryTabs, findDeliveries, findWorkerHealth } from '../queries/delivery-lines.js';
import { type Refusal, refusalOf } from '../refusals.js';
import { t } from '../translate.js';
import { AuditView } from '../views/audit.js';
import { DeliveriesView } from '../views/deliveries.js';
import { Page } from '../views/page.js';

export const audit: Handler = async (c, { runtime }) => {
  const pageContext = c.get('pageContext');
  const asked = (name: string) => toStorableText((c.req.query(name) ?? '').slice(0, 1000)) || null;
  const filter = {
    conversation: asked('conversation'),
    action: asked('action'),
    actor: asked('actor'),
    cursor: asked('cursor'),
  };
  const found = await findAuditLines(runtime, filter);
  const page = { ...found, lines: withKnownActors(found.lines, runtime.context) };
  return c.html(
    <Page pageContext={pageContext} title={t('viewAudit')} view="audit">
      <AuditView pageContext={pageContext} filter={filter} page={page} />
    </Page>,
  );
};

export const deliveries: Handler = (c, services) => deliveriesPage(c, services);

export const retryDelivery: Handler = (c, services) => {
  // Only the button that names the scheduled time sends this along.
  const releaseScheduled = c.get('form').text('release') === 'scheduled';
  return retryOrDiscard(c, services, releaseScheduled ? 'released' : 'retried', (id, operator) =>
    services.api.deliveries.retry(id, { ...operator, releaseScheduled }),
  );
};

export const discardDelivery: Handler = (c, services) =>
  retryOrDiscard(c, services, 'delivery-discarded', (id, operator) => services.api.deliveries.discard(id, operator));

async function retryOrDiscard(
  c: WorkspaceContext,
  services: Services,
  done: string,
  work: (id: string, by: { actor: { id: string; name?: string } }) => Promise<unknown>,
): Promise<Response> {
  try {
    await work(param(c, 'id'), { actor: c.get('pageContext').operator });
    return redirect(c, backPath(c.get('form'), '/deliveries'), done);
  } catch (error) {
    const refusal = refusalOf(error, services.runtime.log);
    if (!refusal) throw error;
    return deliveriesPage(c, services, refusal.notice, refusal.status);
  }
}

async function deliveriesPage(
  c: WorkspaceContext,
  { runtime }: Services,
  notice?: Notice,
  status: 200 | Refusal['status'] = 200,
): Promise<Response> {
  // Show a refusal on the form's page.
  const path = c.req.method === 'POST' ? backPath(c.get('form'), '/deliveries') : c.get('pageContext').path;
  const pageContext = { ...c.get('pageContext'), path };
  const query = new URLSearchParams(path.split('?')[1]);
  const tab = deliveryTabs.find((known) => known === query.get('state')) ?? 'pending';
  const [page, health] = await Promise.all([
    findDeliveries(runtime, tab, query.get('cursor') || null),
    findWorkerHealth(runtime),
  ]);
  const told = notice ?? doneNotice(c.req.query('done'));
  return c.html(
    <Page pageContext={pageContext} title={t('viewDeliveries')} view="deliveries">
      <DeliveriesView
        pageContext={pageContext}
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

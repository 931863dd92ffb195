import { toStorableText } from '../../foundation/redact.js';
import { successNotice } from '../done-notices.js';
import {
  pathParameter,
  readReturnPathFromForm,
  redirectWithNotice,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import { withActorNames } from '../known-names.js';
import type { PageNotice } from '../page-context.js';
import { findAuditLines } from '../queries/audit-lines.js';
import { deliveryTabs, findDeliveryPage, findWorkerHealth } from '../queries/delivery-lines.js';
import { type ActionRefusal, toActionRefusal } from '../refusals.js';
import { translate } from '../translate.js';
import { AuditView } from '../views/audit.js';
import { DeliveriesView } from '../views/deliveries.js';
import { WorkspacePage } from '../views/page.js';

export const showAudit: WorkspaceHandler = async (c, { runtime }) => {
  const pageContext = c.get('pageContext');
  const asked = (name: string) => toStorableText((c.req.query(name) ?? '').slice(0, 1000)) || null;
  const filter = {
    conversation: asked('conversation'),
    action: asked('action'),
    actor: asked('actor'),
    cursor: asked('cursor'),
  };
  const found = await findAuditLines(runtime, filter);
  const page = { ...found, lines: withActorNames(found.lines, runtime.context) };
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('viewAudit')} view="audit">
      <AuditView pageContext={pageContext} filter={filter} page={page} />
    </WorkspacePage>,
  );
};

export const showDeliveries: WorkspaceHandler = (c, services) => deliveriesPage(c, services);

export const retryDelivery: WorkspaceHandler = (c, services) => {
  // Only the button that names the scheduled time sends the field `release`.
  const releaseScheduled = c.get('form').text('release') === 'scheduled';
  return retryOrDiscard(c, services, releaseScheduled ? 'released' : 'retried', (id, operator) =>
    services.api.deliveries.retry(id, { ...operator, releaseScheduled }),
  );
};

export const discardDelivery: WorkspaceHandler = (c, services) =>
  retryOrDiscard(c, services, 'delivery-discarded', (id, operator) => services.api.deliveries.discard(id, operator));

async function retryOrDiscard(
  c: WorkspaceContext,
  services: WorkspaceServices,
  done: string,
  work: (id: string, by: { actor: { id: string; name?: string } }) => Promise<unknown>,
): Promise<Response> {
  try {
    await work(pathParameter(c, 'id'), { actor: c.get('pageContext').operator });
    return redirectWithNotice(c, readReturnPathFromForm(c.get('form'), '/deliveries'), done);
  } catch (error) {
    const refusal = toActionRefusal(error, services.runtime.log);
    if (!refusal) throw error;
    return deliveriesPage(c, services, refusal.notice, refusal.status);
  }
}

async function deliveriesPage(
  c: WorkspaceContext,
  { runtime }: WorkspaceServices,
  notice?: PageNotice,
  status: 200 | ActionRefusal['status'] = 200,
): Promise<Response> {
  // A refusal is shown on the page that the form was sent from.
  const path =
    c.req.method === 'POST' ? readReturnPathFromForm(c.get('form'), '/deliveries') : c.get('pageContext').path;
  const pageContext = { ...c.get('pageContext'), path };
  const query = new URLSearchParams(path.split('?')[1]);
  const tab = deliveryTabs.find((known) => known === query.get('state')) ?? 'pending';
  const [page, health] = await Promise.all([
    findDeliveryPage(runtime, tab, query.get('cursor') || null),
    findWorkerHealth(runtime),
  ]);
  const told = notice ?? successNotice(c.req.query('done'));
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('viewDeliveries')} view="deliveries">
      <DeliveriesView
        pageContext={pageContext}
        tab={tab}
        page={page}
        health={health}
        maxAttempts={runtime.config.worker.maxAttempts}
        notice={told}
      />
    </WorkspacePage>,
    status,
  );
}

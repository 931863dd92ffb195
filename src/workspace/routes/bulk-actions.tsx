import type { Actor } from '../../contracts/domain.js';
import { readDatabaseTime } from '../../db/database-time.js';
import { CairnloopError } from '../../foundation/errors.js';
import type { BulkActionKind } from '../bulk-action-kinds.js';
import {
  redirectWithNotice,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import { findBulkRecipients } from '../queries/recipients.js';
import { toActionRefusal } from '../refusals.js';
import { parseSnoozeEnd } from '../snooze-times.js';
import { parseTickedConversations, type TickedConversation } from '../ticked.js';
import { translate } from '../translate.js';
import type { BulkOutcome, BulkRecipient, PendingBulkAction } from '../views/bulk.js';
import { BulkActionResult, BulkActionView } from '../views/bulk-actions.js';
import { WorkspacePage } from '../views/page.js';
import { bulkActionPageContext } from './bulk-page-context.js';
import { createBulkConversationResolver } from './bulk-resolve.js';
import { parseTags } from './triage.js';

/** Maximum number of conversations in one bulk action; a page of the queue lists fewer. */
const maxAtOnce = 200;

/** How many conversations are changed in parallel, so that one slow row does not hold up the rest. */
const atOnce = 5;

/** Renders the confirmation page of a bulk action, with its conversations. Changes nothing. */
export const showBulkActionForm =
  (kind: BulkActionKind): WorkspaceHandler =>
  async (c, services) => {
    const ticked = parseTickedConversations(c.req.queries('id') ?? []);
    return ticked.length === 0 ? nobodyChosen(c) : confirmPage(c, services, { kind, ticked, refusal: null });
  };

export const performBulkAction =
  (kind: BulkActionKind): WorkspaceHandler =>
  async (c, services) => {
    const form = c.get('form');
    const chosen = { kind, ticked: parseTickedConversations(form.all('id')) };
    const total = chosen.ticked.length;
    if (total === 0) return nobodyChosen(c);
    try {
      if (total > maxAtOnce) throw new CairnloopError('BATCH_TOO_LARGE', { found: total, max: maxAtOnce });
      const act = await actOf[kind](c, services, total);
      const outcomes = await performAll(services, chosen, act);
      const pageContext = bulkActionPageContext(c);
      return c.html(
        <WorkspacePage pageContext={pageContext} title={translate('done')} view="inbox">
          <BulkActionResult pageContext={pageContext} kind={kind} outcomes={outcomes} />
        </WorkspacePage>,
      );
    } catch (error) {
      const refusal = toActionRefusal(error);
      if (!refusal) throw error;
      return confirmPage(c, services, { ...chosen, refusal: refusal.notice.text ?? refusal.notice.title }, 422);
    }
  };

interface Chosen {
  kind: BulkActionKind;
  ticked: TickedConversation[];
}

async function confirmPage(
  c: WorkspaceContext,
  { runtime, team }: WorkspaceServices,
  chosen: Chosen & { refusal: string | null },
  status: 200 | 422 = 200,
): Promise<Response> {
  const pageContext = bulkActionPageContext(c);
  const shown = chosen.ticked.slice(0, maxAtOnce);
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('bulkChange')} view="inbox">
      <BulkActionView
        pageContext={pageContext}
        {...chosen}
        ticked={shown}
        recipients={await findBulkRecipients(runtime, shown)}
        team={team.members()}
      />
    </WorkspacePage>,
    status,
  );
}

function nobodyChosen(c: WorkspaceContext): Response {
  return redirectWithNotice(c, `/${bulkActionPageContext(c).queue}`, 'none-chosen');
}

/** Changes one conversation. Returns the pending action if the change is delayed, so that it can be taken back. */
type Act = (recipient: BulkRecipient) => Promise<PendingBulkAction | undefined>;

const atOnceDone = (work: Promise<unknown>): Promise<undefined> => work.then(() => undefined);

/** The change of each bulk action; a missing form field is refused before the first conversation is changed. */
const actOf: Record<
  BulkActionKind,
  (c: WorkspaceContext, services: WorkspaceServices, total: number) => Act | Promise<Act>
> = {
  resolve: (c, services, total) => {
    const resolve = createBulkConversationResolver(c, services, total);
    return (recipient) => {
      refuseUnread(recipient);
      return resolve(recipient);
    };
  },
  tag: (c, { api }) => {
    const [addTags, { operator: actor }] = [parseTags(c.get('form').text('tags')), c.get('pageContext')];
    if (addTags.length === 0) throw missing('tags', 'at least one tag');
    return ({ id }) => atOnceDone(api.conversations.update(id, { addTags, actor }));
  },
  assign: (c, { api, team }) => {
    const [to, { operator: actor }] = [c.get('form').text('to'), c.get('pageContext')];
    const assignee: Actor | null | undefined = to === '' ? null : team.members().find(({ id }) => id === to);
    if (assignee === undefined) throw missing('owner', 'an operator from the list');
    return ({ id, owner }) =>
      atOnceDone(api.conversations.update(id, { assignee, actor, lastSeenAssigneeId: owner?.id ?? null }));
  },
  snooze: async (c, { api, runtime }) => {
    const [form, { operator: actor }] = [c.get('form'), c.get('pageContext')];
    const until = parseSnoozeEnd(
      { span: form.text('span'), until: form.text('until') },
      await readDatabaseTime(runtime.db),
    );
    if (!until) throw missing('until', 'a time in the future');
    return ({ id }) => atOnceDone(api.conversations.snooze(id, { until, actor }));
  },
};

const missing = (path: string, expected: string) =>
  new CairnloopError('INPUT_INVALID', {
    operation: 'conversations.update',
    problems: [{ path, expected, found: 'none' }],
  });

/**
 * Refuses to resolve a conversation in which the customer wrote after the queue was shown: the operator has not read
 * it.
 */
function refuseUnread({ hasNews, unanswered, status }: BulkRecipient): void {
  if (status === 'resolved') throw new Refused(translate('bulkResolvedAlready'));
  if (hasNews && unanswered) throw new Refused(translate('bulkUnread'));
}

class Refused extends Error {}

async function performAll(services: WorkspaceServices, { ticked }: Chosen, act: Act): Promise<BulkOutcome[]> {
  const recipients = await findBulkRecipients(services.runtime, ticked);
  const outcomes: BulkOutcome[] = [];
  for (let from = 0; from < recipients.length; from += atOnce) {
    const some = recipients.slice(from, from + atOnce);
    outcomes.push(...(await Promise.all(some.map((recipient) => outcomeOf(recipient, () => act(recipient))))));
  }
  return outcomes;
}

/** Returns the outcome for one conversation; a failure is listed and does not stop the other changes. */
async function outcomeOf(recipient: BulkRecipient, work: () => ReturnType<Act>): Promise<BulkOutcome> {
  try {
    const pending = await work();
    return { recipient, failure: null, ...(pending && { pending }) };
  } catch (error) {
    if (error instanceof Refused) return { recipient, failure: error.message };
    const refusal = toActionRefusal(error);
    if (!refusal) throw error;
    return { recipient, failure: refusal.notice.title };
  }
}

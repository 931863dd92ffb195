import type { Actor } from '../../contracts/domain.js';
import { isTime } from '../../db/cursor.js';
import { databaseTime } from '../../db/database-time.js';
import { CairnloopError } from '../../foundation/errors.js';
import type { BulkKind } from '../bulk-kinds.js';
import { type Handler, queueViewOf, redirect, type Services, type WorkspaceContext } from '../handler.js';
import type { PageContext } from '../page-context.js';
import { findRecipients } from '../queries/recipients.js';
import { queueQuery } from '../queue-filters.js';
import { refusalOf } from '../refusals.js';
import { snoozeEnd } from '../snooze-times.js';
import type { BulkOutcome, Recipient } from '../views/bulk.js';
import { BulkActionResult, BulkActionView } from '../views/bulk-actions.js';
import { Page } from '../views/page.js';
import { tagsIn } from './triage.js';

/** More than a page of the queue can tick. */
const maxAtOnce = 200;

/** So many are changed side by side, so that one slow row does not hold up the rest. */
const atOnce = 5;

/** Shows what is about to be done to which conversations, and changes nothing. */
export const bulkActionForm =
  (kind: BulkKind): Handler =>
  async (c, services) => {
    const ids = unique(c.req.queries('id') ?? []);
    return ids.length === 0
      ? nobodyChosen(c)
      : confirmPage(c, services, { kind, ids, at: c.req.query('at') ?? '', refusal: null });
  };

export const bulkAction =
  (kind: BulkKind): Handler =>
  async (c, services) => {
    const form = c.get('form');
    const chosen = { kind, ids: unique(form.all('id')), at: form.text('at') };
    if (chosen.ids.length === 0) return nobodyChosen(c);
    try {
      if (chosen.ids.length > maxAtOnce)
        throw new CairnloopError('BATCH_TOO_LARGE', { found: chosen.ids.length, max: maxAtOnce });
      const act = await actOf[kind](c, services);
      const outcomes = await performAll(services, chosen, act);
      const frame = selectingFrame(c);
      return c.html(
        <Page frame={frame} title="Done" view="inbox">
          <BulkActionResult frame={frame} kind={kind} outcomes={outcomes} />
        </Page>,
      );
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return confirmPage(c, services, { ...chosen, refusal: refusal.notice.text ?? refusal.notice.title }, 422);
    }
  };

interface Chosen {
  kind: BulkKind;
  ids: string[];
  /** When the queue was read that they were ticked in. */
  at: string;
}

const unique = (ids: string[]) => [...new Set(ids)];

async function confirmPage(
  c: WorkspaceContext,
  { runtime, team }: Services,
  chosen: Chosen & { refusal: string | null },
  status: 200 | 422 = 200,
): Promise<Response> {
  const frame = selectingFrame(c);
  const shown = chosen.ids.slice(0, maxAtOnce);
  return c.html(
    <Page frame={frame} title="Change several" view="inbox">
      <BulkActionView
        frame={frame}
        {...chosen}
        ids={shown}
        recipients={await findRecipients(runtime, shown)}
        team={team.members()}
      />
    </Page>,
    status,
  );
}

/** The queue that they were ticked in comes back as it was. */
function selectingFrame(c: WorkspaceContext): PageContext {
  const frame = c.get('frame');
  const queue = queueQuery({ ...queueViewOf(c), selecting: true });
  return { ...frame, queue, path: c.req.method === 'POST' ? `/${queue}` : frame.path };
}

function nobodyChosen(c: WorkspaceContext): Response {
  return redirect(c, `/${selectingFrame(c).queue}`, 'none-chosen');
}

type Act = (recipient: Recipient, at: string) => Promise<unknown>;

/** What is done to each; what the form lacks for it is refused before the first one. */
const actOf: Record<BulkKind, (c: WorkspaceContext, services: Services) => Act | Promise<Act>> = {
  resolve: (c, { api }) => {
    const resolvedBy = c.get('frame').operator;
    return async (recipient, at) => {
      refuseUnread(recipient, at);
      await api.conversations.resolve(recipient.id, { resolvedBy });
    };
  },
  tag: (c, { api }) => {
    const [addTags, { operator: actor }] = [tagsIn(c.get('form').text('tags')), c.get('frame')];
    if (addTags.length === 0) throw missing('tags', 'one tag at least');
    return ({ id }) => api.conversations.update(id, { addTags, actor });
  },
  assign: (c, { api, team }) => {
    const [to, { operator: actor }] = [c.get('form').text('to'), c.get('frame')];
    const assignee: Actor | null | undefined = to === '' ? null : team.members().find(({ id }) => id === to);
    if (assignee === undefined) throw missing('owner', 'an operator from the list');
    return ({ id, owner }) => api.conversations.update(id, { assignee, actor, lastSeenAssigneeId: owner?.id ?? null });
  },
  snooze: async (c, { api, runtime }) => {
    const [form, { operator: actor }] = [c.get('form'), c.get('frame')];
    const until = snoozeEnd({ span: form.text('span'), until: form.text('until') }, await databaseTime(runtime.db));
    if (!until) throw missing('until', 'a time to come');
    return ({ id }) => api.conversations.snooze(id, { until, actor });
  },
};

const missing = (path: string, expected: string) =>
  new CairnloopError('INPUT_INVALID', {
    operation: 'conversations.update',
    problems: [{ path, expected, found: 'none' }],
  });

/** Nobody resolves what they have not read: a customer may have written since the queue was on screen. */
function refuseUnread({ lastMessageAt, unanswered, status }: Recipient, at: string): void {
  if (status === 'resolved') throw new Refused('It was resolved already.');
  const isNewer = isTime(at) && lastMessageAt !== undefined && lastMessageAt > new Date(at);
  if (isNewer && unanswered) throw new Refused('The customer has written since you chose it.');
}

class Refused extends Error {}

async function performAll(services: Services, { ids, at }: Chosen, act: Act): Promise<BulkOutcome[]> {
  const recipients = await findRecipients(services.runtime, ids);
  const outcomes: BulkOutcome[] = [];
  for (let from = 0; from < recipients.length; from += atOnce) {
    const some = recipients.slice(from, from + atOnce);
    outcomes.push(...(await Promise.all(some.map((recipient) => outcomeOf(recipient, () => act(recipient, at))))));
  }
  return outcomes;
}

/** A failure is listed and does not stop the others. */
async function outcomeOf(recipient: Recipient, work: () => Promise<unknown>): Promise<BulkOutcome> {
  try {
    await work();
    return { recipient, failure: null };
  } catch (error) {
    if (error instanceof Refused) return { recipient, failure: error.message };
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return { recipient, failure: refusal.notice.title };
  }
}

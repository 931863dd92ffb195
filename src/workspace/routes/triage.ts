import type { Actor } from '../../contracts/domain.js';
import { requireConversationWithoutMessages } from '../../conversations/find.js';
import { readDatabaseTime } from '../../db/database-time.js';
import { CairnloopError } from '../../foundation/errors.js';
import { pathParameter, type WorkspaceContext, type WorkspaceHandler, type WorkspaceServices } from '../handler.js';
import { findThreadDetails } from '../queries/thread.js';
import { parseSnoozeEnd } from '../snooze-times.js';
import { actorsOfThread, listPossibleOwners } from '../team.js';
import { redirectOrShowError } from './conversation-actions.js';

/**
 * Assigns or unassigns a conversation. The form names the owner that the page showed, so that a change made meanwhile
 * is detected.
 */
export const assignConversation: WorkspaceHandler = (c, services) => {
  const id = pathParameter(c, 'id');
  return change(c, services, id, async () => {
    const form = c.get('form');
    const { operator } = c.get('pageContext');
    const assignee = await ownerNamed(services, c, id, form.text('to'));
    const was = form.all('was').length > 0 ? { lastSeenAssigneeId: form.text('was') || null } : {};
    await services.api.conversations.update(id, { assignee, actor: operator, ...was });
    if (!assignee) return 'unassigned';
    return assignee.id === operator.id ? 'taken' : 'given';
  });
};

/**
 * Runs a change of a conversation. Its existence is checked first, because field errors are shown on the conversation's
 * page.
 */
function change(
  c: WorkspaceContext,
  services: WorkspaceServices,
  id: string,
  work: () => Promise<string>,
): Promise<Response> {
  return redirectOrShowError(c, services, id, {}, async () => {
    await requireConversationWithoutMessages(services.runtime.db, id);
    return work();
  });
}

/**
 * Finds the chosen owner among the possible ones: with an unknown owner the conversation would be in nobody's queue.
 */
async function ownerNamed(
  services: WorkspaceServices,
  c: WorkspaceContext,
  id: string,
  to: string,
): Promise<Actor | null> {
  const { operator } = c.get('pageContext');
  if (to === '') return null;
  if (to === operator.id) return operator;
  const thread = await findThreadDetails(services.runtime, id);
  const known = thread ? listPossibleOwners(services.team, actorsOfThread(thread), thread.conversation.actorId) : [];
  const owner = known.find((one) => one.id === to);
  if (owner) return owner;
  throw new CairnloopError('INPUT_INVALID', {
    operation: 'conversations.update',
    problems: [{ path: 'owner', expected: 'an operator from the list', found: 'somebody who is not in the list' }],
  });
}

export const snoozeConversation: WorkspaceHandler = (c, services) => {
  const id = pathParameter(c, 'id');
  return change(c, services, id, async () => {
    const form = c.get('form');
    const now = await readDatabaseTime(services.runtime.db);
    const until = parseSnoozeEnd({ span: form.text('span'), until: form.text('until') }, now);
    if (until === undefined) throw noTime();
    await services.api.conversations.snooze(id, { until, actor: c.get('pageContext').operator });
    return until ? 'snoozed' : 'woken';
  });
};

const noTime = () =>
  new CairnloopError('INPUT_INVALID', {
    operation: 'conversations.snooze',
    problems: [{ path: 'until', expected: 'a time in the future', found: 'none' }],
  });

/** Adds the comma-separated tags of the form, or removes the tag whose button was pressed. */
export const changeTags: WorkspaceHandler = (c, services) => {
  const id = pathParameter(c, 'id');
  return change(c, services, id, async () => {
    const form = c.get('form');
    const [addTags, removeTags] = [parseTags(form.text('add')), form.all('remove')];
    const change = { ...(addTags.length > 0 && { addTags }), ...(removeTags.length > 0 && { removeTags }) };
    await services.api.conversations.update(id, { ...change, actor: c.get('pageContext').operator });
    return 'tagged';
  });
};

export const parseTags = (text: string) => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

export const changePriority: WorkspaceHandler = (c, services) => {
  const id = pathParameter(c, 'id');
  return change(c, services, id, async () => {
    const priority = c.get('form').text('priority');
    await services.api.conversations.update(id, { priority, actor: c.get('pageContext').operator });
    return 'priority';
  });
};

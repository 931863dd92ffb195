import type { Draft } from '../../domain.js';
import { findDraft } from '../../drafts/find.js';
import { CairnloopError } from '../../errors.js';
import { createComparer } from '../diff-words.js';
import { type Handler, param, type Services, type WorkspaceContext } from '../handler.js';
import { Diff } from '../views/diff.js';
import { findCollision } from './collision.js';
import { conversationPage, type ThreadState } from './conversation.js';
import { answer } from './conversation-actions.js';

export const approve: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  const collision = await unread(c, services, draft);
  if (collision) return conversationPage(c, services, draft.conversationId, collision);
  return answer(c, services, draft.conversationId, {}, async () => {
    await services.api.drafts.approve(draft.id, { actor: c.get('frame').operator });
    return 'approved';
  });
};

/** Sends the operator's version. Refused, it stays in the composer: the draft it belonged to may be gone. */
export const edit: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  const content = c.get('form').text('content');
  const kept = { composing: { mode: 'reply', content, draftId: draft.id } as const };
  const collision = await unread(c, services, draft);
  if (collision) return conversationPage(c, services, draft.conversationId, { ...collision, ...kept });
  return answer(c, services, draft.conversationId, kept, async () => {
    await services.api.drafts.edit(draft.id, { content, actor: c.get('frame').operator });
    return 'edited';
  });
};

export const discard: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  return answer(c, services, draft.conversationId, {}, async () => {
    await services.api.drafts.discard(draft.id, { actor: c.get('frame').operator });
    return 'discarded';
  });
};

/** What an operator has changed so far: a part of the page for its script, the whole page without one. */
export const preview: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  const content = c.get('form').text('content');
  if (c.req.query('part') === 'diff')
    return c.html(<Diff changes={createComparer().compare(draft.content, content)} />);
  return conversationPage(c, services, draft.conversationId, { editing: { draftId: draft.id, content } });
};

/** What the sender has not read yet; of a draft that was dealt with meanwhile its own refusal says more. */
async function unread(c: WorkspaceContext, services: Services, draft: Draft): Promise<ThreadState | null> {
  return draft.status === 'pending' ? findCollision(c, services, draft.conversationId) : null;
}

async function draftOf({ runtime }: Services, id: string) {
  const draft = await findDraft(runtime.db, id);
  if (!draft) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  return draft;
}

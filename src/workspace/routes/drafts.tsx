import type { Draft } from '../../contracts/domain.js';
import { findDraft } from '../../drafts/find.js';
import { CairnloopError } from '../../foundation/errors.js';
import { type Handler, param, type Services } from '../handler.js';
import { Diff } from '../views/diff.js';
import { createTextComparer } from '../word-diff.js';
import { conversationPage } from './conversation.js';
import { newestSeenMessage, redirectOrExplain, resolveNow } from './conversation-actions.js';
import { scheduleOrRun } from './schedule-or-run.js';

export const approve: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  return redirectOrExplain(c, services, draft.conversationId, {}, async () => {
    const actor = c.get('pageContext').operator;
    return scheduleOrRun(
      c,
      services,
      { ...about(draft), kind: 'approve', content: null, lastSeen: newestSeenMessage(c) },
      async () => {
        await services.api.drafts.approve(draft.id, { actor, lastSeenMessageId: newestSeenMessage(c) });
        return 'approved';
      },
    );
  });
};

/**
 * Sends the operator's edited version of a draft. If it is refused, the text stays in the composer, because the draft
 * may be gone.
 */
export const edit: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  const content = c.get('form').text('content');
  const kept = { composing: { mode: 'reply', content, draftId: draft.id } as const };
  return redirectOrExplain(c, services, draft.conversationId, kept, async () => {
    const actor = c.get('pageContext').operator;
    const thenResolve = c.get('form').text('also') === 'resolve';
    const asked = { ...about(draft), kind: 'edit', content, thenResolve, lastSeen: newestSeenMessage(c) } as const;
    return scheduleOrRun(c, services, asked, async () => {
      await services.api.drafts.edit(draft.id, { content, actor, lastSeenMessageId: newestSeenMessage(c) });
      return thenResolve ? resolveNow(c, services, draft.conversationId) : 'edited';
    });
  });
};

export const discard: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  return redirectOrExplain(c, services, draft.conversationId, {}, async () => {
    await services.api.drafts.discard(draft.id, { actor: c.get('pageContext').operator });
    return 'discarded';
  });
};

/** Renders the diff of an edit in progress: as a fragment for the page's script, else as the whole page. */
export const preview: Handler = async (c, services) => {
  const draft = await draftOf(services, param(c, 'id'));
  const content = c.get('form').text('content');
  if (c.req.query('part') === 'diff')
    return c.html(<Diff changes={createTextComparer().compare(draft.content, content)} />);
  return conversationPage(c, services, draft.conversationId, { editing: { draftId: draft.id, content } });
};

/** Every approval of a draft has the same dedupe key, so that it is sent once. */
const about = ({ id, conversationId }: Draft) => ({ conversationId, draftId: id, dedupeKey: `draft:${id}` });

async function draftOf({ runtime }: Services, id: string) {
  const draft = await findDraft(runtime.db, id);
  if (!draft) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  return draft;
}

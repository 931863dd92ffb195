import type { Draft } from '../../contracts/domain.js';
import { findDraft } from '../../drafts/find.js';
import { CairnloopError } from '../../foundation/errors.js';
import { pathParameter, type WorkspaceHandler, type WorkspaceServices } from '../handler.js';
import { TextDiff } from '../views/diff.js';
import { createTextComparer } from '../word-diff.js';
import { renderConversationPage } from './conversation.js';
import { newestSeenMessageId, redirectOrShowError, resolveConversationNow } from './conversation-actions.js';
import { scheduleOrRunAction } from './schedule-or-run.js';

export const approveDraft: WorkspaceHandler = async (c, services) => {
  const draft = await draftOf(services, pathParameter(c, 'id'));
  return redirectOrShowError(c, services, draft.conversationId, {}, async () => {
    const actor = c.get('pageContext').operator;
    return scheduleOrRunAction(
      c,
      services,
      { ...about(draft), kind: 'approve', content: null, lastSeen: newestSeenMessageId(c) },
      async () => {
        await services.api.drafts.approve(draft.id, { actor, lastSeenMessageId: newestSeenMessageId(c) });
        return 'approved';
      },
    );
  });
};

/**
 * Sends the operator's edited version of a draft. If it is refused, the text stays in the composer, because the draft
 * may be gone.
 */
export const sendEditedDraft: WorkspaceHandler = async (c, services) => {
  const draft = await draftOf(services, pathParameter(c, 'id'));
  const content = c.get('form').text('content');
  const kept = { composing: { mode: 'reply', content, draftId: draft.id } as const };
  return redirectOrShowError(c, services, draft.conversationId, kept, async () => {
    const actor = c.get('pageContext').operator;
    const thenResolve = c.get('form').text('also') === 'resolve';
    const asked = { ...about(draft), kind: 'edit', content, thenResolve, lastSeen: newestSeenMessageId(c) } as const;
    return scheduleOrRunAction(c, services, asked, async () => {
      await services.api.drafts.edit(draft.id, { content, actor, lastSeenMessageId: newestSeenMessageId(c) });
      return thenResolve ? resolveConversationNow(c, services, draft.conversationId) : 'edited';
    });
  });
};

export const discardDraft: WorkspaceHandler = async (c, services) => {
  const draft = await draftOf(services, pathParameter(c, 'id'));
  return redirectOrShowError(c, services, draft.conversationId, {}, async () => {
    await services.api.drafts.discard(draft.id, { actor: c.get('pageContext').operator });
    return 'discarded';
  });
};

/** Renders the diff of an edit in progress: as a fragment for the page's script, else as the whole page. */
export const previewDraftEdit: WorkspaceHandler = async (c, services) => {
  const draft = await draftOf(services, pathParameter(c, 'id'));
  const content = c.get('form').text('content');
  if (c.req.query('part') === 'diff')
    return c.html(<TextDiff changes={createTextComparer().compare(draft.content, content)} />);
  return renderConversationPage(c, services, draft.conversationId, { editing: { draftId: draft.id, content } });
};

/** Every approval of a draft has the same dedupe key, so that it is sent once. */
const about = ({ id, conversationId }: Draft) => ({ conversationId, draftId: id, dedupeKey: `draft:${id}` });

async function draftOf({ runtime }: WorkspaceServices, id: string) {
  const draft = await findDraft(runtime.db, id);
  if (!draft) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  return draft;
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isCallOwed } from '../../deliveries/announced-modules.js';
import { CairnloopError } from '../../foundation/errors.js';
import { messageContentSchema as contentInput, parseInput } from '../../validation/input.js';
import { dedupeKeyOfForm } from '../form-dedupe-key.js';
import {
  redirectWithNotice,
  type WorkspaceContext,
  type WorkspaceHandler,
  type WorkspaceServices,
} from '../handler.js';
import { findBulkRecipients } from '../queries/recipients.js';
import { type ActionRefusal, toActionRefusal } from '../refusals.js';
import { parseTickedConversations, toTickedConversations } from '../ticked.js';
import { translate } from '../translate.js';
import { BulkFollowUpResultView, BulkFollowUpView, type BulkOutcome } from '../views/bulk.js';
import { WorkspacePage } from '../views/page.js';
import { bulkActionPageContext } from './bulk-page-context.js';
import { followUpTemplateId } from './conversation-actions.js';

/** Renders the form for a follow-up to the conversations ticked in the queue. */
export const showBulkFollowUpForm: WorkspaceHandler = (c, services) =>
  bulkPage(c, services, { ids: idsOf(c.req.queries('id') ?? []), content: '', nonce: randomUUID(), preview: false });

/** Renders the preview of a bulk follow-up with its exact text, or the refusal that sending would meet. */
export const previewBulkFollowUp: WorkspaceHandler = (c, services) => {
  const bulk = posted(c);
  const refusal = refusedFor(() => parseInput('outbound.bulkTrigger', textInput, { content: bulk.content }));
  return bulkPage(c, services, { ...bulk, preview: !refusal, refusal });
};

const textInput = z.object({ content: contentInput });

/** Returns from the preview of a bulk follow-up to the form with its text. */
export const editBulkFollowUp: WorkspaceHandler = (c, services) =>
  bulkPage(c, services, { ...posted(c), preview: false });

export const sendBulkFollowUp: WorkspaceHandler = async (c, services) => {
  const bulk = posted(c);
  const { ids, content } = bulk;
  if (ids.length === 0) return chooseAgain(c);
  const pageContext = bulkActionPageContext(c);
  try {
    const { envelope, results } = await services.api.outbound.bulkTrigger(ids, {
      templateId: followUpTemplateId,
      content,
      dedupeKey: dedupeKeyOfForm(c, 'bulk', content),
      actor: pageContext.operator,
    });
    const recipients = new Map(
      (await findBulkRecipients(services.runtime, toTickedConversations(ids))).map((one) => [one.id, one]),
    );
    const outcomes: BulkOutcome[] = results.map((result) => ({
      recipient: recipients.get(result.conversationId) ?? { id: result.conversationId, customer: null, subject: null },
      failure: result.ok ? null : failureOf(result),
    }));
    return c.html(
      <WorkspacePage pageContext={pageContext} title={translate('modeFollowUp')} view="inbox">
        <BulkFollowUpResultView pageContext={pageContext} outcomes={outcomes} content={envelope.content} />
      </WorkspacePage>,
    );
  } catch (error) {
    const refusal = toActionRefusal(error, services.runtime.log);
    if (!refusal) throw error;
    return bulkPage(c, services, { ...bulk, preview: false, refusal });
  }
};

/** Why one recipient was refused, mostly because the conversation does not exist. */
function failureOf({ conversationId, error }: { conversationId: string; error: CairnloopError }): string {
  if (error.code === 'CONVERSATION_NOT_FOUND') return translate('noConversationWithId', { id: conversationId });
  return toActionRefusal(error)?.notice.title ?? translate('refusedInput');
}

interface Bulk {
  ids: string[];
  content: string;
  /** Every step of the form carries this nonce, so that submitting it twice sends the follow-up once. */
  nonce: string;
  preview: boolean;
  refusal?: ActionRefusal | undefined;
}

function posted(c: WorkspaceContext): Omit<Bulk, 'preview'> {
  const form = c.get('form');
  return { ids: idsOf(form.all('id')), content: form.text('content'), nonce: form.text('nonce') };
}

const idsOf = (values: string[]) => parseTickedConversations(values).map(({ id }) => id);

/** Maximum number of recipients shown. A page of the queue lists fewer; a crafted request could name more. */
const maxShown = 500;

async function bulkPage(c: WorkspaceContext, services: WorkspaceServices, bulk: Bulk): Promise<Response> {
  if (bulk.ids.length === 0) return chooseAgain(c);
  const pageContext = bulkActionPageContext(c);
  const { config, db } = services.runtime;
  const possible = await isCallOwed(config, db, 'notifier');
  const ids = bulk.ids.slice(0, maxShown);
  const refusal = foreseen(services, bulk.ids.length, possible) ?? bulk.refusal;
  return c.html(
    <WorkspacePage pageContext={pageContext} title={translate('modeFollowUp')} view="inbox">
      <BulkFollowUpView
        pageContext={pageContext}
        ids={ids}
        recipients={await findBulkRecipients(services.runtime, toTickedConversations(ids))}
        max={config.outbound.maxBatchSize}
        content={bulk.content}
        nonce={bulk.nonce}
        refusal={refusal?.notice.text ?? null}
        preview={bulk.preview && !refusal}
        possible={possible}
      />
    </WorkspacePage>,
    refusal?.status ?? 200,
  );
}

/** Redirects to the queue if no conversation is chosen. */
function chooseAgain(c: WorkspaceContext): Response {
  return redirectWithNotice(c, `/${bulkActionPageContext(c).queue}`, 'none-chosen');
}

/** The refusal that sending would meet, so that the operator sees it before writing. */
function foreseen({ runtime }: WorkspaceServices, found: number, possible: boolean): ActionRefusal | undefined {
  const max = runtime.config.outbound.maxBatchSize;
  return refusedFor(() => {
    if (!possible) throw new CairnloopError('NOTIFIER_REQUIRED', { operation: 'A bulk follow-up' });
    if (found > max) throw new CairnloopError('BATCH_TOO_LARGE', { found, max });
  });
}

function refusedFor(work: () => unknown): ActionRefusal | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const refusal = toActionRefusal(error);
    if (!refusal) throw error;
    return refusal;
  }
}

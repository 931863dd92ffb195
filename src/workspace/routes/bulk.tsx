import { randomUUID } from 'node:crypto';
import { CairnloopError, isCairnloopError } from '../../errors.js';
import type { Handler, Services, WorkspaceContext } from '../handler.js';
import { onceKey } from '../once-key.js';
import { findRecipients } from '../queries/recipients.js';
import { refusalOf } from '../refusals.js';
import { type BulkOutcome, BulkResultView, BulkView } from '../views/bulk.js';
import { Page } from '../views/page.js';
import { followUpTemplate } from './conversation-actions.js';

/** Where the text is written, for the conversations ticked in the queue. */
export const bulkForm: Handler = (c, services) =>
  bulkPage(c, services, { ids: c.req.queries('id') ?? [], content: '', nonce: randomUUID(), preview: false });

/** The exact text once more, before it goes out. Nothing is sent by this. */
export const bulkPreview: Handler = (c, services) =>
  bulkPage(c, services, { ...posted(c), preview: posted(c).content.trim() !== '' });

/** Back from the preview to the text. */
export const bulkEdit: Handler = (c, services) => bulkPage(c, services, { ...posted(c), preview: false });

export const bulkSend: Handler = async (c, services) => {
  const { ids, content, nonce } = posted(c);
  const frame = c.get('frame');
  try {
    const { envelope, results } = await services.api.outbound.bulkTrigger(ids, {
      templateId: followUpTemplate,
      content,
      dedupeKey: onceKey(c, 'bulk', content),
      actor: frame.operator,
    });
    const recipients = new Map((await findRecipients(services.runtime, ids)).map((one) => [one.id, one]));
    const outcomes: BulkOutcome[] = results.map((result) => ({
      recipient: recipients.get(result.conversationId) ?? { id: result.conversationId, customer: null, subject: null },
      failure: result.ok ? null : result.error.message,
    }));
    return c.html(
      <Page frame={frame} title="Follow-up" view="inbox">
        <BulkResultView frame={frame} outcomes={outcomes} content={envelope.content} />
      </Page>,
    );
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal || !isCairnloopError(error)) throw error;
    return bulkPage(c, services, { ids, content, nonce, preview: false, refusal: error, status: refusal.status });
  }
};

interface Bulk {
  ids: string[];
  content: string;
  /** Makes what is sent twice the same follow-up; it stays from the first page to the last. */
  nonce: string;
  preview: boolean;
  refusal?: CairnloopError;
  status?: 404 | 409 | 422;
}

function posted(c: WorkspaceContext): Pick<Bulk, 'ids' | 'content' | 'nonce'> {
  const form = c.get('form');
  return { ids: [...new Set(form.all('id'))], content: form.text('content'), nonce: form.text('nonce') };
}

async function bulkPage(c: WorkspaceContext, services: Services, bulk: Bulk): Promise<Response> {
  const frame = c.get('frame');
  const { maxBatchSize } = services.runtime.config.outbound;
  const ids = [...new Set(bulk.ids)];
  const refusal = bulk.refusal ?? foreseen(services, ids);
  const recipients = await findRecipients(services.runtime, ids.slice(0, maxBatchSize));
  return c.html(
    <Page frame={frame} title="Follow-up" view="inbox">
      <BulkView
        frame={frame}
        ids={ids}
        recipients={recipients}
        max={maxBatchSize}
        content={bulk.content}
        nonce={bulk.nonce}
        refusal={refusal ? (refusalOf(refusal)?.notice.text ?? refusal.message) : null}
        preview={bulk.preview}
      />
    </Page>,
    bulk.status ?? (refusal ? 422 : 200),
  );
}

/** What sending would be refused for anyway, told before a word is written. */
function foreseen({ runtime }: Services, ids: string[]): CairnloopError | undefined {
  const max = runtime.config.outbound.maxBatchSize;
  if (!runtime.config.notifier) return new CairnloopError('NOTIFIER_REQUIRED', { operation: 'A bulk follow-up' });
  if (ids.length === 0) return new CairnloopError('BATCH_EMPTY', { operation: 'A bulk follow-up' });
  return ids.length > max ? new CairnloopError('BATCH_TOO_LARGE', { found: ids.length, max }) : undefined;
}

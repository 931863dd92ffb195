import { bulkActionKinds } from './bulk-action-kinds.js';
import type { WorkspaceHandler } from './handler.js';
import { discardDelivery, retryDelivery, showAudit, showDeliveries } from './routes/audit-and-deliveries.js';
import { editBulkFollowUp, previewBulkFollowUp, sendBulkFollowUp, showBulkFollowUpForm } from './routes/bulk.js';
import { performBulkAction, showBulkActionForm } from './routes/bulk-actions.js';
import { takeBackBulkResolve } from './routes/bulk-resolve.js';
import { showConversation, showCustomerFacts, showWholeMessage } from './routes/conversation.js';
import {
  cancelOutboundMessage,
  pauseSla,
  reopenConversation,
  resolveConversation,
  resumeSla,
  sendFromComposer,
} from './routes/conversation-actions.js';
import { approveDraft, discardDraft, previewDraftEdit, sendEditedDraft } from './routes/drafts.js';
import { showInbox } from './routes/inbox.js';
import { markTyping, streamLiveUpdates } from './routes/live.js';
import { submitPendingActionDeletion, takeBackPendingAction } from './routes/pending-actions.js';
import { setSlaPolicy, showSlaPolicies } from './routes/policies.js';
import { showReport, showReportList } from './routes/report.js';
import { listSavedReplies, showSavedReplies } from './routes/saved-replies.js';
import { serveAsset, setTheme } from './routes/theme-and-assets.js';
import { assignConversation, changePriority, changeTags, snoozeConversation } from './routes/triage.js';

export interface WorkspaceRoute {
  method: 'GET' | 'POST';
  path: string;
  handle: WorkspaceHandler;
}

const get = (path: string, handle: WorkspaceHandler): WorkspaceRoute => ({ method: 'GET', path, handle });
const post = (path: string, handle: WorkspaceHandler): WorkspaceRoute => ({ method: 'POST', path, handle });

/** Every route of the workspace, below its mount path. Only a POST changes anything. */
export const workspaceRoutes: readonly WorkspaceRoute[] = [
  get('/', showInbox),
  get('/c/:id', showConversation),
  get('/c/:id/context', showCustomerFacts),
  get('/c/:id/messages/:message', showWholeMessage),
  get('/c/:id/replies', showSavedReplies),
  get('/c/:id/replies.json', listSavedReplies),
  post('/c/:id/compose', sendFromComposer),
  post('/c/:id/resolve', resolveConversation),
  post('/c/:id/reopen', reopenConversation),
  post('/c/:id/typing', markTyping),
  post('/c/:id/assign', assignConversation),
  post('/c/:id/snooze', snoozeConversation),
  post('/c/:id/tags', changeTags),
  post('/c/:id/priority', changePriority),
  post('/c/:id/sla/pause', pauseSla),
  post('/c/:id/sla/resume', resumeSla),
  post('/c/:id/outbound/:message/cancel', cancelOutboundMessage),
  post('/c/:id/actions/:action/take-back', takeBackPendingAction),
  post('/c/:id/actions/:action/drop', submitPendingActionDeletion),
  post('/drafts/:id/approve', approveDraft),
  post('/drafts/:id/edit', sendEditedDraft),
  post('/drafts/:id/preview', previewDraftEdit),
  post('/drafts/:id/discard', discardDraft),
  get('/bulk', showBulkFollowUpForm),
  post('/bulk/preview', previewBulkFollowUp),
  post('/bulk/edit', editBulkFollowUp),
  post('/bulk', sendBulkFollowUp),
  post('/bulk/resolve/take-back', takeBackBulkResolve),
  ...bulkActionKinds.flatMap(({ kind }) => [
    get(`/bulk/${kind}`, showBulkActionForm(kind)),
    post(`/bulk/${kind}`, performBulkAction(kind)),
  ]),
  get('/audit', showAudit),
  get('/deliveries', showDeliveries),
  post('/deliveries/:id/retry', retryDelivery),
  post('/deliveries/:id/discard', discardDelivery),
  get('/sla', showSlaPolicies),
  post('/sla', setSlaPolicy),
  get('/report', showReport),
  get('/report/:number', showReportList),
  post('/theme', setTheme),
  get('/live', streamLiveUpdates),
  get('/assets/:version/:name', serveAsset),
];

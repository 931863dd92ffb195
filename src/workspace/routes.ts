import { bulkKinds } from './bulk-kinds.js';
import type { Handler } from './handler.js';
import { audit, deliveries, discardDelivery, retryDelivery } from './routes/audit-and-deliveries.js';
import { bulkEdit, bulkForm, bulkPreview, bulkSend } from './routes/bulk.js';
import { bulkAction, bulkActionForm } from './routes/bulk-actions.js';
import { takeBackBulk } from './routes/bulk-resolve.js';
import { context, conversation, wholeMessage } from './routes/conversation.js';
import {
  cancelOutbound,
  pauseSla,
  reopen,
  resolve,
  resumeSla,
  sendFromComposer,
} from './routes/conversation-actions.js';
import { approve, discard, edit, preview } from './routes/drafts.js';
import { inbox } from './routes/inbox.js';
import { live, typing } from './routes/live.js';
import { dropAction, takeBack } from './routes/pending-actions.js';
import { policies, setPolicy } from './routes/policies.js';
import { report, reportList } from './routes/report.js';
import { savedReplies, savedRepliesPage } from './routes/saved-replies.js';
import { asset, setTheme } from './routes/theme-and-assets.js';
import { assign, changePriority, changeTags, snooze } from './routes/triage.js';

export interface Route {
  method: 'GET' | 'POST';
  path: string;
  handle: Handler;
}

const get = (path: string, handle: Handler): Route => ({ method: 'GET', path, handle });
const post = (path: string, handle: Handler): Route => ({ method: 'POST', path, handle });

/** Every route of the workspace, below its mount path. Only a POST changes anything. */
export const routes: readonly Route[] = [
  get('/', inbox),
  get('/c/:id', conversation),
  get('/c/:id/context', context),
  get('/c/:id/messages/:message', wholeMessage),
  get('/c/:id/replies', savedRepliesPage),
  get('/c/:id/replies.json', savedReplies),
  post('/c/:id/compose', sendFromComposer),
  post('/c/:id/resolve', resolve),
  post('/c/:id/reopen', reopen),
  post('/c/:id/typing', typing),
  post('/c/:id/assign', assign),
  post('/c/:id/snooze', snooze),
  post('/c/:id/tags', changeTags),
  post('/c/:id/priority', changePriority),
  post('/c/:id/sla/pause', pauseSla),
  post('/c/:id/sla/resume', resumeSla),
  post('/c/:id/outbound/:message/cancel', cancelOutbound),
  post('/c/:id/actions/:action/take-back', takeBack),
  post('/c/:id/actions/:action/drop', dropAction),
  post('/drafts/:id/approve', approve),
  post('/drafts/:id/edit', edit),
  post('/drafts/:id/preview', preview),
  post('/drafts/:id/discard', discard),
  get('/bulk', bulkForm),
  post('/bulk/preview', bulkPreview),
  post('/bulk/edit', bulkEdit),
  post('/bulk', bulkSend),
  post('/bulk/resolve/take-back', takeBackBulk),
  ...bulkKinds.flatMap(({ kind }) => [
    get(`/bulk/${kind}`, bulkActionForm(kind)),
    post(`/bulk/${kind}`, bulkAction(kind)),
  ]),
  get('/audit', audit),
  get('/deliveries', deliveries),
  post('/deliveries/:id/retry', retryDelivery),
  post('/deliveries/:id/discard', discardDelivery),
  get('/sla', policies),
  post('/sla', setPolicy),
  get('/report', report),
  get('/report/:number', reportList),
  post('/theme', setTheme),
  get('/live', live),
  get('/assets/:version/:name', asset),
];

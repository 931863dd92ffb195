import { listAudit } from '../audit/list.js';
import type { Calls } from '../contracts/cairnloop.js';
import { archiveConversation } from '../conversations/archive.js';
import { getForCustomer, listConversationsForCustomer, markReadForCustomer } from '../conversations/customer-view.js';
import { requireConversation } from '../conversations/find.js';
import { countConversations, listConversations } from '../conversations/list.js';
import { openConversation } from '../conversations/open.js';
import { receiveMessage } from '../conversations/receive.js';
import { reopenConversation } from '../conversations/reopen.js';
import { addNote, replyToConversation } from '../conversations/reply.js';
import { resolveConversation } from '../conversations/resolve.js';
import { snoozeConversation } from '../conversations/snooze.js';
import { submitCsat } from '../conversations/submit-csat.js';
import { updateConversation } from '../conversations/update.js';
import { eraseCustomer } from '../customers/erase.js';
import { exportCustomer } from '../customers/export-customer.js';
import { getDelivery, listDeliveries } from '../deliveries/list.js';
import { discardDelivery, retryDelivery } from '../deliveries/retry-discard.js';
import { countRetryableDeliveries, retryDeliveryRange } from '../deliveries/retry-range.js';
import { getDraft, listDrafts } from '../drafts/find.js';
import { approveDraft, discardDraft, editDraft, useDraft } from '../drafts/operator-decisions.js';
import { proposeDraft } from '../drafts/propose.js';
import { bulkTriggerOutbound } from '../outbound/bulk-trigger.js';
import { cancelOutbound } from '../outbound/cancel.js';
import { triggerOutbound } from '../outbound/trigger.js';
import type { Runtime } from '../runtime.js';
import { explainSlaClocks } from '../sla/explain.js';
import { findLatestSlaClock } from '../sla/find.js';
import { pauseSla, resumeSla } from '../sla/pause.js';
import { activePolicies, setPolicy } from '../sla/policies.js';

/**
 * Makes the public calls of one runtime. `wrapPublicCalls` refuses extra arguments, freezes results and translates
 * errors.
 */
export function createPublicCalls(runtime: Runtime): Calls {
  return {
    conversations: conversationsCalls(runtime),
    drafts: draftsCalls(runtime),
    outbound: outboundCalls(runtime),
    sla: slaCalls(runtime),
    deliveries: deliveriesCalls(runtime),
    context: contextCalls(runtime),
    audit: auditCalls(runtime),
    customers: customersCalls(runtime),
  };
}

function conversationsCalls(runtime: Runtime): Calls['conversations'] {
  return {
    open: (input) => openConversation(runtime, input),
    receive: (id, input) => receiveMessage(runtime, id, input),
    reply: (id, input) => replyToConversation(runtime, id, input),
    note: (id, input) => addNote(runtime, id, input),
    resolve: (id, input) => resolveConversation(runtime, id, input),
    update: (id, input) => updateConversation(runtime, id, input),
    snooze: (id, input) => snoozeConversation(runtime, id, input),
    archive: (id, input) => archiveConversation(runtime, id, input),
    reopen: (id, input) => reopenConversation(runtime, id, input),
    submitCsat: (id, rating) => submitCsat(runtime, id, rating),
    get: (id) => requireConversation(runtime, id),
    list: (input) => listConversations(runtime, input),
    count: (filter) => countConversations(runtime, filter),
    forCustomer: (actorId, input) => listConversationsForCustomer(runtime, actorId, input),
    getForCustomer: (actorId, id, input) => getForCustomer(runtime, actorId, id, input),
    markReadForCustomer: (actorId, id, input) => markReadForCustomer(runtime, actorId, id, input),
  };
}

function draftsCalls(runtime: Runtime): Calls['drafts'] {
  return {
    propose: (conversationId, proposal) => proposeDraft(runtime, conversationId, proposal),
    get: (id) => getDraft(runtime, id),
    listForConversation: (conversationId) => listDrafts(runtime, conversationId),
    approve: (id, input) => approveDraft(runtime, id, input),
    edit: (id, input) => editDraft(runtime, id, input),
    use: (id, input) => useDraft(runtime, id, input),
    discard: (id, input) => discardDraft(runtime, id, input),
  };
}

function outboundCalls(runtime: Runtime): Calls['outbound'] {
  return {
    trigger: (conversationId, input) => triggerOutbound(runtime, conversationId, input),
    bulkTrigger: (conversationIds, input) => bulkTriggerOutbound(runtime, conversationIds, input),
    cancel: (messageId, input) => cancelOutbound(runtime, messageId, input),
  };
}

function slaCalls(runtime: Runtime): Calls['sla'] {
  return {
    activePolicies: () => activePolicies(runtime),
    setPolicy: (priority, attrs, by) => setPolicy(runtime, priority, attrs, by),
    forConversation: (conversationId) => findLatestSlaClock(runtime, conversationId),
    explain: (conversationId) => explainSlaClocks(runtime.db, conversationId),
    pause: (conversationId, input) => pauseSla(runtime, conversationId, input),
    resume: (conversationId, input) => resumeSla(runtime, conversationId, input),
  };
}

function deliveriesCalls(runtime: Runtime): Calls['deliveries'] {
  return {
    list: (input) => listDeliveries(runtime, input),
    get: (id) => getDelivery(runtime, id),
    retry: (id, input) => retryDelivery(runtime, id, input),
    countRetryable: (range) => countRetryableDeliveries(runtime, range),
    retryRange: (range, input) => retryDeliveryRange(runtime, range, input),
    discard: (id, input) => discardDelivery(runtime, id, input),
  };
}

function contextCalls(runtime: Runtime): Calls['context'] {
  return {
    get: (actorId) => runtime.context.get(actorId),
  };
}

function auditCalls(runtime: Runtime): Calls['audit'] {
  return {
    list: (input) => listAudit(runtime, input),
  };
}

function customersCalls(runtime: Runtime): Calls['customers'] {
  return {
    export: (actorId) => exportCustomer(runtime.db, actorId),
    erase: (actorId, input) => eraseCustomer(runtime, actorId, input),
  };
}

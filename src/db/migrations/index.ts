import { conversations } from './0001-conversations.js';
import { slas } from './0002-slas.js';
import { drafts } from './0003-drafts.js';
import { deliveries } from './0004-deliveries.js';
import { auditEvents } from './0005-audit-events.js';
import { workers } from './0006-workers.js';
import { workspace } from './0007-workspace.js';
import { search } from './0008-search.js';
import { outcomes } from './0009-outcomes.js';
import { searchParts } from './0011-search-parts.js';
import { auditReceipts } from './0012-audit-receipts.js';
import { replies } from './0013-replies.js';
import { conversationsChange } from './0014-conversations-change.js';
import { portalWrites } from './0015-portal-writes.js';
import { auditFormat } from './0016-audit-format.js';
import { customers } from './0017-customers.js';
import { pendingActions } from './0018-pending-actions.js';
import { workspaceQueue } from './0019-workspace-queue.js';
import { traceparent } from './0020-traceparent.js';
import { rollingUpgrades } from './0021-rolling-upgrades.js';
import { heldReplies } from './0022-held-replies.js';
import { removedConversations } from './0023-removed-conversations.js';
import { searchCommonWords } from './0024-search-common-words.js';
import type { Migration } from './migration.js';

/** All migrations, in the order in which they are applied. */
export const migrations: readonly Migration[] = [
  conversations,
  slas,
  drafts,
  deliveries,
  auditEvents,
  workers,
  workspace,
  search,
  outcomes,
  searchParts,
  auditReceipts,
  replies,
  conversationsChange,
  portalWrites,
  auditFormat,
  customers,
  pendingActions,
  workspaceQueue,
  traceparent,
  rollingUpgrades,
  heldReplies,
  removedConversations,
  searchCommonWords,
];

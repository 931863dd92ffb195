import { toConversation } from '../../conversations/rows.js';
import { isCallOwed } from '../../deliveries/announced-modules.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import { type LoadedCall, postponedCallMark } from '../../deliveries/load-batch.js';
import type { TopicHandler } from '../../deliveries/topic-handler.js';
import { deepFreeze } from '../../foundation/deep-freeze.js';
import { returnedFailureReason } from '../../foundation/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { breachDueSlaClocks } from '../../sla/breach.js';
import { toSla } from '../../sla/rows.js';
import { loadConversations } from './load-conversations.js';
import { throwMissingModule } from './missing-module.js';

/** The Agenda job `sla-countdown`: breaches expired clocks and calls `onSlaBreach`. */
export const slaCountdownHandler: TopicHandler = {
  method: 'notifier.onSlaBreach',
  load: loadCalls,
  failure: returnedFailureReason,
};

/**
 * Builds the calls for breached clocks, also for one that an earlier attempt breached. An answered, resolved or paused
 * clock gets no call.
 */
async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, LoadedCall>> {
  const { breached, locked } = await breachDueSlaClocks(
    runtime,
    rows.map((row) => row.subject_id ?? ''),
  );
  const conversations = await loadConversations(runtime, rows);
  const { notifier } = runtime.config;
  // `payload.notify` was stored when the clock started. A worker with a notifier may have started since, so look again.
  const served = await isCallOwed(runtime.config, runtime.db, 'notifier');
  return new Map<string, LoadedCall>(
    rows.map((row) => {
      const sla = breached.get(row.subject_id ?? '');
      const found = conversations.get(row.conversation_id);
      if (locked.has(row.subject_id ?? '')) return [row.id, postponedCallMark];
      if (!sla || !found || !(served || row.payload.notify)) return [row.id, null];
      if (!notifier) return [row.id, () => throwMissingModule('notifier')];
      const metadata = deepFreeze({ deliveryId: row.id, attempt: row.attempts });
      return [row.id, () => notifier.onSlaBreach(toConversation(found), toSla(sla), metadata)];
    }),
  );
}

import type { ErasedCustomer } from '../../contracts/customer-data.js';
import type { CallbackMetadata } from '../../contracts/notifier.js';
import type { CustomerErasedPayload } from '../../customers/erasures.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { HostCall, TopicHandler } from '../../deliveries/topic-handler.js';
import { deepFreeze } from '../../foundation/deep-freeze.js';
import { returnedFailureReason } from '../../foundation/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { throwMissingModule } from './missing-module.js';

/** The Agenda job `customer-erased`: calls `onCustomerErased`. */
export const customerErasedHandler: TopicHandler = {
  method: 'notifier.onCustomerErased',
  load: loadCalls,
  failure: returnedFailureReason,
};

async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, HostCall>> {
  const { notifier } = runtime.config;
  if (!notifier?.onCustomerErased) return throwMissingModule('notifier.onCustomerErased');
  return new Map(
    rows.map((row) => {
      const payload = row.payload as Partial<CustomerErasedPayload>;
      if (payload.actorId === undefined) return [row.id, null];
      const { erased, metadata } = callOf(row, payload as CustomerErasedPayload);
      return [row.id, () => notifier.onCustomerErased?.(erased, metadata)];
    }),
  );
}

function callOf(
  row: ClaimedDelivery,
  payload: CustomerErasedPayload,
): { erased: ErasedCustomer; metadata: CallbackMetadata } {
  const { actor, erasedAt, ...rest } = payload;
  return {
    erased: deepFreeze({ ...rest, erasedAt: new Date(erasedAt) }),
    metadata: deepFreeze({ actor, deliveryId: row.id, attempt: row.attempts }),
  };
}

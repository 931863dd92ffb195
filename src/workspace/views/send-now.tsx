import type { FC } from 'hono/jsx';
import type { DeliveryLine, MessageDelivery } from '../model.js';
import type { PageContext } from '../page-context.js';
import { ActionForm, Icon } from './elements.js';
import { Moment } from './time.js';

/** Whether the customer gets a message later, because somebody chose so: nothing about it has failed. */
export function isScheduled(delivery: MessageDelivery & Pick<Partial<DeliveryLine>, 'topic'>, now: Date): boolean {
  const { topic = 'outbound', state, attempts, availableAt } = delivery;
  return topic === 'outbound' && state === 'pending' && attempts === 0 && availableAt > now;
}

/** Sends a scheduled message before its time, once the operator has read when it would go by itself. */
export const SendNow: FC<{ frame: PageContext; delivery: MessageDelivery; back: string }> = ({
  frame,
  delivery,
  back,
}) => (
  <details class="send-now" id={`send-now-${delivery.id}`}>
    <summary class="button button-small">Send now…</summary>
    <ActionForm frame={frame} action={`/deliveries/${delivery.id}/retry`} class="send-now-form">
      <input type="hidden" name="back" value={back} />
      <input type="hidden" name="release" value="scheduled" />
      <p>
        It is scheduled for <Moment at={delivery.availableAt} />. Send it to the customer now?
      </p>
      <button type="submit" class="button button-small button-primary">
        <Icon name="send" /> Send before its time
      </button>
    </ActionForm>
  </details>
);

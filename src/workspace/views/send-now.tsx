import type { FC } from 'hono/jsx';
import type { DeliveryLine, MessageDelivery } from '../model.js';
import type { PageContext } from '../page-context.js';
import { t, tParts } from '../translate.js';
import { ActionForm, Icon } from './elements.js';
import { Moment } from './time.js';

/** Whether an operator scheduled the message for later, as opposed to a retry after a failure. */
export function isScheduled(delivery: MessageDelivery & Pick<Partial<DeliveryLine>, 'topic'>, now: Date): boolean {
  const { topic = 'outbound', state, attempts, availableAt } = delivery;
  return topic === 'outbound' && state === 'pending' && attempts === 0 && availableAt > now;
}

/** Sends a scheduled message early, after the operator has confirmed its scheduled time. */
export const SendNow: FC<{ pageContext: PageContext; delivery: MessageDelivery; back: string }> = ({
  pageContext,
  delivery,
  back,
}) => (
  <details class="send-now" id={`send-now-${delivery.id}`} name="send-now">
    <summary class="button button-small">{t('sendNow')}</summary>
    <ActionForm pageContext={pageContext} action={`/deliveries/${delivery.id}/retry`} class="send-now-form">
      <input type="hidden" name="back" value={back} />
      <input type="hidden" name="release" value="scheduled" />
      <p>{tParts('sendNowAsk', { time: <Moment at={delivery.availableAt} /> })}</p>
      <button type="submit" class="button button-small button-primary">
        <Icon name="send" /> {t('sendBeforeTime')}
      </button>
    </ActionForm>
  </details>
);

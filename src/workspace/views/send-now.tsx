import type { FC } from 'hono/jsx';
import type { DeliverySummary, MessageDelivery } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { translate, translateWithElements } from '../translate.js';
import { ActionForm, Icon } from './elements.js';
import { DateTimeLabel } from './time.js';

/** Whether a delivery waits because an operator scheduled its message, as opposed to a retry after a failure. */
export function isScheduledDelivery(
  delivery: MessageDelivery & Pick<Partial<DeliverySummary>, 'topic'>,
  now: Date,
): boolean {
  const { topic = 'outbound', state, attempts, availableAt } = delivery;
  return topic === 'outbound' && state === 'pending' && attempts === 0 && availableAt > now;
}

/** The form that sends a scheduled message early, after the operator has confirmed its scheduled time. */
export const SendNowForm: FC<{ pageContext: WorkspacePageContext; delivery: MessageDelivery; back: string }> = ({
  pageContext,
  delivery,
  back,
}) => (
  <details class="send-now" id={`send-now-${delivery.id}`} name="send-now">
    <summary class="button button-small">{translate('sendNow')}</summary>
    <ActionForm pageContext={pageContext} action={`/deliveries/${delivery.id}/retry`} class="send-now-form">
      <input type="hidden" name="back" value={back} />
      <input type="hidden" name="release" value="scheduled" />
      <p>{translateWithElements('sendNowAsk', { time: <DateTimeLabel at={delivery.availableAt} /> })}</p>
      <button type="submit" class="button button-small button-primary">
        <Icon name="send" /> {translate('sendBeforeTime')}
      </button>
    </ActionForm>
  </details>
);

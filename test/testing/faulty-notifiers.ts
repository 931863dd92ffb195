import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../../src/contracts/domain.js';
import type { CallbackMetadata, Notifier } from '../../src/contracts/notifier.js';
import type { FaultProvider } from '../../src/testing.js';

/** Hands the delivery's id to its providers. */
export default function good({ effect }: FaultProvider): Notifier {
  const both = async ({ deliveryId }: { deliveryId?: unknown }) => {
    await effect('crm', `crm ${deliveryId}`);
    await effect('mail', `mail ${deliveryId}`);
  };
  return {
    onConversationResolved: (_, metadata) => both(metadata),
    onSlaBreach: (_, __, metadata) => both(metadata),
    onOutboundTriggered: (message: Message) => both(message.metadata),
    onReply: (_, __, metadata) => both(metadata),
  };
}

/** Sends a mail without a key. */
export function withoutKey({ effect }: FaultProvider): Partial<Notifier> {
  return { onReply: () => effect('mail') };
}

/** Writes the delivery down as done before it is. */
export function remembersTooEarly({ effect }: FaultProvider): Partial<Notifier> {
  const done = new Set<string>();
  return {
    onReply: async (_message, _conversation, { deliveryId }: CallbackMetadata) => {
      if (done.has(deliveryId)) return;
      done.add(deliveryId);
      await effect('mail', deliveryId);
    },
  };
}

/** Waits for ever for a second effect once the first was odd. */
export function hangsOnOddValues({ effect }: FaultProvider): Partial<Notifier> {
  let isStuck = false;
  return {
    onReply: async (_message, _conversation, { deliveryId }: CallbackMetadata) => {
      if (isStuck) await sleep(60_000, undefined, { ref: false });
      isStuck = (await effect('mail', deliveryId)) === null;
    },
  };
}

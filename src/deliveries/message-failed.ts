import type { Runtime } from '../runtime.js';
import type { MessageTopic } from './message-topics.js';

/** Counts and publishes a message that was discarded by hand, after the commit. */
export function afterMessageFailed(
  runtime: Runtime,
  topic: MessageTopic,
  message: { conversationId: string; messageId: string },
): void {
  if (topic === 'outbound') runtime.metrics.outboundSettled('failed');
  runtime.telemetry.publish(`${topic}.failed`, {}, message);
}

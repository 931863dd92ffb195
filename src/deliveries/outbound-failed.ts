import type { Runtime } from '../runtime.js';

/** Counts and tells of an outbound message that was given up by hand, after its commit, as the worker does of its own. */
export function afterOutboundFailed(runtime: Runtime, conversationId: string, messageId: string): void {
  runtime.metrics.outboundSettled('failed');
  runtime.telemetry.publish('outbound.failed', {}, { conversationId, messageId });
}

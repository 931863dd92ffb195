import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import type { Metrics } from '../telemetry/metrics.js';

/**
 * Wraps metrics so that a counter which throws, in a registry of the host's, neither fails an operation nor loses an
 * outcome. The first failure is logged.
 */
export function catchMetricsErrors(metrics: Metrics, log: Logger): Metrics {
  let told = false;
  const failed = (error: unknown) => {
    if (!told) log.error({ reason: errorText(error) }, 'metrics could not be counted; work goes on without them');
    told = true;
  };
  const wrap =
    <Given extends unknown[]>(count: (...given: Given) => void) =>
    (...given: Given): void => {
      try {
        count(...given);
      } catch (error) {
        failed(error);
      }
    };
  return {
    conversationResolved: wrap(metrics.conversationResolved),
    deliveryAttempted: wrap(metrics.deliveryAttempted),
    slaBreached: wrap(metrics.slaBreached),
    draftDecided: wrap(metrics.draftDecided),
    outboundSettled: wrap(metrics.outboundSettled),
    contextRequested: wrap(metrics.contextRequested),
    hostModuleFailed: wrap(metrics.hostModuleFailed),
    portalRequested: wrap(metrics.portalRequested),
    customerErased: wrap(metrics.customerErased),
    conversationsRemoved: wrap(metrics.conversationsRemoved),
  };
}

import { CairnloopError, type WebhookFailure } from '../foundation/errors.js';
import { packageVersion } from '../foundation/package-version.js';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.js';
import { postWebhook } from './post.js';
import type { WebhookEndpointSettings, WebhookSettings } from './settings.js';
import { signWebhookBody } from './sign.js';

/** Posts one callback to every endpoint. Throws `WEBHOOK_FAILED` unless each has accepted it. */
export type WebhookSender = (
  delivery: { deliveryId?: unknown },
  type: string,
  at: Date | null,
  data: Record<string, unknown>,
) => Promise<void>;

/** How many deliveries that only some endpoints have accepted are remembered; beyond that the oldest are forgotten. */
const mostRemembered = 10_000;

export function createWebhookSender(settings: WebhookSettings): WebhookSender {
  const { pauseAfterFailures: failures, pauseMs } = settings;
  const breakers = settings.endpoints.map(() => createCircuitBreaker({ failures, pauseMs }));
  /** The endpoints that accepted each delivery, so that a further attempt calls only the others. */
  const accepted = new Map<string, Set<WebhookEndpointSettings>>();

  function remember(id: string, endpoint: WebhookEndpointSettings): void {
    accepted.set(id, (accepted.get(id) ?? new Set()).add(endpoint));
    const [oldest] = accepted.keys();
    if (accepted.size > mostRemembered && oldest !== undefined) accepted.delete(oldest);
  }

  return async ({ deliveryId }, type, at, data) => {
    const id = String(deliveryId);
    const body = JSON.stringify({ type, timestamp: (at ?? new Date()).toISOString(), data });
    const failed = await Promise.all(
      settings.endpoints.map(async (endpoint, index) => {
        if (accepted.get(id)?.has(endpoint)) return null;
        const failure = await sendToOne(endpoint, breakers[index] as CircuitBreaker, { id, body, settings });
        if (failure === null) remember(id, endpoint);
        return failure && { endpoint: endpoint.name, ...failure };
      }),
    );
    const failures = failed.filter((failure) => failure !== null);
    if (failures.length > 0) throw new CairnloopError('WEBHOOK_FAILED', { failures, of: failed.length });
    accepted.delete(id);
  };
}

interface Sending {
  id: string;
  body: string;
  settings: WebhookSettings;
}

/** Posts a callback to one endpoint. Returns null if the endpoint has accepted it. */
async function sendToOne(
  { url, keys, allowPrivate }: WebhookEndpointSettings,
  breaker: CircuitBreaker,
  { id, body, settings: { timeoutMs } }: Sending,
): Promise<WebhookFailure | null> {
  const pausedMs = breaker.admit();
  if (pausedMs > 0) return { kind: 'paused', seconds: Math.ceil(pausedMs / 1000) };
  const headers = {
    'content-type': 'application/json',
    'user-agent': `cairnloop/${packageVersion}`,
    ...signWebhookBody(keys, id, new Date(), body),
  };
  const result = await postWebhook({ url, headers, body, timeoutMs, allowPrivate });
  if (result.accepted) breaker.succeeded();
  else if (isOfEndpoint(result.failure)) breaker.failed(result.askedMs);
  else breaker.ended();
  return result.accepted ? null : result.failure;
}

/**
 * Whether a failure is the endpoint's own, so that other deliveries would fail too. A 400 may concern this delivery
 * alone.
 */
function isOfEndpoint(failure: WebhookFailure): boolean {
  return failure.kind !== 'status' || failure.status >= 500 || [408, 410, 429].includes(failure.status);
}

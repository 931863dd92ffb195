import { AsyncLocalStorage } from 'node:async_hooks';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { HostCall, TopicHandler } from '../deliveries/topic-handler.js';

/** One call of a host's callback. */
export interface TrackedCallbackCall {
  topic: DeliveryTopic;
  method: string;
  deliveryId: string;
  attempt: number;
}

/** The host's callback that started the running code; also known in code that runs on after the callback returned. */
const cause = new AsyncLocalStorage<TrackedCallbackCall>();

/** Running callbacks of every worker in this process. */
const underWay = new Set<TrackedCallbackCall>();

/**
 * Maximum number of remembered calls, beyond which the oldest are forgotten: a callback that never settles would be
 * kept for ever.
 */
const mostRemembered = 10_000;

let onBegin: ((call: TrackedCallbackCall) => void) | undefined;

/** Calls `listener` as each callback begins; one listener at a time. */
export function setCallbackBeginListener(listener: ((call: TrackedCallbackCall) => void) | undefined): void {
  onBegin = listener;
}

/** Wraps a handler so that its calls can be identified while they run, and in code that they leave running. */
export function withCallbackTracking(topic: DeliveryTopic, handler: TopicHandler): TopicHandler {
  return {
    ...handler,
    async load(runtime, rows) {
      const calls = await handler.load(runtime, rows);
      for (const { id, attempts } of rows) {
        const call = calls.get(id);
        if (typeof call === 'function')
          calls.set(id, remembered({ topic, method: handler.method, deliveryId: id, attempt: attempts }, call));
      }
      return calls;
    },
  };
}

function remembered(call: TrackedCallbackCall, callHost: NonNullable<HostCall>): NonNullable<HostCall> {
  const done = () => underWay.delete(call);
  return () => {
    begin(call);
    try {
      const returned = cause.run(call, callHost);
      if (typeof (returned as { then?: unknown } | null | undefined)?.then !== 'function') {
        done();
        return returned;
      }
      // Resolve the callback's result only once: a query builder of the host runs its query at each `then`.
      const settling = cause.run(call, () => Promise.resolve(returned));
      settling.then(done, done);
      return settling;
    } catch (error) {
      done();
      throw error;
    }
  };
}

function begin(call: TrackedCallbackCall): void {
  underWay.add(call);
  onBegin?.(call);
  if (underWay.size <= mostRemembered) return;
  const [oldest] = underWay;
  underWay.delete(oldest as TrackedCallbackCall);
}

/** Maximum number of calls named in a log message. */
const mostShown = 10;

/** The source of an error, as far as known: one callback, or all running ones. */
export interface ErrorSource {
  /** Description for log lines, e.g. `notifier.onSlaBreach (delivery 0192…, attempt 2)`. */
  words: string;
  calls: readonly TrackedCallbackCall[];
}

/** Returns the callback that caused the running code; to be called while an uncaught error is handled. */
export function findErrorSource(): ErrorSource {
  const known = cause.getStore();
  if (known) return { words: describeCallbackCall(known), calls: [known] };
  if (underWay.size === 0) return { words: 'code outside of callbacks', calls: [] };
  const calls = [...underWay].slice(-mostShown);
  const more = underWay.size - calls.length;
  const words = `one of the running callbacks, or in code outside of them: ${calls.map(describeCallbackCall).join(', ')}`;
  return { words: more > 0 ? `${words} and ${more} more` : words, calls };
}

export function describeCallbackCall({ method, deliveryId, attempt }: TrackedCallbackCall): string {
  return `${method} (delivery ${deliveryId}, attempt ${attempt})`;
}

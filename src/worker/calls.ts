import { AsyncLocalStorage } from 'node:async_hooks';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { HostCall, TopicHandler } from '../deliveries/topic-handler.js';

/** One call of a host's callback. */
export interface Call {
  topic: DeliveryTopic;
  method: string;
  deliveryId: string;
  attempt: number;
}

/** What runs, runs because of this call; also long after the callback has returned. */
const cause = new AsyncLocalStorage<Call>();

/** Callbacks that have not settled, of every worker in this process. */
const underWay = new Set<Call>();

/** A callback that never settles stays under way for ever; beyond so many the oldest are forgotten. */
const mostRemembered = 10_000;

let onBegin: ((call: Call) => void) | undefined;

/** Has `listener` told of each call as it begins; one at a time. */
export function onCallBegin(listener: ((call: Call) => void) | undefined): void {
  onBegin = listener;
}

/** A handler whose calls are known by their delivery while they run, and in whatever they leave behind. */
export function named(topic: DeliveryTopic, handler: TopicHandler): TopicHandler {
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

function remembered(call: Call, callHost: NonNullable<HostCall>): NonNullable<HostCall> {
  const done = () => underWay.delete(call);
  return () => {
    begin(call);
    try {
      const returned = cause.run(call, callHost);
      if (typeof (returned as { then?: unknown } | null | undefined)?.then !== 'function') {
        done();
        return returned;
      }
      // Adopted once: a query builder runs its query each time that it is waited for.
      const settling = cause.run(call, () => Promise.resolve(returned));
      settling.then(done, done);
      return settling;
    } catch (error) {
      done();
      throw error;
    }
  };
}

function begin(call: Call): void {
  underWay.add(call);
  onBegin?.(call);
  if (underWay.size <= mostRemembered) return;
  const [oldest] = underWay;
  underWay.delete(oldest as Call);
}

/** Log lines show so many calls. */
const mostShown = 10;

/** What an error came from, as far as it can be known: one call, or all those under way. */
export interface Culprit {
  /** In words, e.g. `notifier.onSlaBreach (delivery 0192…, attempt 2)`. */
  words: string;
  calls: readonly Call[];
}

/** Asks who causes what runs now: to be called while an error is handled that nobody caught. */
export function culprit(): Culprit {
  const known = cause.getStore();
  if (known) return { words: wordsFor(known), calls: [known] };
  if (underWay.size === 0) return { words: 'no callback', calls: [] };
  const calls = [...underWay].slice(-mostShown);
  const more = underWay.size - calls.length;
  const words = `one of the callbacks under way, or none: ${calls.map(wordsFor).join(', ')}`;
  return { words: more > 0 ? `${words} and ${more} more` : words, calls };
}

export function wordsFor({ method, deliveryId, attempt }: Call): string {
  return `${method} (delivery ${deliveryId}, attempt ${attempt})`;
}

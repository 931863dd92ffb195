/**
 * Names and attributes of spans, by OpenTelemetry's semantic conventions for messaging and for generative AI. Every
 * value is an id of Cairnloop's, a name from a fixed list, a number or a model's name; never a customer's text, an
 * error message or a setting.
 */
import { constants } from 'node:os';
import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { isCairnloopError } from '../foundation/errors.js';
import { isId } from '../validation/input.js';

export type SpanAttributes = Record<string, string | number>;

/** Name and attributes of a span at its start. */
export interface SpanStart {
  name: string;
  attributes: SpanAttributes;
}

/** The value of `messaging.system`: deliveries are messages, topics are destinations. */
const system = 'cairnloop';

/** A delivery whose callback is traced. */
export interface TracedDelivery {
  id: string;
  conversationId: string;
  topic: DeliveryTopic;
  /** The method of the host module that is called, e.g. `notifier.onReply`. */
  method: string;
  attempt: number;
  /** Trace context of the span that wrote the delivery; null where that was not traced. */
  traceparent: string | null;
  /** When the statement that claimed the delivery was sent, by `performance.now()`. */
  claimedAt: number;
}

/** A call of a language model that is traced. */
export interface TracedModelCall {
  provider: string;
  model: string;
  conversationId: string;
  maxOutputTokens: number;
}

/** Attributes of a language model's response. */
export interface ModelResponse {
  modelId: string | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
}

/** The span of an operation of the API, such as `conversation.resolve`. */
export function operationSpan(name: string, metadata: Record<string, unknown>): SpanStart {
  const { conversationId, requested } = metadata;
  return {
    name: `cairnloop.${name}`,
    attributes: {
      ...(isId(conversationId) && { 'messaging.message.conversation_id': conversationId }),
      ...(typeof requested === 'number' && { 'messaging.batch.message_count': requested }),
    },
  };
}

/** The span of the statement or transaction that writes deliveries of one or several topics. */
export function oweDeliveriesSpan(topics: readonly DeliveryTopic[]): SpanStart {
  const [topic] = topics.length === 1 ? topics : [];
  return {
    name: topic ? `send ${topic}` : 'send',
    attributes: {
      'messaging.system': system,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      ...(topic && { 'messaging.destination.name': topic }),
    },
  };
}

/** The name of a callback's span, by topic. */
export const callbackSpanNames = Object.fromEntries(
  deliveryTopics.map((topic) => [topic, `process ${topic}`]),
) as Record<DeliveryTopic, string>;

/** The event in a callback's span at the time when its delivery was claimed. */
export const deliveryClaimedEvent = 'cairnloop.delivery.claimed';

/**
 * Attributes of a callback's span. They are one literal, because they are made for each delivery and spreads are
 * slower.
 */
export function callbackSpanAttributes(delivery: TracedDelivery): SpanAttributes {
  return {
    'messaging.system': system,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': delivery.topic,
    'messaging.message.id': delivery.id,
    'messaging.message.conversation_id': delivery.conversationId,
    'cairnloop.delivery.attempt': delivery.attempt,
    'code.function.name': delivery.method,
  };
}

/** The span of a call of a language model. */
export function modelSpan({ provider, model, conversationId, maxOutputTokens }: TracedModelCall): SpanStart {
  return {
    name: `chat ${bounded(model)}`,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': bounded(provider),
      'gen_ai.request.model': bounded(model),
      'gen_ai.request.max_tokens': maxOutputTokens,
      'gen_ai.output.type': 'json',
      ...(isId(conversationId) && { 'gen_ai.conversation.id': conversationId }),
    },
  };
}

export function modelResponseAttributes({ modelId, inputTokens, outputTokens }: ModelResponse): SpanAttributes {
  return {
    ...(modelId && { 'gen_ai.response.model': bounded(modelId) }),
    ...(inputTokens !== undefined && { 'gen_ai.usage.input_tokens': inputTokens }),
    ...(outputTokens !== undefined && { 'gen_ai.usage.output_tokens': outputTokens }),
  };
}

/**
 * The `error.type` of a failed span: a code or class name from a fixed list, because messages and other names may hold
 * secrets.
 */
export function spanErrorType(error: unknown): string {
  if (isCairnloopError(error)) return error.code;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && knownCodes.has(code)) return code;
  return typeof name === 'string' && knownNames.has(name) ? name : '_OTHER';
}

const knownCodes = new Set([...Object.keys(constants.errno), 'ENOTFOUND', 'EAI_AGAIN']);

const knownNames = new Set([
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AbortError',
  'TimeoutError',
  // The error of a callback that did not settle in time.
  'HostTimeout',
]);

/**
 * Replaces a name that is too long or has unusual characters by `_OTHER`: it comes from outside, and a label must have
 * few values.
 */
function bounded(name: string): string {
  return /^[\w./:@+-]{1,100}$/.test(name) ? name : '_OTHER';
}

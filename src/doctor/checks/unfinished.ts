import type { UnfinishedMethod } from '../../gen/unfinished.js';
import type { ConfigFacts } from '../facts.js';
import { createOkFinding, createToCheckFinding, type FindingWithoutCode } from './check.js';

interface Words {
  /** The code of the check that reports the unfinished method. */
  code: string;
  /** What happens while the method is unfinished; printed after "… is as `gen` wrote it: ". */
  effect(maxAttempts: number): string;
  /** How to finish the method; null where it may be left as it is. */
  fix: string | null;
}

const words: Record<UnfinishedMethod, Words> = {
  'notifier.onConversationResolved': {
    code: 'NOTIFIER',
    effect: () => 'a resolve is logged, and nobody is notified',
    fix: 'in onConversationResolved, notify whoever should know of it, or write a log line of your own',
  },
  'notifier.onSlaBreach': {
    code: 'NOTIFIER',
    effect: () => 'a breach is logged, and nobody is notified',
    fix: 'in onSlaBreach, notify whoever is on call, or write a log line of your own',
  },
  'notifier.onOutboundTriggered': {
    code: 'NOTIFIER',
    effect: (maxAttempts) => `every outbound message fails, and is given up after ${maxAttempts} attempts`,
    fix: 'send message.content in onOutboundTriggered, then retry the messages that were given up: cairnloop deliveries retry --topic outbound',
  },
  'notifier.onReply': {
    code: 'REPLIES',
    effect: (maxAttempts) =>
      `every reply fails, and is given up after ${maxAttempts} attempts; customers see replies in the portal only`,
    fix: 'send message.content in onReply, or remove onReply if the portal is enough; then retry the replies that were given up: cairnloop deliveries retry --topic reply',
  },
  'contextProvider.getContext': {
    code: 'CONTEXT_PROVIDER',
    effect: () => 'operators see no facts about any customer',
    fix: 'return what your application knows of the customer in getContext',
  },
  'automationPolicy.decide': {
    code: 'AUTOMATION_POLICY',
    effect: () => 'every draft waits for an operator',
    fix: null,
  },
  'slaPolicyProvider.getActivePolicies': {
    code: 'SLA_POLICIES',
    effect: () => 'the list of SLA policies is empty, so SLA tracking is off',
    fix: 'add policies to the list in the module of the slaPolicyProvider',
  },
};

/** What one check reports about methods that are still as `gen` wrote them; undefined where there are none. */
export function toUnfinishedMethodsFinding(
  { unfinished, settings }: ConfigFacts,
  code: string,
): FindingWithoutCode[] | undefined {
  const found = unfinished.map((method) => ({ method, ...words[method] })).filter((one) => one.code === code);
  if (found.length === 0) return undefined;
  return found.map(({ method, effect, fix }) => {
    const message = `${method} is as gen wrote it: ${effect(settings.worker.maxAttempts)}.`;
    return fix === null ? createOkFinding(message) : createToCheckFinding(message, fix);
  });
}

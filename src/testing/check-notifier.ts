import type { Conversation } from '../contracts/domain.js';
import type { CallbackMetadata, Notifier } from '../contracts/notifier.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { returnedFailureReason } from '../foundation/returned-failure.js';
import { callModuleForEach, callModuleWithSample, type ModuleCallWithSample } from './call-module.js';
import {
  createPassedFinding,
  type FindResultProblem,
  type ModuleCallProblem,
  summarizeModuleCalls,
} from './judge-calls.js';
import type { ContractFinding, ContractReport } from './report.js';
import { type CheckOptions, runContractChecks } from './run-contract-checks.js';
import {
  conversationWithoutMessages,
  ordinaryConversation,
  sampleAnchor,
  sampleErasedCustomer,
  sampleOutbound,
  sampleReply,
  sampleSla,
  unusualConversations,
} from './samples.js';

export interface NotifierCheckOptions extends CheckOptions {
  /**
   * Returns how many side effects (mails, CRM entries) the host's fake provider has recorded so far. With it the check
   * also notices a delivery that has its effect twice when it is repeated with the same `deliveryId`.
   */
  effects?: () => number | Promise<number>;
}

/**
 * Checks a host's Notifier with the calls that a worker makes: ordinary and odd conversations, a delivery repeated with
 * the same `deliveryId`, and twenty callbacks at once. Give the notifier fake providers: its callbacks are really
 * called.
 *
 * @example
 * const report = await checkNotifier(notifier);
 * assert.deepEqual(report.problems, []);
 */
export function checkNotifier(module: unknown, options: NotifierCheckOptions = {}): Promise<ContractReport> {
  return runContractChecks<Notifier, NotifierCheckOptions>('notifier', module, options, async (notifier, settings) => {
    if (settings.dry) return [notCalled];
    const findings: ContractFinding[] = [];
    for (const callback of notifierCallbacks.filter(({ name }) => notifier[name] !== undefined))
      findings.push(...(await checkCallback(notifier, callback, settings)));
    return findings;
  });
}

const notCalled: ContractFinding = {
  level: 'ok',
  code: 'NOT_CALLED',
  check: 'callbacks',
  message: 'not called, because that could write to a customer',
};

export interface NotifierCallback {
  name: keyof Notifier;
  judge: FindResultProblem;
  /** The arguments with which the worker would call the callback. */
  args(conversation: Conversation, delivery: CallbackMetadata): unknown[];
}

export const notifierCallbacks: readonly NotifierCallback[] = [
  {
    name: 'onConversationResolved',
    judge: (value) =>
      returnedFailureReason(value) !== null || isDisguisedFailure(value)
        ? ignored('throw an error to have the delivery repeated')
        : undefined,
    args: (conversation, delivery) => {
      const { metadata, resolvedBy } = conversation;
      return [conversation, deepFreeze({ ...metadata, ...(resolvedBy && { actor: resolvedBy }), ...delivery })];
    },
  },
  {
    name: 'onSlaBreach',
    judge: judgeFailure,
    args: (conversation, delivery) => [
      conversationWithoutMessages(conversation),
      sampleSla(conversation),
      deepFreeze({ ...delivery }),
    ],
  },
  {
    name: 'onOutboundTriggered',
    judge: judgeFailure,
    args: (conversation, delivery) => [
      sampleOutbound(conversation, delivery),
      conversationWithoutMessages(conversation),
    ],
  },
  {
    name: 'onReply',
    judge: judgeFailure,
    args: (conversation, delivery) => {
      const reply = sampleReply(conversation);
      return [
        reply,
        conversationWithoutMessages(conversation),
        deepFreeze({ ...(reply.author && { actor: reply.author }), ...delivery }),
      ];
    },
  },
  {
    name: 'onCustomerErased',
    judge: judgeFailure,
    args: (conversation, delivery) => [
      sampleErasedCustomer(conversation),
      deepFreeze({ actor: { id: 'check', name: 'Contract check' }, ...delivery }),
    ],
  },
  {
    name: 'onAuditAnchor',
    judge: judgeFailure,
    args: (_, delivery) => [sampleAnchor(), deepFreeze({ ...delivery })],
  },
];

/**
 * Judges what a callback returned. For all but `onConversationResolved`, `err(...)` is a failure, and no other value
 * is.
 */
function judgeFailure(value: unknown): ModuleCallProblem | undefined {
  const failure = returnedFailureReason(value);
  if (failure === null) return isDisguisedFailure(value) ? ignored('return err(reason) or throw') : undefined;
  const message = `returned err (${failure}), which counts as a failed delivery and is repeated`;
  return { level: 'warning', code: 'ANSWERS_ERR', message };
}

function ignored(instead: string): ModuleCallProblem {
  const message = `returned what looks like a failure and counts as success; ${instead}`;
  return { level: 'warning', code: 'ANSWER_IGNORED', message };
}

function isDisguisedFailure(value: unknown): boolean {
  return value === false || value instanceof Error || (Object(value) as { error?: unknown }).error instanceof Error;
}

type Settings = NotifierCheckOptions & Required<Omit<CheckOptions, 'silence'>>;

async function checkCallback(
  notifier: Notifier,
  callback: NotifierCallback,
  settings: Settings,
): Promise<ContractFinding[]> {
  const deliver = (sample: string, conversation: Conversation, deliveryId: string, attempt = 1) =>
    callModuleWithSample(sample, callback.args(conversation, { deliveryId, attempt }), settings.timeoutMs, (...args) =>
      (notifier[callback.name] as (...args: unknown[]) => unknown)(...args),
    );
  const id = (suffix: string) => `check-${callback.name}-${suffix}`;
  const ordinary = await deliver('an ordinary conversation', ordinaryConversation(), id('ordinary'));
  const first = summarizeModuleCalls(callback.name, [ordinary], callback.judge);
  // Pass no unusual data if the callback fails with ordinary data: it would fail with all of it.
  if (ordinary.outcome.kind !== 'returned') return first;
  const odd = await callModuleForEach(unusualConversations(), ({ title, conversation }) =>
    deliver(title, conversation, id(title)),
  );
  return [
    ...first,
    ...summarizeModuleCalls(`${callback.name}, odd data`, odd, callback.judge),
    ...(await checkRepeat(callback, settings, (attempt) =>
      deliver(`attempt ${attempt}`, ordinaryConversation(), id('repeated'), attempt),
    )),
    ...(await checkConcurrent(callback, (n) => deliver(`call ${n}`, ordinaryConversation(), id(`concurrent-${n}`)))),
  ];
}

async function checkRepeat(
  callback: NotifierCallback,
  { effects }: Settings,
  deliver: (attempt: number) => Promise<ModuleCallWithSample>,
): Promise<ContractFinding[]> {
  const check = `${callback.name}, the same delivery twice`;
  const first = await deliver(1);
  const before = await effects?.();
  const second = await deliver(2);
  const findings = summarizeModuleCalls(check, [first, second], callback.judge);
  const repeated = Number(await effects?.()) - Number(before);
  if (!(repeated > 0)) return findings;
  const message =
    'repeated its side effect for the same delivery; pass metadata.deliveryId to the provider as idempotency key';
  return [
    ...findings.filter((finding) => finding.code !== 'PASSED'),
    { level: 'problem', code: 'REPEATS_EFFECT', check, message },
  ];
}

async function checkConcurrent(
  callback: NotifierCallback,
  deliver: (n: number) => Promise<ModuleCallWithSample>,
): Promise<ContractFinding[]> {
  const check = `${callback.name}, twenty at once`;
  const trials = await Promise.all(Array.from({ length: 20 }, (_, n) => deliver(n + 1)));
  const failed = trials.filter((trial) => trial.outcome.kind !== 'returned');
  if (failed.length === 0) return [createPassedFinding(check, '20 calls')];
  const message = `${failed.length} of 20 calls failed that succeed one by one`;
  return [{ level: 'problem', code: 'FAILS_CONCURRENTLY', check, message }];
}

import { randomUUID } from 'node:crypto';
import type { Notifier } from '../contracts/notifier.js';
import type { Awaitable } from '../contracts/result.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { callModuleWithSample, type ModuleCallWithSample } from './call-module.js';
import { type NotifierCallback, notifierCallbacks } from './check-notifier.js';
import {
  countSideEffects,
  createFaultInjectingProvider,
  type FaultInjectingProvider,
  type FaultProvider,
  type InjectedFault,
  type RecordedSideEffect,
} from './fault-provider.js';
import { createPassedFinding, summarizeModuleCalls } from './judge-calls.js';
import { unusualProviderResults } from './odd-values.js';
import { buildContractReport, type ContractFinding, type ContractReport } from './report.js';
import { findNotifierLoadFailure, runAttemptsInProcesses } from './run-in-process.js';
import { sampleConversation } from './samples.js';

/** Makes the host's notifier with fakes for its mail or CRM provider; each simulated send calls `provider.effect`. */
export type NotifierFactory = (provider: FaultProvider) => Awaitable<Partial<Notifier>>;

export interface NotifierFaultOptions {
  /** How long one attempt may take, in milliseconds. Default 1 000. */
  timeoutMs?: number;
}

/** A side effect that happened more often than in a run without faults. */
export interface RepeatedEffect {
  callback: keyof Notifier;
  /** The fault, e.g. `answer lost at effect 1`. */
  fault: string;
  effect: string;
  expected: number;
  found: number;
}

export interface FaultReport extends ContractReport {
  repeated: readonly RepeatedEffect[];
}

/**
 * Injects into every callback of a host's notifier, at each of its side effects, the faults that deliveries meet: a
 * repeat with the same `deliveryId`, a provider that refuses, a response that is lost or late, unusual return values,
 * and a killed process. After each fault the callback is called again, as the worker would, and the side effects are
 * counted.
 *
 * `source` is a function that makes the notifier, or the URL of a module whose default export does: only with a URL can
 * the process be killed. Throws `INPUT_INVALID`.
 *
 * @example
 * const report = await checkNotifierFaults(new URL('./notifier-with-fakes.ts', import.meta.url));
 * assert.deepEqual(report.repeated, []);
 */
export async function checkNotifierFaults(
  source: NotifierFactory | URL,
  options: NotifierFaultOptions = {},
): Promise<FaultReport> {
  requireKnownKeys('checkNotifierFaults', options, ['timeoutMs']);
  const { timeoutMs = 1000 } = options;
  const make = source instanceof URL ? await importFactory(source) : source;
  const present = await make({ effect: async () => undefined });
  const unloaded = source instanceof URL ? await findNotifierLoadFailure(source.href) : null;
  const module = source instanceof URL && unloaded === null ? source.href : null;
  const kit: Kit = { make, module, timeoutMs };
  const findings: ContractFinding[] = [];
  const repeated: RepeatedEffect[] = [];
  for (const callback of notifierCallbacks.filter(({ name }) => present[name] !== undefined)) {
    const found = await checkCallback(kit, callback);
    findings.push(...found.findings);
    repeated.push(...found.repeated);
  }
  if (unloaded !== null) findings.push(notLoaded(unloaded));
  else if (module === null) findings.push(notKilled);
  return Object.freeze({ ...buildContractReport('notifier', findings), repeated });
}

const notKilled: ContractFinding = {
  level: 'ok',
  code: 'NOT_CALLED',
  check: 'killed processes',
  message: 'not tried: hand in the URL of a module whose default export makes the notifier',
};

/** The finding for a module that another process cannot load, because it lacks the loaders of the test runner. */
function notLoaded(reason: string): ContractFinding {
  const message = `not tried, because a process of its own cannot load the module: ${reason}. Set NODE_OPTIONS to what loads it, such as --import tsx`;
  return { level: 'problem', code: 'NOT_CALLED', check: 'killed processes', message };
}

interface Kit {
  make: NotifierFactory;
  module: string | null;
  timeoutMs: number;
}

async function importFactory(url: URL): Promise<NotifierFactory> {
  const imported = await import(url.href);
  return imported.default?.default ?? imported.default;
}

interface Found {
  findings: ContractFinding[];
  repeated: RepeatedEffect[];
}

async function checkCallback(kit: Kit, callback: NotifierCallback): Promise<Found> {
  const clean = await attempts(kit, callback, [{ kind: 'none' }]);
  const expected = countSideEffects(clean.effects);
  const findings = summarizeModuleCalls(`${callback.name}, no fault`, clean.trials, () => undefined);
  // Inject no faults if the callback fails without one: it would fail with each of them.
  if (clean.trials.some(({ outcome }) => outcome.kind !== 'returned')) return { findings, repeated: [] };
  const repeated: RepeatedEffect[] = [];
  for (const fault of faultsFor(clean.reached, kit.module !== null)) {
    const title = titleOf(fault);
    const run = await strike(kit, callback, fault);
    const check = `${callback.name}, ${title}`;
    const wrong = compare(expected, countSideEffects(run.effects));
    const hung = run.trials.at(-1)?.outcome.kind === 'hung';
    for (const { effect, more, ...counts } of wrong) {
      if (more) repeated.push({ callback: callback.name, fault: title, effect, ...counts });
      findings.push({
        level: 'problem',
        code: more ? 'REPEATS_EFFECT' : 'LOSES_EFFECT',
        check,
        message: say(effect, counts),
      });
    }
    if (hung)
      findings.push({ level: 'problem', code: 'HANGS', check, message: 'the attempt after the fault did not settle' });
    if (wrong.length === 0 && !hung) findings.push(createPassedFinding(check, 'every effect happened once'));
  }
  return { findings, repeated };
}

function say(effect: string, { expected, found }: { expected: number; found: number }): string {
  const counts = `"${effect}" happened ${found} instead of ${expected} times after the delivery was repeated`;
  if (found > expected) return `${counts}; hand metadata.deliveryId to the provider as idempotency key`;
  return `${counts}; remember a delivery as done only once its effect has happened`;
}

/** Lists every fault at every side effect of a callback. */
function faultsFor(effects: number, mayKill: boolean): InjectedFault[] {
  const places = Array.from({ length: effects }, (_, index) => index + 1);
  return [
    { kind: 'none' },
    ...places.flatMap((at): InjectedFault[] => [
      { kind: 'refused', at },
      { kind: 'answer lost', at },
      { kind: 'timed out', at },
      ...(mayKill ? [{ kind: 'killed' as const, at }] : []),
    ]),
    ...places.flatMap((at) => unusualProviderResults.map((value): InjectedFault => ({ kind: 'odd value', at, value }))),
  ];
}

function titleOf(fault: InjectedFault): string {
  if (fault.kind === 'none') return 'the same delivery twice';
  const value = fault.kind === 'odd value' ? ` ${describe(fault.value)}` : '';
  return `${fault.kind}${value} at effect ${fault.at}`;
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value).slice(8, -1);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 10)) : String(value);
}

interface Run {
  trials: ModuleCallWithSample[];
  effects: RecordedSideEffect[];
  /** How many side effects the last attempt reached. */
  reached: number;
}

/** Makes an attempt with the fault, then a second attempt that repeats the delivery. */
async function strike(kit: Kit, callback: NotifierCallback, fault: InjectedFault): Promise<Run> {
  if (fault.kind !== 'killed') return attempts(kit, callback, [fault, { kind: 'none' }]);
  const [deliveryId, conversationId] = [randomUUID(), randomUUID()];
  const attempt = (n: number, what: InjectedFault) => ({
    module: kit.module ?? '',
    callback: callback.name,
    conversationId,
    delivery: { deliveryId, attempt: n },
    fault: what,
  });
  const effects = await runAttemptsInProcesses([attempt(1, fault), attempt(2, { kind: 'none' })], kit.timeoutMs);
  return { trials: [], effects, reached: effects.length };
}

/** Makes one attempt for each fault, under new ids, because the host may remember those of an earlier run. */
async function attempts(kit: Kit, callback: NotifierCallback, faults: readonly InjectedFault[]): Promise<Run> {
  const effects: RecordedSideEffect[] = [];
  const providers: FaultInjectingProvider[] = [];
  const late: Promise<unknown>[] = [];
  const deliveryId = randomUUID();
  const conversation = sampleConversation(randomUUID());
  // Use one notifier for all attempts, as a worker that keeps running does.
  let current: FaultInjectingProvider | undefined;
  const notifier = (await kit.make({ effect: async (...given) => current?.effect(...given) })) as Callable;
  const trials: ModuleCallWithSample[] = [];
  for (const [index, fault] of faults.entries()) {
    current = createFaultInjectingProvider(fault, (effect) => effects.push(effect));
    providers.push(current);
    const args = callback.args(conversation, { deliveryId, attempt: index + 1 });
    trials.push(
      await callModuleWithSample(`attempt ${index + 1}`, args, kit.timeoutMs, (...given) => {
        const returned = notifier[callback.name]?.(...given);
        late.push(Promise.resolve(returned).catch(() => {}));
        return returned;
      }),
    );
  }
  for (const provider of providers) provider.release();
  await Promise.race([Promise.all(late), new Promise((resolve) => setTimeout(resolve, kit.timeoutMs).unref())]);
  return { trials, effects, reached: providers.at(-1)?.reached ?? 0 };
}

type Callable = Record<string, (...args: unknown[]) => unknown>;

interface Difference {
  effect: string;
  expected: number;
  found: number;
  more: boolean;
}

function compare(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): Difference[] {
  return [...new Set([...expected.keys(), ...found.keys()])]
    .map((effect) => ({ effect, expected: expected.get(effect) ?? 0, found: found.get(effect) ?? 0 }))
    .filter((counts) => counts.found !== counts.expected)
    .map((counts) => ({ ...counts, more: counts.found > counts.expected }));
}

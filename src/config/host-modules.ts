import { describeType } from '../foundation/describe-value.js';
import type { ConfigProblem } from '../foundation/errors.js';
import { type HostModules, metricsBrand, tracingBrand } from './config-types.js';

/** The host contracts and their required methods. */
export const contractMethods = {
  contextProvider: ['getContext'],
  notifier: ['onConversationResolved', 'onSlaBreach', 'onOutboundTriggered'],
  automationPolicy: ['decide'],
  slaPolicyProvider: ['getActivePolicies', 'setPolicy'],
  draftGenerator: ['generate'],
} as const satisfies { [C in ContractKey]: readonly (keyof NonNullable<HostModules[C]>)[] };

/** Optional methods of the host contracts. */
const optionalMethods: { readonly [C in ContractKey]?: readonly string[] } = {
  notifier: ['onReply', 'onCustomerErased', 'onAuditAnchor'],
};

export type ContractKey = Exclude<keyof HostModules, 'metrics' | 'tracing' | 'logger'>;

/** The problems of a host module: one for each missing or wrong method. */
export function contractProblems(key: ContractKey, value: unknown): ConfigProblem[] {
  const methods: readonly string[] = contractMethods[key];
  if (!isObject(value))
    return [{ path: key, expected: `an object with ${listed(methods)}`, found: describeType(value) }];
  const missing = methods.filter((method) => typeof value[method] !== 'function');
  const wrong = (optionalMethods[key] ?? []).filter(
    (method) => !['function', 'undefined'].includes(typeof value[method]),
  );
  const whole = missing.length > 0 ? misplaced(key, value, methods) : undefined;
  return whole ?? [...missing, ...wrong].map((method) => lacks(key, method, value[method]));
}

/** The problems of the config key `metrics`: none if it is the result of `prometheus()`. */
export function metricsProblems(value: unknown): ConfigProblem[] {
  return brandProblems('metrics', metricsBrand, 'prometheus()', value);
}

/** The problems of the config key `tracing`: none if it is the result of `openTelemetry()`. */
export function tracingProblems(value: unknown): ConfigProblem[] {
  return brandProblems('tracing', tracingBrand, 'openTelemetry()', value);
}

function brandProblems(path: string, brand: symbol, maker: string, value: unknown): ConfigProblem[] {
  if (isObject(value) && value[brand] === true) return [];
  const found = typeof value === 'function' ? 'a function; call it' : describeType(value);
  return [{ path, expected: `what ${maker} returns`, found }];
}

/** The logger's methods that Cairnloop calls. */
const logMethods = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

export function loggerProblems(value: unknown): ConfigProblem[] {
  const missing = isObject(value) ? logMethods.filter((method) => typeof value[method] !== 'function') : logMethods;
  if (missing.length === 0) return [];
  const found = isObject(value) ? `one without ${listed(missing)}` : describeType(value);
  return [{ path: 'logger', expected: `a pino logger, or an object with ${listed(logMethods)}`, found }];
}

/** Reports a host module given as a class or as a promise as one problem, instead of one for each missing method. */
function misplaced(key: string, value: Methods, methods: readonly string[]): ConfigProblem[] | undefined {
  const expected = `an object with ${listed(methods)}`;
  if (typeof value.then === 'function') return [{ path: key, expected, found: 'a promise; await it' }];
  if (typeof value === 'object') return undefined;
  const { prototype, name } = value;
  const isClass = isObject(prototype) && methods.some((method) => typeof prototype[method] === 'function');
  return [
    {
      path: key,
      expected,
      found: isClass ? `the class ${String(name)} itself; write new ${String(name)}()` : 'a function',
    },
  ];
}

function lacks(key: string, method: string, value: unknown): ConfigProblem {
  return {
    path: `${key}.${method}`,
    expected: 'a method',
    found: value === undefined ? 'nothing' : describeType(value),
  };
}

function listed(methods: readonly string[]): string {
  return methods.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

/** An object, or a class whose static methods implement a contract. */
type Methods = Record<PropertyKey, unknown>;

function isObject(value: unknown): value is Methods {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

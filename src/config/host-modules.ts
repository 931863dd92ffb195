import { kindOf } from '../foundation/describe-value.js';
import type { ConfigProblem } from '../foundation/errors.js';
import { type HostModules, metricsBrand } from './config-types.js';

/** The contracts that a host may fulfil, and the methods of each. */
export const contractMethods = {
  contextProvider: ['getContext'],
  notifier: ['onConversationResolved', 'onSlaBreach', 'onOutboundTriggered'],
  automationPolicy: ['decide'],
  slaPolicyProvider: ['getActivePolicies', 'setPolicy'],
  draftGenerator: ['generate'],
} as const satisfies { [C in ContractKey]: readonly (keyof NonNullable<HostModules[C]>)[] };

/** Methods that a contract may have. */
const optionalMethods: { readonly [C in ContractKey]?: readonly string[] } = { notifier: ['onReply'] };

export type ContractKey = Exclude<keyof HostModules, 'metrics'>;

/** What is wrong with a value that stands for a contract: one problem for each method that it lacks or has as something else. */
export function contractProblems(key: ContractKey, value: unknown): ConfigProblem[] {
  const methods: readonly string[] = contractMethods[key];
  if (!isObject(value)) return [{ path: key, expected: `an object with ${listed(methods)}`, found: kindOf(value) }];
  const missing = methods.filter((method) => typeof value[method] !== 'function');
  const wrong = (optionalMethods[key] ?? []).filter(
    (method) => !['function', 'undefined'].includes(typeof value[method]),
  );
  const whole = missing.length > 0 ? misplaced(key, value, methods) : undefined;
  return whole ?? [...missing, ...wrong].map((method) => lacks(key, method, value[method]));
}

/** What is wrong with the value of `metrics`. */
export function metricsProblems(value: unknown): ConfigProblem[] {
  if (isObject(value) && value[metricsBrand] === true) return [];
  const found = typeof value === 'function' ? 'a function; call it' : kindOf(value);
  return [{ path: 'metrics', expected: 'what prometheus() returns', found }];
}

/** One clear problem for what was meant well: the class, or a promise of the module. */
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
  return { path: `${key}.${method}`, expected: 'a method', found: value === undefined ? 'nothing' : kindOf(value) };
}

function listed(methods: readonly string[]): string {
  return methods.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

/** An object or a function, whose static methods may fulfil a contract too. */
type Methods = Record<PropertyKey, unknown>;

function isObject(value: unknown): value is Methods {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

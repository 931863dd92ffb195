import type { ConfigProblem } from '../errors.js';
import { kindOf } from '../found.js';
import { type HostModules, metricsBrand } from './config-types.js';

/** The contracts that a host may fulfil, and the methods of each. */
export const contractMethods = {
  contextProvider: ['getContext'],
  notifier: ['onConversationResolved', 'onSlaBreach', 'onOutboundTriggered'],
  automationPolicy: ['decide'],
  slaPolicyProvider: ['getActivePolicies', 'setPolicy'],
  draftGenerator: ['generate'],
} as const satisfies { [C in ContractKey]: readonly (keyof NonNullable<HostModules[C]>)[] };

export type ContractKey = Exclude<keyof HostModules, 'metrics'>;

/** What is wrong with a value that stands for a contract: one problem for each method it lacks. */
export function contractProblems(key: ContractKey, value: unknown): ConfigProblem[] {
  const methods: readonly string[] = contractMethods[key];
  if (!isObject(value)) return [{ path: key, expected: `an object with ${listed(methods)}`, found: kindOf(value) }];
  const missing = methods.filter((method) => typeof value[method] !== 'function');
  if (missing.length === 0) return [];
  return misplaced(key, value, methods) ?? missing.map((method) => lacks(key, method, value[method]));
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

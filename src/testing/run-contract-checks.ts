import { type ContractKey, contractProblems } from '../config/host-modules.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { createPassedFinding } from './judge-calls.js';
import { buildContractReport, type ContractFinding, type ContractReport } from './report.js';

/** Options of every contract check. */
export interface CheckOptions {
  /** How long one call may take, in milliseconds. Default 1 000: raise it for a module that calls real services. */
  timeoutMs?: number;
  /**
   * Calls only methods without effects in the host, once, with ordinary data: never a notifier's callbacks, never
   * `setPolicy`. `cairnloop doctor --probe` uses it. Default false.
   */
  dry?: boolean;
  /** The `console` of the test, whose output is discarded while the module is called. Default: nothing is discarded. */
  silence?: object;
}

/** The option that the check of a contract takes besides {@link CheckOptions}, by contract. */
const ownOptions: Partial<Record<ContractKey, string>> = { contextProvider: 'actorIds', notifier: 'effects' };

/**
 * Checks that a module has the methods of its contract, then runs the contract's own checks, and makes the report.
 * Throws `INPUT_INVALID` for an unknown option, and nothing else.
 */
export async function runContractChecks<Module, Options extends CheckOptions>(
  contract: ContractKey,
  module: unknown,
  options: Options,
  run: (module: Module, options: Options & Required<Omit<CheckOptions, 'silence'>>) => Promise<ContractFinding[]>,
): Promise<ContractReport> {
  requireKnownKeys('check', options, ['timeoutMs', 'dry', 'silence', ...[ownOptions[contract] ?? []].flat()]);
  const misshapen = shapeFindings(contract, module);
  if (misshapen.length > 0) return buildContractReport(contract, misshapen);
  const before = prototypeKeys();
  const settings = { ...options, timeoutMs: options.timeoutMs ?? 1000, dry: options.dry ?? false };
  const findings = await silenced(options.silence, () => run(module as Module, settings));
  return buildContractReport(contract, [
    createPassedFinding('shape', 'has every method'),
    ...findings,
    ...pollutionFindings(before),
  ]);
}

/**
 * Discards what is printed to a console while `work` runs. The test passes its console: under Jest it is not the one
 * that this package sees.
 */
async function silenced<T>(console: object | undefined, work: () => Promise<T>): Promise<T> {
  const target: Record<string, unknown> = Object(console);
  const printing = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'];
  const before = printing.filter((name) => typeof target[name] === 'function').map((name) => [name, target[name]]);
  for (const [name] of before) target[String(name)] = () => undefined;
  try {
    return await work();
  } finally {
    Object.assign(target, Object.fromEntries(before));
  }
}

function shapeFindings(contract: ContractKey, module: unknown): ContractFinding[] {
  return contractProblems(contract, module).map(({ path, expected, found }) => ({
    level: 'problem',
    code: path === contract ? 'NOT_A_MODULE' : 'METHOD_MISSING',
    check: 'shape',
    message: `${path}: expected ${expected}, found ${found}`,
  }));
}

function pollutionFindings(before: ReadonlySet<PropertyKey>): ContractFinding[] {
  const added = [...prototypeKeys()].filter((key) => !before.has(key));
  if (added.length === 0) return [];
  for (const key of added) Reflect.deleteProperty(Object.prototype, key);
  const message = `added ${added.map(String).join(', ')} to Object.prototype, and thereby to every object of the process`;
  return [{ level: 'problem', code: 'POLLUTES_PROTOTYPE', check: '__proto__ among the keys', message }];
}

function prototypeKeys(): Set<PropertyKey> {
  return new Set(Reflect.ownKeys(Object.prototype));
}

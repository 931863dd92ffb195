import { type ContractKey, contractProblems } from '../config/host-modules.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { passedFinding } from './judge-calls.js';
import { buildContractReport, type ContractFinding, type ContractReport } from './report.js';

/** Options of every contract check. */
export interface CheckOptions {
  /** How long one call may take, in milliseconds. Default 1 000: raise it for a module that calls real services. */
  timeoutMs?: number;
  /**
   * Call only what has no effect in the host, once, with ordinary data: never a notifier's callbacks, never
   * `setPolicy`. What `cairnloop doctor --probe` does. Default false.
   */
  dry?: boolean;
  /** Discards what the module prints while it is called: the test's own `console`. Default: nothing is discarded. */
  silence?: object;
}

/** Further options of a contract's check, besides {@link CheckOptions}. */
const ownOptions: Partial<Record<ContractKey, string>> = { contextProvider: 'actorIds', notifier: 'effects' };

/**
 * Looks at the module's shape, runs the checks of its contract when it has one, and sums up. Throws `INPUT_INVALID` for
 * an option that it does not know, and nothing else.
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
    passedFinding('shape', 'has every method'),
    ...findings,
    ...pollutionFindings(before),
  ]);
}

/** The console is handed in: under Jest the test's is another than the one that this package sees. */
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
  const message = `put ${added.map(String).join(', ')} on Object.prototype, and so on every object of the process`;
  return [{ level: 'problem', code: 'POLLUTES_PROTOTYPE', check: '__proto__ among the keys', message }];
}

function prototypeKeys(): Set<PropertyKey> {
  return new Set(Reflect.ownKeys(Object.prototype));
}

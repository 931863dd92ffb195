import { describeInputValue } from '../foundation/describe-value.js';
import { CairnloopError } from '../foundation/errors.js';

/**
 * Runs statements in the host's open transaction. A client of `pg` that has begun a transaction can be passed as it is;
 * `cairnloop/transactions` adapts the transactions of other libraries.
 */
export interface TransactionExecutor {
  /**
   * Runs one statement with parameters `$1`, `$2`, … on the connection of the transaction. All values are strings or
   * null.
   */
  query(text: string, values: unknown[]): Promise<{ rows: object[] }>;
  /**
   * The object that identifies the transaction where several executors are made for it: calls on one transaction have
   * to run one after the other.
   */
  readonly transaction?: object;
}

/** A failed statement of the host's executor: the SQLSTATE and the server's message, from the error of any library. */
export class ExecutorError extends Error {
  override readonly name = 'ExecutorError';
  readonly code: string | undefined;
  /**
   * The error that the host's database library threw. It is not stored as `cause`, which logs and telemetry would
   * print.
   */
  readonly origin: unknown;

  constructor(origin: unknown) {
    const errors = chainOf(origin);
    const answered = errors.find((error) => codeOf(error) !== undefined);
    // Do not use the message of the outermost error: Drizzle's contains the statement with all its values.
    super(messageOf(answered) ?? messageOf(errors.at(-1)) ?? 'the statement failed without a message');
    this.origin = origin;
    this.code = codeOf(answered);
  }
}

/** Checks that a value is an executor. Throws `INPUT_INVALID`. */
export function requireExecutor(executor: unknown): TransactionExecutor {
  if (typeof read(executor, 'query') === 'function') return executor as TransactionExecutor;
  throw wrongExecutor(
    'executor',
    `an object with query(text, values)${adapterFor(executor)}`,
    describeInputValue(executor),
  );
}

/**
 * Runs a statement on the host's executor. Throws {@link ExecutorError}, and `INPUT_INVALID` if the driver returns no
 * result.
 */
export async function queryHostExecutor(
  executor: TransactionExecutor,
  text: string,
  values: unknown[],
): Promise<object[]> {
  let result: unknown;
  try {
    result = await executor.query(text, values);
  } catch (error) {
    throw new ExecutorError(error);
  }
  const rows = read(result, 'rows');
  if (Array.isArray(rows)) return rows;
  throw wrongExecutor('executor.query', `a promise of { rows }${adapterFor(executor)}`, describeInputValue(result));
}

/** Throws `INPUT_INVALID` for a result that the host's driver has changed. */
export function throwResultChangedByDriver(found: unknown): never {
  throw wrongExecutor(
    'executor.query',
    'rows as Postgres returned them, each with one text',
    describeInputValue(found),
  );
}

function wrongExecutor(path: string, expected: string, found: string): CairnloopError {
  return new CairnloopError('INPUT_INVALID', { operation: 'within', problems: [{ path, expected, found }] });
}

/** Methods by which the transactions of other libraries are recognised, and the adapter for each. */
const adapters: Record<string, string> = {
  $queryRawUnsafe: 'fromPrisma(tx)',
  executeQuery: 'fromKysely(trx)',
  raw: 'fromKnex(trx)',
  execute: 'fromDrizzle(tx)',
  getRepository: 'fromTypeOrm(manager)',
  getQueryInterface: 'fromSequelize(sequelize, transaction)',
  afterCommit: 'fromSequelize(sequelize, transaction)',
};

function adapterFor(executor: unknown): string {
  const method = Object.keys(adapters).find((name) => typeof read(executor, name) === 'function');
  return method ? `, such as ${adapters[method]} of cairnloop/transactions returns` : ', such as a client of pg';
}

function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

/** Properties in which libraries keep the error of their driver. */
const wrappers = ['cause', 'parent', 'original', 'driverError', 'meta', 'driverAdapterError'];

/** Matches a SQLSTATE, but not codes of Prisma (P2010) and Node.js (EPIPE), which have the same length. */
const sqlState = /^(?=.{5}$)(\d|F0|HV|P0|XX)[0-9A-Z]*$/;

/** Lists an error and the errors that it wraps, the outermost first. */
function chainOf(error: unknown): unknown[] {
  const chain = [error];
  for (let looked = 0; looked < chain.length && chain.length < 20; looked += 1) {
    const inner = wrappers.map((name) => read(chain[looked], name));
    chain.push(...inner.filter((value) => typeof value === 'object' && value !== null && !chain.includes(value)));
  }
  return chain;
}

function codeOf(error: unknown): string | undefined {
  const codes = [read(error, 'originalCode'), read(error, 'code')];
  return codes.find((value): value is string => typeof value === 'string' && sqlState.test(value));
}

function messageOf(error: unknown): string | undefined {
  const message = read(error, 'originalMessage') ?? read(error, 'message');
  return typeof message === 'string' && message !== '' ? message : undefined;
}

import type pg from 'pg';
import { CairnloopError } from '../foundation/errors.js';
import { hostLockTimeoutMs, limitLockWait } from './lock-limit.js';
import { isConnectionLostError, isErrorFromServer, isUnsentStatementError } from './outage.js';
import { quoteIdentifier } from './quote-identifier.js';
import { createRetryingPool, type RetryingPool } from './run-on-pool.js';
import { openSessionPool } from './session.js';
import { type Executor, isWriteStatement, type Statement, type StatementArguments } from './statement.js';

export { quoteIdentifier };

export interface DatabaseOptions {
  url: string;
  schema: string;
  /** Maximum number of connections that this process opens for statements. */
  poolSize: number;
  /** Called for connections that break while idle, e.g. when Postgres restarts; the pool replaces them. */
  onConnectionError?: (error: Error) => void;
}

/**
 * The connection to the host's Postgres: runs named statements, alone or in a transaction. After `close`, every call
 * throws `CLOSED`.
 */
export interface Database extends Executor {
  readonly url: string;
  readonly schema: string;
  readonly pool: pg.Pool;
  /**
   * Commits when `work` returns, rolls back when it throws. `work` runs again after a serialization failure, so it must
   * change nothing but through `tx`.
   */
  transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
  /** This database on the same pool with another lock timeout, in milliseconds. */
  waitingFor(lockMs: number): Database;
  close(): Promise<void>;
}

/** Creates the connection pool; it connects at the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, schema, poolSize } = options;
  const pool = openSessionPool({ url, schema, name: 'cairnloop', max: poolSize });
  // Without a listener for `error`, a restart of Postgres would end the process.
  pool.on('error', (error) => options.onConnectionError?.(error));
  const runner = createRetryingPool(pool);
  const prepare = statementCache(schema);
  const requireOpen = (operation: string) => {
    if (pool.ending) throw new CairnloopError('CLOSED', { operation });
  };
  const waitingFor = (lockMs: number): Database => {
    const run: RetryingPool['run'] = (work) =>
      runner.run(async (client) => {
        await limitLockWait(client, lockMs);
        return work(client);
      });
    return {
      url,
      schema,
      pool,
      async run<Params extends object, Row extends object>(
        statement: Statement<Params, Row>,
        ...[params]: StatementArguments<Params>
      ): Promise<Row[]> {
        requireOpen(statement.name);
        return runAlone<Row>({ run }, prepare(statement), toParameterValues(statement, params));
      },
      async transaction(work) {
        requireOpen('A transaction');
        return inTransaction({ run }, prepare, work);
      },
      waitingFor,
      close: () => pool.end(),
    };
  };
  return waitingFor(hostLockTimeoutMs);
}

/**
 * Whether an error means that a change was sent and the connection broke before the result arrived. The change may have
 * been committed.
 */
export function isOutcomeUnknownError(error: unknown): boolean {
  return unknownOutcomes.has(error as object);
}

const unknownOutcomes = new WeakSet<object>();

/**
 * Marks an error of a connection that broke after a change was sent. The server's own errors have a SQLSTATE and are
 * not marked.
 */
function markUnlessAnswered(error: unknown): void {
  if (!isErrorFromServer(error) && !isUnsentStatementError(error) && isConnectionLostError(error))
    unknownOutcomes.add(error as object);
}

interface Prepared {
  name: string;
  text: string;
  writes: boolean;
}
type Prepare = (statement: Statement) => Prepared;

/** The parameter values of a statement, in the order of its placeholders. */
export function toParameterValues<Params extends object>(
  statement: Statement<Params>,
  params: StatementArguments<Params>[0] | undefined,
): unknown[] {
  return statement.values((params ?? {}) as Params);
}

function statementCache(schema: string): Prepare {
  const quoted = quoteIdentifier(schema);
  const cache = new Map<Statement, Prepared>();
  return (statement) => {
    const known = cache.get(statement);
    if (known) return known;
    const text = statement.text(quoted);
    const prepared = { name: statement.name, text, writes: isWriteStatement(text) };
    cache.set(statement, prepared);
    return prepared;
  };
}

async function runOn<Row extends object>(
  client: pg.PoolClient,
  { name, text }: Prepared,
  values: unknown[],
): Promise<Row[]> {
  const result = await client.query<Row>({ name, text, values });
  return result.rows;
}

function runAlone<Row extends object>(runner: RetryingPool, prepared: Prepared, values: unknown[]): Promise<Row[]> {
  return runner.run(async (client) => {
    try {
      return await runOn<Row>(client, prepared, values);
    } catch (error) {
      if (prepared.writes) markUnlessAnswered(error);
      throw error;
    }
  });
}

function inTransaction<T>(runner: RetryingPool, prepare: Prepare, work: (tx: Executor) => Promise<T>): Promise<T> {
  return runner.run(async (client) => {
    try {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      const result = await work({
        run: (statement, ...[params]) => runOn(client, prepare(statement), toParameterValues(statement, params)),
      });
      await commit(client);
      return result;
    } catch (error) {
      // If ROLLBACK fails the connection is broken, and the server rolls back by itself.
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    }
  });
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    const { command } = await client.query('COMMIT');
    // Postgres returns ROLLBACK for a COMMIT after `work` ignored a failed statement.
    if (command === 'ROLLBACK') throw new Error('the transaction was rolled back: one of its statements had failed');
  } catch (error) {
    markUnlessAnswered(error);
    throw error;
  }
}

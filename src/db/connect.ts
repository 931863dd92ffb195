import pg from 'pg';
import { CairnloopError } from '../errors.js';
import { errorText } from '../redact.js';
import { columnTypes } from './column-types.js';
import { hostLockMs, limitLockWait } from './lock-limit.js';
import { isReadOnly } from './refusal.js';
import type { Executor, Statement } from './statement.js';

export interface DatabaseOptions {
  url: string;
  schema: string;
  /** Connections that this process may hold for its statements. */
  poolSize: number;
  /** Told of connections that break while idle, e.g. when Postgres restarts; the pool replaces them by itself. */
  onConnectionError?: (error: Error) => void;
}

/**
 * The connection to the host's Postgres: named statements, each on its own or in a transaction. After `close` both throw
 * `CLOSED`.
 */
export interface Database extends Executor {
  readonly schema: string;
  readonly pool: pg.Pool;
  /** Commits when `work` returns, rolls back when it throws. */
  transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
  /** The same pool, for statements that wait no longer than `lockMs` for what another session has locked. */
  waitingFor(lockMs: number): Database;
  close(): Promise<void>;
}

const connectionTimeoutMs = 10_000;

/** A connection whose other end has fallen silent never answers; no statement of ours takes so long, in milliseconds. */
const answerTimeoutMs = 30_000;

/** Opens the pool; nothing is sent before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    application_name: 'cairnloop',
    types: columnTypes,
  });
  // Without a listener a Postgres restart ends the process.
  pool.on('error', (error) => options.onConnectionError?.(error));
  const prepare = statementCache(options.schema);
  const requireOpen = (operation: string) => {
    if (pool.ending) throw new CairnloopError('CLOSED', { operation });
  };
  const waitingFor = (lockMs: number): Database => ({
    schema: options.schema,
    pool,
    async run(statement, values) {
      requireOpen(statement.name);
      return withClient(pool, lockMs, (client) => runOn(client, prepare(statement), values));
    },
    async transaction(work) {
      requireOpen('A transaction');
      return withClient(pool, lockMs, (client) => inTransaction(client, prepare, work));
    },
    waitingFor,
    close: () => pool.end(),
  });
  return waitingFor(hostLockMs);
}

/** Asks for one row. Throws `DATABASE_UNREACHABLE`, naming the target without its password. */
export async function probeDatabase(url: string): Promise<void> {
  let client: pg.Client | undefined;
  try {
    // Reads the certificates that the url names.
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectionTimeoutMs });
    client.on('error', () => {});
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    throw new CairnloopError('DATABASE_UNREACHABLE', { target: databaseTarget(url), reason: connectReason(error) });
  } finally {
    await client?.end().catch(() => {});
  }
}

/** Host, port and database of a connection string, never its user or password. */
export function databaseTarget(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname || 'localhost'}:${port || 5432}${pathname}`;
  } catch {
    return 'database.url';
  }
}

/** Quotes an identifier for SQL. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Why there is no connection, in redacted words: Node reports a refused dual-stack one as an AggregateError without a message. */
export function connectReason(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return errorText(first, 300).replace(/\.$/, '');
}

type Prepared = { name: string; text: string };
type Prepare = (statement: Statement) => Prepared;

function statementCache(schema: string): Prepare {
  const quoted = quoteIdentifier(schema);
  const cache = new Map<Statement, Prepared>();
  return (statement) => {
    const known = cache.get(statement);
    if (known) return known;
    const prepared = { name: statement.name, text: statement.text(quoted) };
    cache.set(statement, prepared);
    return prepared;
  };
}

async function runOn<Row extends object>(
  client: pg.PoolClient,
  prepared: Prepared,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await client.query<Row>({ ...prepared, values: [...values] });
  return result.rows;
}

/** A statement that failed takes its connection with it, as with the pool's own `query`; a rolled-back transaction does not. */
async function withClient<T>(pool: pg.Pool, lockMs: number, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: unknown;
  const onError = (error: Error) => {
    broken = error;
  };
  // A client that was taken out of the pool has nobody else to tell: without a listener its loss ends the process.
  client.on('error', onError);
  try {
    await limitLockWait(client, lockMs);
    return await work(client);
  } catch (error) {
    if (!(error instanceof RolledBack) || isReadOnly(error.cause)) broken ??= error;
    throw error instanceof RolledBack ? error.cause : error;
  } finally {
    client.off('error', onError);
    client.release(broken as Error | undefined);
  }
}

/** The connection is as good as before. */
class RolledBack extends Error {}

async function inTransaction<T>(
  client: pg.PoolClient,
  prepare: Prepare,
  work: (tx: Executor) => Promise<T>,
): Promise<T> {
  try {
    await client.query('BEGIN');
    const result = await work({ run: (statement, values) => runOn(client, prepare(statement), values) });
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    const isRolledBack = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    throw isRolledBack ? new RolledBack('rolled back', { cause }) : cause;
  }
}

/**
 * The only module that opens connections, so that all of them parse the URL the same way, use our column types, and
 * apply the settings that statements rely on.
 */
import type pg from 'pg';
import JavaScriptClient from 'pg/lib/client.js';
import Pool from 'pg-pool';
import { columnTypeParsers } from './column-types.js';
import { readConnectionUrl } from './connection-url.js';
import { quoteIdentifier } from './quote-identifier.js';

export interface SessionOptions {
  url: string;
  /** The schema that is set as the search_path; Agenda finds its table by it. */
  schema: string;
  /** The application_name of the connection, unless the URL sets one. */
  name: string;
  /** How long connecting may take, in milliseconds. Default 10 000. */
  connectTimeoutMs?: number;
  limits?: Partial<SessionTimeLimits>;
  /** Whether commits wait for the disk. Default: as the administrator or the host set `synchronous_commit`. */
  durable?: false;
}

/** Time limits of a session, in milliseconds; 0 is no limit. */
export interface SessionTimeLimits {
  /** How long a statement may take before this process drops the connection. */
  answer: number;
  /**
   * The statement_timeout: shorter than the limit `answer`, so that the server stops a statement before this process
   * gives up.
   */
  statement: number;
  /** The lock_timeout of the session. */
  lock: number;
  /** idle_in_transaction_session_timeout: frees the locks of a frozen process. */
  idleInTransaction: number;
}

/** Default limits; none of our statements takes this long. */
const defaultLimits: SessionTimeLimits = { answer: 30_000, statement: 25_000, lock: 10_000, idleInTransaction: 60_000 };

/** Opens one connection and sets it up. The caller ends it. */
export async function openSession(options: SessionOptions): Promise<pg.Client> {
  const client = createUnconfiguredPostgresClient(options);
  try {
    await client.connect();
    await setUp(client, options);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** An unconnected client that will not apply our settings, for inspecting a server. */
export function createUnconfiguredPostgresClient(options: SessionOptions): pg.Client {
  const client = new SessionClient(clientConfig(options));
  // A lost connection is reported by the statement that fails; without a listener the `error` event would end the
  // process.
  client.on('error', () => {});
  return client;
}

/** A pool whose connections are set up as by {@link openSession}; nothing is sent before the first statement. */
export function openSessionPool(options: SessionOptions & { max: number }): pg.Pool {
  const pool = new Pool({
    ...clientConfig(options),
    max: options.max,
    idleTimeoutMillis: 10_000,
    Client: SessionClient as unknown as new () => pg.Client,
    onConnect: (client: pg.ClientBase) => setUp(client, options),
  } as pg.PoolConfig);
  // The pool replaces an idle connection that the server ends; without a listener its `error` event would end the
  // process.
  return pool.on('error', () => {});
}

interface SessionConfig extends pg.ClientConfig {
  serverOptions: string | undefined;
  answerTimeoutMs: number;
}

function clientConfig(options: SessionOptions): SessionConfig {
  const target = readConnectionUrl(options.url);
  const { applicationName, options: serverOptions, password, ...where } = target;
  return {
    ...(where as pg.ClientConfig),
    password: password ?? undefined,
    serverOptions,
    application_name: applicationName ?? options.name,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    answerTimeoutMs: limitsOf(options).answer,
    keepAlive: true,
    types: columnTypeParsers,
  };
}

/** pg's client without the process-wide `pg.defaults`, which would fill in options that the config leaves out. */
class SessionClient extends JavaScriptClient {
  constructor(config: SessionConfig) {
    super(config);
    const client = this as unknown as { binary: boolean; password: string | null; connectionParameters: object };
    client.binary = false;
    client.password = (config.password as string | undefined) ?? null;
    Object.assign(client.connectionParameters, {
      password: client.password,
      options: config.serverOptions,
      query_timeout: config.answerTimeoutMs,
      // Leave time limits out of the startup packet, where poolers refuse them: they are set after connecting.
      statement_timeout: 0,
      lock_timeout: 0,
      idle_in_transaction_session_timeout: 0,
      replication: undefined,
    });
  }
}

/**
 * Applies settings, except those that an older server does not know. Only a superuser may set
 * `session_replication_role`, so it is left alone unless triggers are off.
 */
const applySettings = `
  SELECT pg_catalog.set_config(name, setting, false) FROM pg_catalog.jsonb_each_text($1) AS wanted (name, setting)
  WHERE pg_catalog.current_setting(name, true) IS NOT NULL
    AND (name <> 'session_replication_role' OR pg_catalog.current_setting(name) = 'replica')`;

async function setUp(client: pg.ClientBase, options: SessionOptions): Promise<void> {
  await client.query(applySettings, [JSON.stringify(settingsOf(options))]);
}

/**
 * Settings that change the results of statements or end them. `default_transaction_read_only` and `synchronous_commit`
 * are left to administrators and the host.
 */
function settingsOf(options: SessionOptions): Record<string, string> {
  const { statement, lock, idleInTransaction } = limitsOf(options);
  return {
    search_path: `${quoteIdentifier(options.schema)}, pg_temp`,
    default_transaction_isolation: 'read committed',
    default_transaction_deferrable: 'off',
    statement_timeout: String(statement),
    lock_timeout: String(lock),
    idle_in_transaction_session_timeout: String(idleInTransaction),
    idle_session_timeout: '0',
    transaction_timeout: '0',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, YMD',
    IntervalStyle: 'postgres',
    TimeZone: 'UTC',
    bytea_output: 'hex',
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
    array_nulls: 'on',
    transform_null_equals: 'off',
    row_security: 'on',
    gin_fuzzy_search_limit: '0',
    session_replication_role: 'origin',
    restrict_nonsystem_relation_kind: '',
    plan_cache_mode: 'auto',
    jit: 'off',
    ...(options.durable === false && { synchronous_commit: 'off' }),
  };
}

function limitsOf({ limits }: SessionOptions): SessionTimeLimits {
  return { ...defaultLimits, ...limits };
}

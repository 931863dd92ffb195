import { isIPv4 } from 'node:net';
import { userInfo } from 'node:os';
import { type ConnectionOptions, parse } from 'pg-connection-string';
import { errorText } from '../foundation/redact.js';

/**
 * Server, database, user and options of a connection: from the URL, or else from the PG… environment variables, as in
 * psql.
 */
export interface DatabaseConnectionTarget {
  /** A host name, an address, or the folder of a Unix socket. */
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | null;
  ssl: ConnectionOptions['ssl'];
  sslnegotiation: 'postgres' | 'direct' | undefined;
  /**
   * Command-line options for the server, such as `-c role=support`; some database providers route connections by them.
   */
  options: string | undefined;
  applicationName: string | undefined;
}

/**
 * Parses `database.url` with pg's own parser and reads the certificates it names. pg's process-wide defaults are
 * ignored: a host may have changed them.
 */
export function readConnectionUrl(url: string): DatabaseConnectionTarget {
  const given = parse(url);
  const env = process.env;
  const user = given.user || env.PGUSER || env.USER || env.USERNAME || userInfo().username;
  return {
    host: given.host || env.PGHOST || 'localhost',
    port: Number.parseInt(given.port || env.PGPORT || '5432', 10),
    database: given.database || env.PGDATABASE || user,
    user,
    password: given.password || env.PGPASSWORD || null,
    ssl: given.ssl ?? sslOfEnvironment(env.PGSSLMODE),
    sslnegotiation: given.sslnegotiation,
    options: given.options || env.PGOPTIONS,
    applicationName: given.application_name || env.PGAPPNAME,
  };
}

function sslOfEnvironment(mode: string | undefined): ConnectionOptions['ssl'] {
  if (mode === 'no-verify') return { rejectUnauthorized: false };
  return mode !== undefined && ['prefer', 'require', 'verify-ca', 'verify-full'].includes(mode);
}

/** Server and database of a connection string as `host:port/database`, never its user or password. */
export function formatDatabaseTarget(url: string): string {
  try {
    const { host, port, database } = readConnectionUrl(withoutFiles(url));
    return `${host}:${port}/${database}`;
  } catch {
    return 'database.url';
  }
}

/** Removes the certificate files from a connection string: parsing would read them, and they may be missing. */
function withoutFiles(url: string): string {
  return url.replace(/([?&])ssl(?:cert|key|rootcert)=[^&]*/g, '$1');
}

/** Whether the connection is local: by a Unix socket or the loopback interface. */
export function isLocalDatabaseUrl(url: string): boolean {
  try {
    const { host } = readConnectionUrl(withoutFiles(url));
    return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
  } catch {
    return false;
  }
}

/**
 * The redacted reason for a failed connection. Node reports a refused dual-stack connection as an AggregateError whose
 * own message is empty.
 */
export function describeConnectionFailure(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return errorText(first, 300).replace(/\.$/, '');
}

import { isIPv4 } from 'node:net';
import { userInfo } from 'node:os';
import { type ConnectionOptions, parse } from 'pg-connection-string';
import { errorText } from '../foundation/redact.js';

/** Where to connect and as whom: from the URL, else from the PG… variables, as psql does. */
export interface ConnectionTarget {
  /** The folder of a Unix socket. */
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | null;
  ssl: ConnectionOptions['ssl'];
  sslnegotiation: 'postgres' | 'direct' | undefined;
  /** Command-line options for the server, such as `-c role=support`; some hosts route by them. */
  options: string | undefined;
  applicationName: string | undefined;
}

/**
 * Parses `database.url` with pg's own parser and reads the certificates it names. pg's process-wide defaults are
 * ignored: a host may have changed them.
 */
export function readConnectionUrl(url: string): ConnectionTarget {
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

/** Host, port and database of a connection string, never its user or password. */
export function databaseTarget(url: string): string {
  try {
    const { host, port, database } = readConnectionUrl(withoutFiles(url));
    return `${host}:${port}/${database}`;
  } catch {
    return 'database.url';
  }
}

/** The target does not depend on certificate files, which may be missing. */
function withoutFiles(url: string): string {
  return url.replace(/([?&])ssl(?:cert|key|rootcert)=[^&]*/g, '$1');
}

/** Whether the connection is local: by a Unix socket or the loopback interface. */
export function isLocalTarget(url: string): boolean {
  try {
    const { host } = readConnectionUrl(withoutFiles(url));
    return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
  } catch {
    return false;
  }
}

/** Why there is no connection, in redacted words: Node reports a refused dual-stack one as an AggregateError without a message. */
export function connectReason(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return errorText(first, 300).replace(/\.$/, '');
}

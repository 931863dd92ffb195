import { maxAgendaConnections } from '../../agenda/jobs.js';
import { oldestPostgresVersion } from '../../db/migrate-preconditions.js';
import { createBlockedFinding, createOkFinding, createToCheckFinding, type DoctorCheck, defineCheck } from './check.js';

/**
 * The difference in milliseconds above which doctor reports that this machine's clock deviates from the database's,
 * which every deadline follows.
 */
const tolerableSkewMs = 5000;

/**
 * How many connections a process opens at most besides its `database.poolSize`: those of Agenda, and two that listen
 * for wake-ups and for changes on open pages of the workspace.
 */
const otherConnections = maxAgendaConnections + 2;

const database = defineCheck({
  code: 'DATABASE',
  title: 'database',
  needs: 'database',
  failure: 'blocked',
  judge: ({ target, readOnly }) => {
    if (!readOnly) return createOkFinding(`The database at ${target} is reachable.`);
    return createBlockedFinding(
      `The database at ${target} is read-only: a replica cannot store conversations.`,
      'name the primary in database.url',
    );
  },
});

const postgresVersion = defineCheck({
  code: 'POSTGRES_VERSION',
  title: 'Postgres version',
  needs: 'database',
  judge: ({ version, versionNumber }) =>
    versionNumber >= oldestPostgresVersion
      ? createOkFinding(`Postgres ${version}.`)
      : createBlockedFinding(
          `Postgres ${version} is older than 13, the oldest that Cairnloop runs on.`,
          'move to Postgres 13 or later',
        ),
});

const encoding = defineCheck({
  code: 'DATABASE_ENCODING',
  title: 'encoding of the database',
  needs: 'database',
  judge: ({ encoding }) => {
    if (encoding === 'UTF8') return createOkFinding('The database stores UTF-8.');
    const message = `The database has the encoding ${encoding}, which cannot store what customers write.`;
    return createBlockedFinding(
      message,
      'make a database with ENCODING UTF8 TEMPLATE template0, and name it in database.url',
    );
  },
});

const databaseRole = defineCheck({
  code: 'DATABASE_ROLE',
  title: 'database role',
  needs: 'database',
  judge: ({ superuser }, { profile, config }) => {
    if (!superuser || profile === 'development') return createOkFinding('The database role may do what it needs.');
    const schema = config.state === 'known' ? config.value.settings.database.schema : 'cairnloop';
    const message = 'Cairnloop connects as a superuser: whoever gets hold of database.url owns the whole server.';
    return createToCheckFinding(message, `connect as a role that owns schema ${schema} and nothing else`);
  },
});

const encryption = defineCheck({
  code: 'DATABASE_TLS',
  title: 'encryption of the database connection',
  needs: 'database',
  judge: ({ encrypted, isLocal }, { profile }) => {
    if (encrypted) return createOkFinding('The connection to the database is encrypted.');
    if (isLocal || profile === 'development')
      return createOkFinding('The connection to the database is not encrypted.');
    const message =
      'The database connection is not encrypted, so others on the network can read the data and the password.';
    return createToCheckFinding(message, 'add ?sslmode=verify-full to database.url');
  },
});

const clock = defineCheck({
  code: 'CLOCK',
  title: 'clock',
  needs: 'database',
  judge: ({ clockSkewMs }) => {
    const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
    if (Math.abs(clockSkewMs) <= tolerableSkewMs)
      return createOkFinding('The clocks of this machine and of the database agree.');
    const way = clockSkewMs > 0 ? 'ahead of' : 'behind';
    const message = `This machine's clock is ${seconds} s ${way} the database's, by which every deadline is kept.`;
    return createToCheckFinding(message, 'synchronise this machine and the database server with NTP');
  },
});

const pooler = defineCheck({
  code: 'POOLER',
  title: 'connection pooler',
  needs: 'database',
  judge: ({ pooling }) => {
    if (pooling === 'unknown')
      return createToCheckFinding('connection pooler not checked: no second connection was free.', null);
    if (pooling === 'none') return createOkFinding('Each connection has a database session of its own.');
    const message =
      'database.url leads through a pooler in transaction mode (PgBouncer): named statements, LISTEN and advisory locks need a session.';
    return createBlockedFinding(message, 'name the database itself in database.url, or a pool in session mode');
  },
});

const connections = defineCheck({
  code: 'CONNECTIONS',
  title: 'connection limit',
  needs: 'database',
  judge: ({ maxConnections }, { config, work }) => {
    const poolSize = config.state === 'known' ? config.value.settings.database.poolSize : 0;
    const workers = work.state === 'known' ? work.value.workers.length : 0;
    const processes = Math.max(1, workers);
    const needed = processes * (poolSize + otherConnections);
    if (needed <= maxConnections) return createOkFinding(`Up to ${needed} of ${maxConnections} connections are used.`);
    const message = `${processes} process(es) may open ${needed} connections, but the server allows ${maxConnections}.`;
    return createToCheckFinding(message, 'lower database.poolSize, or raise max_connections');
  },
});

const schema = defineCheck({
  code: 'SCHEMA',
  title: 'schema',
  needs: 'schema',
  failure: 'blocked',
  judge: ({ schema, exists, unknown, incompatible }) => {
    const newer = (names: string[]) => `Schema "${schema}" is newer than this package: it has ${names.join(', ')}.`;
    const upgrade = 'install the version of cairnloop that made that schema, or a later one';
    if (incompatible.length > 0) return createBlockedFinding(newer(incompatible), upgrade);
    if (unknown.length > 0) return createToCheckFinding(`${newer(unknown)} This version works on it.`, upgrade);
    if (!exists) return createBlockedFinding(`There is no schema "${schema}".`, 'cairnloop migrate');
    return createOkFinding(`Schema "${schema}" exists.`);
  },
});

const migrations = defineCheck({
  code: 'MIGRATIONS',
  title: 'migrations',
  needs: 'schema',
  judge: ({ pending, applied }) =>
    pending.length === 0
      ? createOkFinding(`${applied} migrations are applied, none is pending.`)
      : createBlockedFinding(`${pending.length} migration(s) are pending: ${pending.join(', ')}.`, 'cairnloop migrate'),
});

export const databaseChecks: readonly DoctorCheck[] = [
  database,
  postgresVersion,
  encoding,
  databaseRole,
  encryption,
  clock,
  pooler,
  connections,
  schema,
  migrations,
];

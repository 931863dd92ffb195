/**
 * Real Postgres for tests: one temporary cluster for a whole run, started by the first test that asks. With
 * CAIRNLOOP_TEST_DATABASE_URL (a user that may create databases) that server is used instead.
 */
import pg from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/embedded-postgres/start-embedded-postgres.js';
import { placeOfCluster, reportDisk } from './memory-folder.js';

/** A database of one test's own. */
export interface TestDatabase {
  url: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on what the rows hold
  query<Row extends pg.QueryResultRow = any>(sql: string, params?: unknown[]): Promise<pg.QueryResult<Row>>;
  /** Ends every session in it and removes it. */
  drop(): Promise<void>;
}

/** A database prepared once per run, for others to be cloned from. */
export interface Template {
  /** Its name once it is prepared. */
  ready(): Promise<string>;
}

interface SharedServer {
  url: string;
  admin: pg.Pool;
  stop(): Promise<void>;
}

/** The same for all processes of a run: mocha's workers get it from the process that starts them. */
process.env.CAIRNLOOP_TEST_RUN ??= String(process.pid);
const prefix = `cairnloop_test_${process.env.CAIRNLOOP_TEST_RUN}_`;

let shared: Promise<SharedServer> | undefined;
const templates = new Map<string, Template>();
let created = 0;

/** Half the processor time of a copy by the log, where the checkpoint that it needs writes nothing to a disk. */
const howToCopy = process.env.CAIRNLOOP_TEST_DATABASE_URL ? '' : 'strategy file_copy';

/** A fresh database: empty, or a clone of the template. */
export async function createTestDatabase(template?: Template): Promise<TestDatabase> {
  const source = await template?.ready();
  const name = nextName();
  const { url, admin } = await sharedServer();
  await admin.query(`create database ${name}${source ? ` template ${source} ${howToCopy}` : ''}`);
  const pool = openPool(urlOf(url, name));
  return {
    url: urlOf(url, name),
    query: (sql, params) => pool.query(sql, params),
    drop: async () => {
      await pool.end();
      await admin.query(`drop database if exists ${name} with (force)`);
    },
  };
}

/**
 * Names a template, e.g. `useTemplate('migrated', (url) => migrateUp(url))`. The first database cloned from it runs
 * `prepare`; the same name is prepared once for all files of the run.
 */
export function useTemplate(name: string, prepare: (url: string) => Promise<unknown>): Template {
  const known = templates.get(name);
  if (known) return known;
  let ready: Promise<string> | undefined;
  const template: Template = { ready: () => (ready ??= prepareTemplate(prepare)) };
  templates.set(name, template);
  return template;
}

async function prepareTemplate(prepare: (url: string) => Promise<unknown>): Promise<string> {
  const { url, admin } = await sharedServer();
  const name = nextName();
  await admin.query(`create database ${name}`);
  await prepare(urlOf(url, name));
  // A session left behind in it would make the next clone fail.
  await admin.query(`alter database ${name} allow_connections false`);
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  return name;
}

/** A temporary cluster for one test that stops or restarts its server. The caller stops it. */
export async function startOwnCluster(given: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const options = { ...given, settings: { max_connections: '200', max_wal_size: '256MB', ...given.settings } };
  const place = placeOfCluster();
  if ('reason' in place) {
    reportDisk(place.reason);
    return startEmbeddedPostgres(options);
  }
  try {
    return await startEmbeddedPostgres({ ...place, temporary: true, ...options });
  } catch (error) {
    // Where programs have to be copied beside the data, the folder may not allow to run them.
    reportDisk((error as Error).message);
    return startEmbeddedPostgres(options);
  }
}

/** Called once after the last test. A server that was given is left without databases of this run. */
export async function stopSharedServer(): Promise<void> {
  if (!shared && !process.env.CAIRNLOOP_TEST_DATABASE_URL) return;
  const { admin, stop } = await sharedServer();
  const { rows } = await admin.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
  for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
  await admin.end();
  await stop();
}

function sharedServer(): Promise<SharedServer> {
  shared ??= openSharedServer();
  return shared;
}

async function openSharedServer(): Promise<SharedServer> {
  const given = process.env.CAIRNLOOP_TEST_DATABASE_URL;
  if (given) return { url: given, admin: openPool(given), stop: async () => {} };
  const cluster = await startOwnCluster();
  return { url: cluster.url, admin: openPool(cluster.url), stop: () => cluster.stop() };
}

/** An idle connection that the server ends must fail the next query, not the process. */
function openPool(connectionString: string): pg.Pool {
  return new pg.Pool({ connectionString, max: 4 }).on('error', () => {});
}

function nextName(): string {
  created += 1;
  return `${prefix}${process.pid}_${created}`;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

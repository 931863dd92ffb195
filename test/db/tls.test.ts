import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrateUp } from '../../src/db/migrate.js';
import { openSession } from '../../src/db/session.js';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/start-embedded-postgres.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { startOwnCluster } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readDatabase } from '../support/read-database.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const authority = fixture('ca.pem');

describe('TLS to the database', () => {
  let cluster: EmbeddedPostgres;
  before(async () => {
    cluster = await startOwnCluster();
    const session = await openSession({ url: cluster.url, schema: 'public', name: 'test' });
    const { rows } = await session.query('SHOW data_directory');
    const { uid, gid } = statSync(rows[0].data_directory);
    for (const name of ['server.pem', 'server.key']) {
      const file = join(rows[0].data_directory, name);
      copyFileSync(fixture(name), file);
      chmodSync(file, 0o600);
      chownSync(file, uid, gid);
    }
    for (const [key, value] of Object.entries({ ssl_cert_file: 'server.pem', ssl_key_file: 'server.key', ssl: 'on' }))
      await session.query(`ALTER SYSTEM SET ${key} = '${value}'`);
    await session.query('SELECT pg_reload_conf()');
    await session.end();
    const url = urlWith({ sslmode: 'verify-full', sslrootcert: authority });
    // The server reads its settings again when it comes to it.
    await eventually(() => migrateUp({ url, schema: 'cairnloop' }));
  });
  after(() => cluster?.stop());

  function urlWith(parameters: Record<string, string>, host = 'localhost'): string {
    const url = new URL(cluster.url);
    url.hostname = host;
    url.search = new URLSearchParams(parameters).toString();
    return url.href;
  }

  /** Whether the connection is encrypted, by each of those that read the URL. */
  async function encrypted(url: string): Promise<unknown[]> {
    const { database } = await readDatabase(url, 'cairnloop', 5000);
    const session = await openSession({ url, schema: 'cairnloop', name: 'test' });
    const { rows } = await session.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    await session.end();
    assert.deepEqual(await migrateUp({ url, schema: 'cairnloop' }), []);
    const cairnloop = await createCairnloop({ database: { url }, log: { level: 'fatal' } });
    await cairnloop.conversations.list();
    await cairnloop.close();
    return [database.state === 'known' && database.value.encrypted, rows[0].ssl];
  }

  const served: [what: string, parameters: Record<string, string>, host: string, encrypted: boolean][] = [
    ['verify-full with a private authority', { sslmode: 'verify-full', sslrootcert: authority }, 'localhost', true],
    ['require with a private authority', { sslmode: 'require', sslrootcert: authority }, 'localhost', true],
    [
      'verify-ca, as libpq has it, under another name',
      { sslmode: 'verify-ca', sslrootcert: authority, uselibpqcompat: 'true' },
      '127.0.0.1',
      true,
    ],
    ['require, as libpq has it, with no authority', { sslmode: 'require', uselibpqcompat: 'true' }, '127.0.0.1', true],
    ['no-verify', { sslmode: 'no-verify' }, '127.0.0.1', true],
    ['disable', { sslmode: 'disable' }, '127.0.0.1', false],
    ['no sslmode at all', {}, '127.0.0.1', false],
  ];
  for (const [what, parameters, host, expected] of served)
    it(`is used in the same way by the library, migrate and doctor: ${what}`, async () => {
      assert.deepEqual(await encrypted(urlWith(parameters, host)), [expected, expected]);
    });

  it('PGSSLMODE applies if the URL has no sslmode', async () => {
    process.env.PGSSLMODE = 'no-verify';
    try {
      assert.deepEqual(await encrypted(urlWith({})), [true, true]);
    } finally {
      delete process.env.PGSSLMODE;
    }
  });

  const refused: [what: string, parameters: Record<string, string>, host: string, reason: RegExp][] = [
    ['an authority that nobody knows', { sslmode: 'verify-full' }, 'localhost', /certificate/],
    ['another host’s certificate', { sslmode: 'verify-full', sslrootcert: authority }, '127.0.0.1', /does not match/],
    [
      'an authority’s file that is missing',
      { sslmode: 'verify-full', sslrootcert: '/no/ca.pem' },
      'localhost',
      /ENOENT/,
    ],
  ];
  for (const [what, parameters, host, reason] of refused)
    it(`${what} is reported with the settings that it concerns`, async () => {
      const url = urlWith(parameters, host);
      const expected = { code: 'DATABASE_UNREACHABLE', message: reason, hint: /sslmode|sslrootcert/ };
      await assert.rejects(createCairnloop({ database: { url } }), expected);
      await assert.rejects(migrateUp({ url, schema: 'cairnloop' }), expected);
      const { database } = await readDatabase(url, 'cairnloop', 5000);
      assert.ok(database.state === 'failed' && reason.test(database.message), JSON.stringify(database));
    });
});

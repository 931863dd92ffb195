import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type CliRun, runCli } from '../../support/run-cli.js';
import { migrated } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

describe('cairnloop worker refuses to start', () => {
  let hosts: TempHost[] = [];
  let databases: TestDatabase[] = [];
  afterEach(async () => {
    for (const host of hosts) host.remove();
    await Promise.all(databases.map((database) => database.drop()));
    [hosts, databases] = [[], []];
  });

  const create = async (template?: typeof migrated) => {
    const database = await createTestDatabase(template);
    databases.push(database);
    return database.url;
  };
  const worker = (config: string, ...args: string[]) => {
    const host = tempHost({ 'package.json': { type: 'module' }, 'cairnloop.config.mjs': `export default ${config};` });
    hosts.push(host);
    return runCli(['worker', ...args], { cwd: host.folder });
  };
  const withDatabase = (url: string, ops: object = { port: 0 }) =>
    JSON.stringify({ database: { url }, ops: { host: '127.0.0.1', ...ops } });

  /** One sentence, one hint, nothing on stdout, no stack. */
  const refused = ({ exitCode, stdout, stderr }: CliRun, sentence: RegExp, hint: RegExp) => {
    assert.deepEqual([exitCode, stdout], [1, ''], stderr);
    const [first = '', second = '', ...rest] = stderr.split('\n');
    assert.match(first, sentence);
    assert.match(second, hint);
    assert.deepEqual(rest, ['']);
  };

  it('CL5 when the config is invalid, naming each key', async () => {
    const { exitCode, stdout, stderr } = await worker(
      `{ database: { url: 'mysql://x' }, notifier: { onSlaBreach() {} }, workr: {} }`,
    );
    assert.deepEqual([exitCode, stdout], [1, '']);
    assert.match(stderr, /^cairnloop\.config\.mjs has 4 problems:\n/);
    for (const key of ['database.url', 'notifier.onConversationResolved', 'notifier.onOutboundTriggered', 'workr'])
      assert.match(stderr, new RegExp(`^  ${key.replaceAll('.', '\\.')}: expected .+, found .+$`, 'm'));
    assert.match(stderr, /\nCorrect the keys above.*\n$/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  it('CL5 when the config cannot be imported, with the host’s own reason', async () => {
    refused(
      await worker('undefinedName'),
      /could not be imported: ReferenceError: undefinedName is not defined/,
      /fix it there/,
    );
  });

  it('CL5 when the database is unreachable', async () => {
    const run = await worker(withDatabase('postgres://ada:hunter2@127.0.0.1:1/shop'));
    refused(run, /^The database at 127\.0\.0\.1:1\/shop cannot be reached: .+\.$/, /Check that Postgres is running/);
    assert.doesNotMatch(run.stderr, /hunter2/);
  });

  it('CL5 when migrations are pending, and when the schema is newer', async () => {
    const fresh = await worker(withDatabase(await create()));
    refused(fresh, /^Schema "cairnloop" lacks \d+ migration\(s\): 0001-/, /^Run `cairnloop migrate`\.$/);
    const newer = await create(migrated);
    await databases.at(-1)?.query(`INSERT INTO cairnloop.migrations (name) VALUES ('9999-x')`);
    refused(
      await worker(withDatabase(newer)),
      /^Schema "cairnloop" is newer than this package/,
      /^Install the version/,
    );
  });

  it('CL5 when the port is taken or the host is no address of this machine', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const url = await create(migrated);
    try {
      const sentence = new RegExp(`^The ops server cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken\\.$`);
      refused(await worker(withDatabase(url, { port })), sentence, /--port.*--no-ops/);
      refused(await worker(withDatabase(url), '--port', String(port)), sentence, /--port/);
      refused(await worker(withDatabase(url, { host: '203.0.113.7', port: 0 })), /cannot listen on 203/, /ops\.host/);
    } finally {
      taken.close();
    }
    const { rows } = (await databases[0]?.query('SELECT 1 FROM cairnloop.worker_heartbeats')) ?? assert.fail();
    assert.deepEqual(rows, []);
  });

  it('CL5 with unknown options, with exit code 2', async () => {
    const run = await worker('{}', '--port', '99999');
    assert.equal(run.exitCode, 2);
    assert.match(run.stderr, /--port expected a whole number from 0 to 65535, found "99999"/);
  });
});

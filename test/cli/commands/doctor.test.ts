import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { migrateUp } from '../../../src/db/migrate.js';
import type { Finding } from '../../../src/doctor/finding.js';
import { packageVersion } from '../../../src/foundation/package-version.js';
import { createTestDatabase, type TestDatabase, useTemplate } from '../../support/database.js';
import { type CliRun, runCli } from '../../support/run-cli.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

const migrated = useTemplate('doctor', (url) => migrateUp({ url, schema: 'cairnloop' }));
const unreachable = 'postgres://app:hunter2@127.0.0.1:1/app';

const goodConfig = `
import { defineConfig, ok, err, prometheus } from 'cairnloop';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  contextProvider: { getContext: () => ok({ Plan: { tier: 'gold' } }) },
  notifier: { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {}, onReply() {} },
  automationPolicy: { decide: () => 'require_approval' },
  slaPolicyProvider: {
    getActivePolicies: async () => ok([{ priority: 'normal', responseMinutes: 60, breachMinutes: 240 }]),
    setPolicy: () => err('not_implemented'),
  },
  metrics: prometheus(),
});
`;

/** One mistake of each kind that a config and its modules can have. */
const badConfig = `
import { defineConfig, ok } from 'cairnloop';

export default defineConfig({
  database: { url: process.env.DATABASE_URL, poolSize: 2 },
  wroker: { concurrency: 50 },
  ops: { port: 'http' },
  log: { level: 'silent' },
  notifier: { onConversationResolved() {}, onOutboundTriggered() {} },
  automationPolicy: { decide: () => 'ALLOW' },
  slaPolicyProvider: {
    getActivePolicies: () => ok([
      { priority: 'high', responseMinutes: 60, breachMinutes: 30 },
      { priority: 'normal', responseMinutes: 60, breachMinutes: 240 },
    ]),
    setPolicy: () => ok({}),
  },
});
`;

const esm = { 'package.json': { name: 'host', type: 'module', dependencies: { cairnloop: '*' } } };

async function doctor(host: TempHost, databaseUrl: string, ...args: string[]): Promise<CliRun> {
  return runCli(['doctor', ...args], { cwd: host.folder, env: { DATABASE_URL: databaseUrl } });
}

function parse(run: CliRun): { findings: Finding[]; summary: Record<string, number>; fixes?: { code: string }[] } {
  return JSON.parse(run.stdout);
}

async function addHeartbeat(database: TestDatabase): Promise<void> {
  await database.query(
    `INSERT INTO cairnloop.worker_heartbeats (worker_id, host, pid, version, state, concurrency, started_at, beat_at)
     VALUES (gen_random_uuid(), 'here', 1, $1, 'running', 20, now(), now())`,
    [packageVersion],
  );
}

/** An open conversation without terms, a delivery that nobody calls and one that was given up. */
async function addTrouble(database: TestDatabase): Promise<void> {
  await database.query(
    `INSERT INTO cairnloop.conversations (priority, created_at, updated_at) VALUES ('vip', now(), now())`,
  );
  await database.query(
    `INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, state, available_at, created_at, settled_at)
     VALUES ('outbound', gen_random_uuid(), 'a', 'pending', now() - interval '3 hours', now(), NULL),
       ('sla_breach', gen_random_uuid(), 'b', 'discarded', now(), now(), now())`,
  );
}

/** A host with something wrong in every place that can be looked at. */
function brokenHost(): TempHost {
  const host = tempHost({
    ...esm,
    'cairnloop.config.js': badConfig,
    'app.js': "import 'cairnloop';\napp.use(cairnloop.workspace({ basePath: '/support' }));\n",
    '.env': 'STRIPE_KEY=sk-live-canary-0123456789\n',
    'node_modules/acme/package.json': { name: 'acme', version: '1.0.0' },
    'node_modules/acme/node_modules/cairnloop/package.json': { name: 'cairnloop', version: '0.0.1' },
  });
  execFileSync('git', ['init', '--quiet'], { cwd: host.folder });
  return host;
}

describe('cairnloop doctor', () => {
  const hosts: TempHost[] = [];
  const databases: TestDatabase[] = [];
  const hostOf = (host: TempHost) => {
    hosts.push(host);
    return host;
  };
  const databaseOf = async (...template: Parameters<typeof createTestDatabase>) => {
    const database = await createTestDatabase(...template);
    databases.push(database);
    return database;
  };
  after(async () => {
    for (const host of hosts) host.remove();
    for (const database of databases) await database.drop();
  });

  it('CL6 prints no [check] for a good host, also with --strict and --probe', async () => {
    const database = await databaseOf(migrated);
    await addHeartbeat(database);
    const host = hostOf(tempHost({ ...esm, 'cairnloop.config.js': goodConfig }));
    const { stdout, stderr, exitCode } = await doctor(host, database.url, '--strict', '--probe');
    assert.doesNotMatch(stdout, /^\[(check|blocked)\]/m);
    assert.match(stdout, /\n\d+ ok, 0 to check, 0 blocked\n$/);
    assert.match(
      stdout,
      /\[ok\] PROBE: .*contextProvider, automationPolicy, slaPolicyProvider\. A notifier is never called/,
    );
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  });

  const wrong: Record<string, RegExp> = {
    COPIES: /2 copies of cairnloop .*0\.0\.1/,
    ENV_FILE: /does not ignore \.env/,
    OPERATOR: /app\.js:2 mounts the workspace without an operator/,
    CONFIG: /wroker: .*did you mean "worker"/,
    NOTIFIER: /notifier\.onSlaBreach: expected a method/,
    CONTEXT_PROVIDER: /No contextProvider/,
    REPLIES: /replies are stored, and nobody is notified/,
    METRICS: /No metrics reporter/,
    OPS_BIND: /0\.0\.0\.0/,
    LOG_LEVEL: /silent/,
    POOL_SIZE: /2 connection/,
    SLA_POLICIES: /"high" is not used: breachMinutes/,
    PROBE: /automationPolicy: decide: expected one of .*did you mean "allow"/,
  };
  const wrongInDatabase: Record<string, RegExp> = {
    DATABASE_ROLE: /superuser/,
    WORKER: /No worker is running/,
    DELIVERIES_WAITING: /waited 3 h/,
    DELIVERIES_DISCARDED: /1 sla_breach/,
    SLA_PRIORITIES: /"vip"/,
  };

  function assertNamed(findings: Finding[], expected: Record<string, RegExp>): void {
    for (const [code, words] of Object.entries(expected)) {
      const found = findings.filter((finding) => finding.code === code && finding.level !== 'ok');
      assert.ok(
        found.some(({ message }) => words.test(message)),
        `${code}: ${JSON.stringify(found)}`,
      );
      assert.ok(
        found.every(({ fix, message }) => fix !== null || message.includes('not checked')),
        code,
      );
    }
  }

  it('CL6 names every fault at once, and nothing else, with the database up', async () => {
    const database = await databaseOf(migrated);
    await addTrouble(database);
    const run = await doctor(hostOf(brokenHost()), database.url, '--profile', 'production', '--probe', '--json');
    assert.equal(run.exitCode, 1);
    const { findings } = parse(run);
    assertNamed(findings, { ...wrong, ...wrongInDatabase });
    const known = [...Object.keys(wrong), ...Object.keys(wrongInDatabase)];
    const others = findings.filter(({ level, code }) => level !== 'ok' && !known.includes(code));
    assert.deepEqual(others, []);
  });

  it('CL6 names the same faults with the database down, and says what it did not check', async () => {
    const run = await doctor(hostOf(brokenHost()), unreachable, '--profile', 'production', '--probe', '--json');
    assert.equal(run.exitCode, 1);
    const { findings } = parse(run);
    assertNamed(findings, { ...wrong, DATABASE: /127\.0\.0\.1:1\/app cannot be reached: .*ECONNREFUSED/ });
    const unseen = Object.keys(wrongInDatabase).map((code) => [code, /not checked: the database cannot be reached/]);
    assertNamed(findings, Object.fromEntries(unseen));
  });

  it('CL6 does not wait for a database that accepts connections and sends nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const host = hostOf(tempHost({ ...esm, 'cairnloop.config.js': goodConfig }));
    const { stdout } = await doctor(host, `postgres://app:hunter2@127.0.0.1:${port}/app`);
    silent.close();
    assert.match(stdout, /^\[blocked\] DATABASE: the database did not settle within \d+ ms\./m);
    assert.match(stdout, /^\[check\] not checked, as the database cannot be reached: .*\bWORKER\b/m);
    assert.equal(stdout.match(/the database cannot be reached/g)?.length, 1, stdout);
  });

  it('CL6 reports the rest without a config, with one that throws and with one that never loads', async () => {
    for (const [config, words] of [
      [undefined, /^\[blocked\] CONFIG: No Cairnloop config was found/m],
      ["throw new Error('no vault');", /^\[blocked\] CONFIG: cairnloop\.config\.js could not be imported: no vault/m],
      [
        'export default new Promise(() => setInterval(() => {}, 1000));',
        /^\[blocked\] CONFIG: the config did not settle/m,
      ],
    ] as const) {
      const host = hostOf(tempHost({ ...esm, ...(config && { 'cairnloop.config.js': config }) }));
      const { stdout, exitCode } = await doctor(host, unreachable);
      assert.match(stdout, words);
      assert.match(stdout, /^\[check\] not checked, as the config cannot be read: .*\bMIGRATIONS\b/m);
      assert.equal(stdout.match(/the config cannot be read/g)?.length, 1, stdout);
      assert.match(stdout, /^\[ok\] NODE_VERSION/m);
      assert.equal(exitCode, 1);
    }
  });

  it('NT13 names the method that a JavaScript notifier lacks', async () => {
    const config = goodConfig.replace('onSlaBreach() {}, ', '');
    const { stdout, exitCode } = await doctor(hostOf(tempHost({ ...esm, 'cairnloop.config.js': config })), unreachable);
    assert.match(stdout, /^\[blocked\] NOTIFIER: notifier\.onSlaBreach: expected a method, found nothing\. Fix: /m);
    assert.equal(exitCode, 1);
  });

  it('LP2 says that replies are stored and nobody is notified, until the config or a worker has onReply', async () => {
    const database = await databaseOf(migrated);
    await addHeartbeat(database);
    const config = goodConfig.replace(', onReply() {}', '');
    const host = hostOf(tempHost({ ...esm, 'cairnloop.config.js': config }));
    const nobody = await doctor(host, database.url, '--json');
    assertNamed(parse(nobody).findings, {
      REPLIES: /^No notifier\.onReply: replies are stored, and nobody is notified\.$/,
    });
    await database.query(`UPDATE cairnloop.announced_modules SET modules = '{notifier,notifier.onReply}'`);
    const { stdout } = await doctor(host, database.url);
    assert.match(stdout, /^\[ok\] REPLIES: .*the workers of this schema have it/m);
  });

  it('LP2 says of everything that gen wrote and nobody finished what comes of it', async () => {
    const database = await databaseOf(migrated);
    const host = hostOf(tempHost(esm));
    await runCli(['gen', 'all'], { cwd: host.folder });
    const { findings } = parse(await doctor(host, database.url, '--json'));
    const said = findings.filter(({ message }) => message.includes('as gen wrote it'));
    assert.deepEqual(
      said.map(({ level, code, message }) => `${level} ${code} ${message.split(' ')[0]}`),
      [
        'check NOTIFIER notifier.onConversationResolved',
        'check NOTIFIER notifier.onSlaBreach',
        'check NOTIFIER notifier.onOutboundTriggered',
        'check CONTEXT_PROVIDER contextProvider.getContext',
        'ok AUTOMATION_POLICY automationPolicy.decide',
        'check REPLIES notifier.onReply',
        'check SLA_POLICIES slaPolicyProvider.getActivePolicies',
      ],
    );
    assert.match(said.find(({ code }) => code === 'REPLIES')?.fix ?? '', /or remove onReply .*deliveries retry/);
  });

  it('LP2 names an onReply that is no method', async () => {
    const config = goodConfig.replace('onReply() {}', "onReply: 'mail'");
    const { stdout, exitCode } = await doctor(hostOf(tempHost({ ...esm, 'cairnloop.config.js': config })), unreachable);
    assert.match(stdout, /^\[blocked\] NOTIFIER: notifier\.onReply: expected a method, found /m);
    assert.equal(exitCode, 1);
  });

  it('SL7 says that SLA tracking is off without a provider; only with --strict does it exit 1', async () => {
    const database = await databaseOf(migrated);
    await addHeartbeat(database);
    const config = goodConfig.replace(/ {2}slaPolicyProvider: \{[\s\S]*?\n {2}\},\n/, '');
    const host = hostOf(tempHost({ ...esm, 'cairnloop.config.js': config }));
    const { stdout, exitCode } = await doctor(host, database.url);
    assert.match(stdout, /^\[check\] SLA_POLICY_PROVIDER: .*SLA tracking is off\. Fix: cairnloop gen sla$/m);
    assert.match(stdout, /\n\d+ ok, 1 to check, 0 blocked\n$/);
    assert.equal(exitCode, 0);
    assert.equal((await doctor(host, database.url, '--strict')).exitCode, 1);
  });

  it('SL5 reports a provider that returns err or throws', async () => {
    for (const [answer, words] of [
      ["err('no table')", /no table/],
      ["{ throw new Error('no pool') }", /no pool/],
      ['[]', /expected ok\(policies\) or err\(reason\)/],
    ] as const) {
      const config = goodConfig.replace(/getActivePolicies: async .*,/, `getActivePolicies: () => ${answer},`);
      const { stdout } = await doctor(hostOf(tempHost({ ...esm, 'cairnloop.config.js': config })), unreachable);
      const [line = ''] = stdout.split('\n').filter((text) => text.startsWith('[check] SLA_POLICIES'));
      assert.match(line, words);
    }
  });

  it('CL6 --fix fixes everything that it can; --fix --dry-run lists the same and changes nothing', async () => {
    const database = await databaseOf();
    const host = hostOf(tempHost({ ...esm, 'cairnloop.config.js': goodConfig, '.env': 'A=1', '.gitignore': 'dist' }));
    execFileSync('git', ['init', '--quiet'], { cwd: host.folder });
    const ignored = () => readFileSync(path.join(host.folder, '.gitignore'), 'utf8');
    const schemas = () => database.query("SELECT FROM pg_namespace WHERE nspname = 'cairnloop'");

    const planned = await doctor(host, database.url, '--fix', '--dry-run');
    assert.match(planned.stderr, /^planned MIGRATIONS: cairnloop migrate\nplanned ENV_FILE: /);
    assert.match(planned.stdout, /^\[blocked\] MIGRATIONS/m);
    assert.equal(ignored(), 'dist');
    assert.equal((await schemas()).rowCount, 0);

    const fixed = await doctor(host, database.url, '--fix', '--json');
    const { findings, fixes } = parse(fixed);
    assert.deepEqual(
      fixes?.map(({ code }) => code),
      ['MIGRATIONS', 'ENV_FILE'],
    );
    assert.deepEqual(
      findings.filter(({ level }) => level !== 'ok').map(({ code }) => code),
      ['WORKER'],
    );
    assert.equal(ignored(), 'dist\n.env\n');
    assert.equal((await schemas()).rowCount, 1);

    const again = await doctor(host, database.url, '--fix');
    assert.equal(again.stderr, 'Nothing to fix.\n');
    assert.equal(ignored(), 'dist\n.env\n');
  });

  it('CL6 never prints a secret, in any failure', async () => {
    const canaries = ['hunter2-canary', 'sk-canary0123456789', 'token-canary', 'vault-canary'];
    const [password, key, token, vault] = canaries as [string, string, string, string];
    const config = goodConfig
      .replace("ok({ Plan: { tier: 'gold' } })", `{ throw new Error('refused ${key} at https://x/?token=${token}') }`)
      .replace('onSlaBreach() {}, ', '')
      .replace(/getActivePolicies: async .*,/, `getActivePolicies: () => err({ url: 'redis://:${vault}@cache' }),`);
    const mongo = `jobs: { backend: 'mongodb', url: 'mongodb://u:${password}@127.0.0.1:1/app' },`;
    const hostWith = (text: string) =>
      hostOf(tempHost({ ...esm, 'cairnloop.config.js': text, '.env': `STRIPE_KEY=${key}` }));
    const [plain, onMongo] = [hostWith(config), hostWith(config.replace('metrics:', `${mongo} metrics:`))];
    for (const [host, url, ...args] of [
      [plain, `postgres://app:${password}@127.0.0.1:1/app`],
      [plain, `postgres://app:${password}@127.0.0.1:1/app`, '--json', '--fix'],
      [plain, `postgres://app:${password}@p@127.0.0.1:1/app`],
      [plain, `mysql://app:${password}@127.0.0.1/app?token=${token}`],
      [onMongo, `app:${password}`],
    ] as const) {
      const { stdout, stderr } = await doctor(host, url, '--probe', ...args);
      for (const canary of canaries)
        assert.equal(`${stdout}${stderr}`.includes(canary), false, `${canary} in ${stdout}`);
      assert.match(stdout, /getContext: threw refused \[redacted\]/);
      assert.match(stdout, /getActivePolicies returned err/);
    }
  });

  it('CL7 refuses --dry-run alone and an unknown profile with exit code 2', async () => {
    const host = hostOf(tempHost(esm));
    const alone = await doctor(host, unreachable, '--dry-run');
    assert.equal(alone.exitCode, 2);
    assert.match(alone.stderr, /--dry-run expected --fix/);
    assert.equal((await doctor(host, unreachable, '--profile', 'prod')).exitCode, 2);
  });
});

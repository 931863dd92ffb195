import assert from 'node:assert/strict';
import type { CallbackModule } from '../../src/deliveries/announced-modules.js';
import { runDoctorChecks } from '../../src/doctor/checks.js';
import { type DoctorFact, type DoctorFacts, knownDoctorFact, skippedDoctorFact } from '../../src/doctor/facts.js';
import { type Finding, formatFindings, summarizeFindings } from '../../src/doctor/finding.js';
import { packageVersion } from '../../src/foundation/package-version.js';
import { goodFacts } from './good-facts.js';

/** The findings of a good host with these facts in the place of its own, as far as they are not ok. */
function findingsWith(change: Partial<DoctorFacts>): Finding[] {
  return runDoctorChecks({ ...goodFacts(), ...change }).filter((finding) => finding.level !== 'ok');
}

/** A good fact with some of it changed. */
function but<Key extends keyof DoctorFacts>(key: Key, change: object): Pick<DoctorFacts, Key> {
  const fact = goodFacts()[key] as DoctorFact<object>;
  assert.equal(fact.state, 'known');
  return { [key]: knownDoctorFact({ ...(fact as { value: object }).value, ...change }) } as Pick<DoctorFacts, Key>;
}

function settings(section: string, change: object): Pick<DoctorFacts, 'config'> {
  const { config } = goodFacts();
  const { settings } = (config as { value: { settings: Record<string, object> } }).value;
  return but('config', { settings: { ...settings, [section]: { ...settings[section], ...change } } });
}

function found(change: Partial<DoctorFacts>, code: string) {
  const finding = runDoctorChecks({ ...goodFacts(), ...change }).find((one) => one.code === code);
  return finding ?? assert.fail(`no finding ${code}`);
}

const failed = (message: string): DoctorFact<never> => ({
  state: 'failed',
  message,
  fix: 'mend it',
  because: 'it is away',
});

describe('doctor/checks', () => {
  it('CL6 has only ok findings for a good host', () => {
    const findings = runDoctorChecks(goodFacts());
    assert.deepEqual(
      findings.filter((finding) => finding.level !== 'ok'),
      [],
    );
    assert.ok(findings.every((finding) => finding.fix === null));
    assert.equal(formatFindings(findings).split('\n').at(-1), `${findings.length} ok, 0 to check, 0 blocked`);
  });

  it('reports the retention, and whether it or an erasure is behind', () => {
    const day = 86_400_000;
    const retention = (resolvedDays: number | null, oldestClosedMs: number | null, keep = 'nothing') =>
      found({ ...settings('retention', { resolvedDays, keep }), ...but('work', { oldestClosedMs }) }, 'RETENTION');
    assert.match(retention(null, 900 * day).message, /are kept: retention\.resolvedDays is null/);
    assert.equal(retention(null, 900 * day).level, 'ok');
    assert.match(retention(30, 30.5 * day, 'shape').message, /30 day\(s\) after .* counts and times are kept/);
    assert.equal(retention(30, 30.5 * day).level, 'ok');
    assert.equal(retention(30, null).level, 'ok');
    const late = retention(30, 45 * day);
    assert.deepEqual([late.level, late.fix], ['check', 'start a worker: cairnloop worker']);
    assert.match(late.message, /overdue by 15 day\(s\)/);
    const erasure = (oldestErasureMs: number | null) => found(but('work', { oldestErasureMs }), 'ERASURES');
    assert.deepEqual([erasure(null).level, erasure(1000).level, erasure(3_600_000).level], ['ok', 'ok', 'check']);
    assert.match(erasure(3_600_000).fix ?? '', /cairnloop customer erase again/);
  });

  it('reports whether the audit record is signed and when its last anchor was handed over', () => {
    const messages = (facts: Partial<DoctorFacts>) =>
      runDoctorChecks({ ...goodFacts(), ...facts })
        .filter(({ code }) => code.startsWith('AUDIT_'))
        .map(({ message }) => message);
    assert.deepEqual(messages({}), [
      'The audit record is signed with audit.key (key 0123456789abcdef).',
      'Audit events are sealed.',
      'The last audit anchor was handed over 2 h ago.',
    ]);
    const plain = { keyId: null, oldestUnsealedMs: null, anchorHandedMs: null, anchorError: null };
    const [key, , anchor] = messages({
      ...but('config', { auditKeyIds: [], handsAnchors: false }),
      ...but('work', { audit: plain }),
    });
    assert.match(`${key} ${anchor}`, /^No audit\.key: .* No notifier\.onAuditAnchor: /);
  });

  const wrong: [
    title: string,
    Partial<DoctorFacts>,
    level: Finding['level'],
    code: string,
    words: RegExp,
    fix: RegExp,
  ][] = [
    ['an old Node', { nodeVersion: 'v20.18.9' }, 'blocked', 'NODE_VERSION', /v20\.18\.9 is older than 20\.19/, /nvm/],
    [
      'two copies',
      but('installation', {
        copies: [
          { folder: '/a', version: '1.0.0' },
          { folder: '/b', version: '1.1.0' },
        ],
      }),
      'check',
      'COPIES',
      /2 copies .*1\.0\.0 in \/a and 1\.1\.0 in \/b/,
      /^pnpm dedupe$/,
    ],
    [
      'another copy than the running one',
      but('installation', {
        copies: [
          { folder: '/a', version: '1' },
          { folder: '/b', version: '1' },
        ],
        isOwn: false,
      }),
      'check',
      'COPIES',
      /2 copies/,
      /^npx cairnloop doctor/,
    ],
    [
      'no dependency',
      but('installation', { isDependency: false }),
      'check',
      'COPIES',
      /does not depend on it/,
      /^pnpm add cairnloop$/,
    ],
    [
      'an agenda of another version',
      but('installation', { pinned: [{ name: 'agenda', expected: '6.2.6', found: '5.0.0' }] }),
      'check',
      'PACKAGES',
      /agenda must be 6\.2\.6, found 5\.0\.0/,
      /^pnpm install$/,
    ],
    ['a .env that git sees', but('envFile', { ignored: false }), 'check', 'ENV_FILE', /does not ignore/, /\.gitignore/],
    [
      'a .env that it may not read',
      but('envFile', { unreadable: 'EACCES' }),
      'blocked',
      'ENV_FILE',
      /EACCES/,
      /read \.env/,
    ],
    ['a .env in git', but('envFile', { tracked: true }), 'check', 'ENV_FILE', /in the git/, /git rm --cached \.env/],
    [
      'a config that tsc compiles where it must not',
      {
        build: knownDoctorFact({
          strayConfig: { tsconfig: 'tsconfig.json', folder: 'app', isError: false, reason: 'it moves' },
        }),
      },
      'check',
      'BUILD',
      /The build by tsconfig\.json breaks: it moves\./,
      /put "include": \["app"\] into tsconfig\.json/,
    ],
    [
      'a workspace without an operator',
      { mounts: knownDoctorFact([{ place: 'app.js:3', operator: 'none' }]) },
      'blocked',
      'OPERATOR',
      /app\.js:3 mounts the workspace without an operator/,
      /operator: \(request\)/,
    ],
    [
      'the same operator for everybody',
      { mounts: knownDoctorFact([{ place: 'app.js:3', operator: 'constant' }]) },
      'check',
      'OPERATOR',
      /for every request/,
      /session/,
    ],
    [
      'a wrong key',
      but('config', { problems: [{ path: 'worker.leaseMs', expected: 'a whole number', found: '"5s"' }] }),
      'blocked',
      'CONFIG',
      /worker\.leaseMs: expected a whole number, found "5s"/,
      /worker\.leaseMs in cairnloop\.config\.ts/,
    ],
    ['no metrics', but('config', { hasMetrics: false }), 'check', 'METRICS', /501/, /metrics: prometheus\(\)/],
    ['ops on every network', settings('ops', { host: '0.0.0.0' }), 'check', 'OPS_BIND', /0\.0\.0\.0:9464/, /ops\.host/],
    ...['0', '0x0', '::', '::0', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0'].map((host): (typeof wrong)[number] => [
      `ops on every network, written ${host}`,
      settings('ops', { host }),
      'check',
      'OPS_BIND',
      /every network of the machine, and requires no sign-in.*\/health\/ready.*\/metrics.*nothing of a customer/,
      /ops\.host/,
    ]),
    ['a silent log', settings('log', { level: 'silent' }), 'check', 'LOG_LEVEL', /no trace/, /log\.level/],
    ['a chatty log', settings('log', { level: 'debug' }), 'check', 'LOG_LEVEL', /debug/, /log\.level/],
    [
      'a small pool',
      settings('database', { poolSize: 4 }),
      'check',
      'POOL_SIZE',
      /20 callbacks .* 4 conn/,
      /poolSize .* 5 or more/,
    ],
    ['a replica', but('database', { readOnly: true }), 'blocked', 'DATABASE', /read-only/, /primary/],
    [
      'an old Postgres',
      but('database', { version: '12.9', versionNumber: 120_009 }),
      'blocked',
      'POSTGRES_VERSION',
      /12\.9/,
      /13/,
    ],
    ['another encoding', but('database', { encoding: 'LATIN1' }), 'blocked', 'DATABASE_ENCODING', /LATIN1/, /UTF8/],
    ['a superuser', but('database', { superuser: true }), 'check', 'DATABASE_ROLE', /superuser/, /schema cairnloop/],
    ['an open wire', but('database', { encrypted: false }), 'check', 'DATABASE_TLS', /not encrypted/, /sslmode/],
    ['a fast clock', but('database', { clockSkewMs: 7300 }), 'check', 'CLOCK', /7 s ahead of/, /NTP/],
    ['a slow clock', but('database', { clockSkewMs: -61_000 }), 'check', 'CLOCK', /61 s behind/, /NTP/],
    ['a pooler', but('database', { pooling: 'transaction' }), 'blocked', 'POOLER', /PgBouncer/, /session mode/],
    ['an unknown pooler', but('database', { pooling: 'unknown' }), 'check', 'POOLER', /not checked/, /^$/],
    [
      'few connections',
      but('database', { maxConnections: 17 }),
      'check',
      'CONNECTIONS',
      /open 18 .* allows 17/,
      /max_connections/,
    ],
    [
      'pending migrations',
      but('schema', { pending: ['0002-slas'] }),
      'blocked',
      'MIGRATIONS',
      /0002-slas/,
      /^cairnloop migrate$/,
    ],
    [
      'a newer schema',
      but('schema', { unknown: ['0099-later'], incompatible: ['0099-later'] }),
      'blocked',
      'SCHEMA',
      /newer .*0099-later/,
      /install/,
    ],
    [
      'a newer schema on which this version works',
      but('schema', { unknown: ['0099-later'] }),
      'check',
      'SCHEMA',
      /newer .*0099-later.* This version works on it/,
      /install/,
    ],
    [
      'no schema',
      but('schema', { exists: false }),
      'blocked',
      'SCHEMA',
      /no schema "cairnloop"/,
      /^cairnloop migrate$/,
    ],
    ['no job backend', { jobs: failed('MongoDB is away.') }, 'blocked', 'JOBS', /MongoDB is away/, /mend it/],
    ['no worker', but('work', { workers: [] }), 'blocked', 'WORKER', /No worker is running/, /^cairnloop worker$/],
    [
      'a dead worker',
      but('work', { workers: [{ host: 'w', version: '1', ageMs: 300_000 }] }),
      'blocked',
      'WORKER',
      /silent 5 min ago/,
      /^cairnloop worker$/,
    ],
    [
      'a worker of another version',
      but('work', { workers: [{ host: 'w', version: '0.0.1', ageMs: 10 }] }),
      'check',
      'WORKER',
      /another version .* 0\.0\.1 on w/,
      /one version/,
    ],
    [
      'a delivery that waits',
      but('work', { oldestDueMs: 7_300_000 }),
      'check',
      'DELIVERIES_WAITING',
      /waited 2 h/,
      /deliveries list/,
    ],
    [
      'a key of the audit record that is not configured',
      but('config', { auditKeyIds: [] }),
      'check',
      'AUDIT_KEY',
      /signed with key 0123456789abcdef, which is not in cairnloop\.config\.ts/,
      /audit\.key/,
    ],
    [
      'audit events that nobody seals',
      but('work', {
        audit: { keyId: '0123456789abcdef', oldestUnsealedMs: 7_300_000, anchorHandedMs: 1, anchorError: null },
      }),
      'check',
      'AUDIT_SEALING',
      /waited 2 h to be sealed/,
      /^cairnloop worker;/,
    ],
    [
      'an anchor that is late',
      but('work', {
        audit: { keyId: '0123456789abcdef', oldestUnsealedMs: null, anchorHandedMs: 180_000_000, anchorError: null },
      }),
      'check',
      'AUDIT_ANCHOR',
      /handed over 50 h ago/,
      /^cairnloop worker$/,
    ],
    [
      'an anchor that the host refuses',
      but('work', {
        audit: { keyId: '0123456789abcdef', oldestUnsealedMs: null, anchorHandedMs: null, anchorError: 'no bucket' },
      }),
      'check',
      'AUDIT_ANCHOR',
      /No audit anchor was handed over yet; onAuditAnchor failed: no bucket/,
      /onAuditAnchor/,
    ],
    [
      'discarded deliveries',
      but('work', { discarded: [{ topic: 'outbound', count: 3 }] }),
      'check',
      'DELIVERIES_DISCARDED',
      /3 outbound/,
      /deliveries retry/,
    ],
    [
      'SL5 no terms to be had',
      { policies: failed('the provider: no table.') },
      'check',
      'SLA_POLICIES',
      /no table/,
      /mend it/,
    ],
    [
      'a rejected policy',
      but('policies', { rejected: [{ priority: 'low', reason: 'breachMinutes: expected more' }] }),
      'check',
      'SLA_POLICIES',
      /"low" is not used: breachMinutes/,
      /^cairnloop sla set low --response \d+ --breach \d+$/,
    ],
    [
      'a priority without terms',
      but('work', { priorities: ['vip'] }),
      'check',
      'SLA_PRIORITIES',
      /"vip"/,
      /^cairnloop sla set vip --response \d+ --breach \d+$/,
    ],
    [
      'a probe that found something',
      { probes: knownDoctorFact({ called: [{ contract: 'contextProvider', problems: ['getContext: threw no'] }] }) },
      'check',
      'PROBE',
      /contextProvider: getContext: threw no/,
      /cairnloop\/testing/,
    ],
  ];

  for (const [title, facts, level, code, words, fix] of wrong) {
    it(`CL6 finds ${title}: ${code}`, () => {
      const found = findingsWith(facts).filter((finding) => finding.code === code);
      assert.equal(found.length, 1);
      assert.equal(found[0]?.level, level);
      assert.match(found[0]?.message ?? '', words);
      assert.match(found[0]?.fix ?? '', fix);
    });
  }

  it('NT13 names the method that a notifier lacks', () => {
    const problems = [{ path: 'notifier.onSlaBreach', expected: 'a method', found: 'nothing' }];
    const contracts = ['contextProvider', 'automationPolicy', 'slaPolicyProvider', 'draftGenerator'];
    const [finding, ...others] = findingsWith(but('config', { problems, contracts }));
    assert.deepEqual(others, []);
    assert.equal(finding?.level, 'blocked');
    assert.equal(finding?.code, 'NOTIFIER');
    assert.match(finding?.message ?? '', /notifier\.onSlaBreach: expected a method, found nothing/);
  });

  it('SL5 reports two policies for one priority once, and does not advise to set them', () => {
    const twice = { priority: 'high', reason: 'expected one policy for a priority, found several' };
    const found = findingsWith(but('policies', { priorities: [], rejected: [twice, twice] }));
    const [one, ...others] = found.filter(({ code }) => code === 'SLA_POLICIES');
    assert.match(one?.message ?? '', /"high" is not used: expected one policy/);
    assert.match(one?.fix ?? '', /getActivePolicies/);
    assert.deepEqual(others, []);
  });

  it('SL7 reports that SLA tracking is off without a provider, and how to add one', () => {
    const without = { ...but('config', { contracts: [] }), ...but('policies', { state: 'no provider' }) };
    const finding = findingsWith(without).find(({ code }) => code === 'SLA_POLICY_PROVIDER');
    assert.match(finding?.message ?? '', /SLA tracking is off/);
    assert.equal(finding?.fix, 'cairnloop gen sla');
  });

  it('G2 states the default for each contract that is absent', () => {
    const nobody = { ...but('config', { contracts: [], modules: [] }), ...but('work', { announced: [] }) };
    const found = runDoctorChecks({ ...goodFacts(), ...nobody });
    const told = Object.fromEntries(found.map(({ code, level, message }) => [code, `${level} ${message}`]));
    assert.match(told.NOTIFIER ?? '', /^check .*refused/);
    assert.match(told.CONTEXT_PROVIDER ?? '', /^check .*Context Unavailable/);
    assert.match(told.AUTOMATION_POLICY ?? '', /^ok .*waits for an operator/);
    assert.match(told.DRAFT_GENERATOR ?? '', /^ok .*no draft/);
  });

  it('LP2 reports that replies are stored and nobody is notified if neither config nor workers have onReply', () => {
    const modules: CallbackModule[] = ['notifier'];
    const replies = (facts: Partial<DoctorFacts>) =>
      runDoctorChecks({ ...goodFacts(), ...facts }).find(({ code }) => code === 'REPLIES');
    const nobody = replies({ ...but('config', { modules }), ...but('work', { announced: modules }) });
    assert.equal(nobody?.level, 'check');
    assert.match(nobody?.message ?? '', /replies are stored, and nobody is notified/);
    assert.match(nobody?.fix ?? '', /onReply/);
    const byWorkers = replies(but('config', { modules }));
    assert.deepEqual([byWorkers?.level, /workers of this schema/.test(byWorkers?.message ?? '')], ['ok', true]);
    assert.equal(replies({})?.level, 'ok');
  });

  it('LP1 reports callbacks that are owed because workers announce a notifier that the config lacks', () => {
    const without = but('config', { contracts: [], modules: [] });
    const notifier = (facts: Partial<DoctorFacts>) =>
      runDoctorChecks({ ...goodFacts(), ...without, ...facts }).find(({ code }) => code === 'NOTIFIER');
    assert.match(notifier({})?.message ?? '', /the workers of this schema have one, and call it/);
    const first = notifier(but('work', { announced: null, workers: [] }));
    assert.equal(first?.level, 'check');
    assert.match(
      first?.message ?? '',
      /No worker has started yet; callbacks are made once one with a notifier has started/,
    );
  });

  it('LP1 names the running workers that lack a module with owed calls', () => {
    const workers = [
      { host: 'w1', version: packageVersion, ageMs: 100, modules: ['notifier', 'draftGenerator'] as CallbackModule[] },
      { host: 'w2', version: '0.1.0', ageMs: 100, modules: null },
      { host: 'w3', version: packageVersion, ageMs: 900_000, modules: [] },
    ];
    const found = runDoctorChecks({ ...goodFacts(), ...but('work', { workers }) }).filter(
      ({ code }) => code === 'WORKER_MODULES',
    );
    assert.deepEqual(
      found.map(({ level }) => level),
      ['check'],
    );
    assert.match(found[0]?.message ?? '', /notifier\.onReply on w1\. A delivery that needs such a module fails/);
  });

  it('is less strict on a developer machine', () => {
    const facts: Partial<DoctorFacts> = {
      profile: 'development',
      ...settings('ops', { host: '0.0.0.0' }),
      ...but('database', { superuser: true, encrypted: false, isLocal: true }),
      ...but('work', { workers: [] }),
    };
    assert.deepEqual(
      findingsWith(facts).map(({ level, code }) => [level, code]),
      [['check', 'WORKER']],
    );
  });

  it('CL6 reports everything that depends on a missing prerequisite as not checked', () => {
    const nothing = skippedDoctorFact('the config cannot be read');
    const facts: Partial<DoctorFacts> = { config: failed('no config'), policies: nothing, probes: nothing };
    Object.assign(facts, { database: nothing, schema: nothing, work: nothing, jobs: nothing });
    const findings = findingsWith(facts);
    assert.deepEqual(
      findings.filter(({ level }) => level === 'blocked').map(({ code }) => code),
      ['CONFIG'],
    );
    for (const { code, message } of findings.filter((finding) => finding.code !== 'CONFIG')) {
      assert.match(message, /not checked: (the config cannot be read|it is away)/, code);
    }
    assert.equal(findings.length, runDoctorChecks(goodFacts()).length - 6);
  });

  it('prints each finding on one line, and a summary', () => {
    const policies = failed('a\n  b\r\nfailed');
    const findings = runDoctorChecks({ ...goodFacts(), policies });
    const { ok, check, blocked } = summarizeFindings(findings);
    const lines = formatFindings(findings).split('\n');
    assert.equal(lines.length, findings.length + 1);
    assert.equal(lines.at(-1), `${ok} ok, ${check} to check, ${blocked} blocked`);
    assert.ok(lines.slice(0, -1).every((line) => /^\[(ok|check|blocked)\] [A-Z_]+: \S/.test(line)));
    assert.ok(lines.includes('[check] SLA_POLICIES: a b failed Fix: mend it'));
  });
});

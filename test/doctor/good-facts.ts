import { configDefaults } from '../../src/config/config-schema.js';
import { type DoctorFacts, knownDoctorFact } from '../../src/doctor/facts.js';
import { packageVersion } from '../../src/foundation/package-version.js';

/** What the collectors learn of a host where nothing is wrong, in production. */
export function goodFacts(): DoctorFacts {
  const { database, worker, log, retention } = configDefaults;
  return {
    profile: 'production',
    nodeVersion: 'v20.19.0',
    installation: knownDoctorFact({
      version: packageVersion,
      copies: [{ folder: '/host/node_modules/cairnloop', version: packageVersion }],
      isDependency: true,
      isOwn: true,
      pinned: [{ name: 'agenda', expected: '6.2.6', found: '6.2.6' }],
      packageManager: 'pnpm',
    }),
    mounts: knownDoctorFact([{ place: 'src/server.ts:12', operator: 'function' }]),
    envFile: knownDoctorFact({ present: true, unreadable: null, ignored: true, tracked: false }),
    build: knownDoctorFact({ strayConfig: null }),
    config: knownDoctorFact({
      file: 'cairnloop.config.ts',
      problems: [],
      settings: { database, worker, ops: { ...configDefaults.ops, host: '10.0.0.4' }, log, retention },
      contracts: ['contextProvider', 'notifier', 'automationPolicy', 'slaPolicyProvider', 'draftGenerator'],
      modules: ['notifier', 'notifier.onReply', 'draftGenerator'],
      unfinished: [],
      hasMetrics: true,
      auditKeyIds: ['0123456789abcdef'],
      handsAnchors: true,
      variables: {},
    }),
    database: knownDoctorFact({
      target: 'db.internal:5432/app',
      isLocal: false,
      version: '17.2',
      versionNumber: 170_002,
      clockSkewMs: -40,
      readOnly: false,
      superuser: false,
      encrypted: true,
      maxConnections: 100,
      pooling: 'none',
      encoding: 'UTF8',
    }),
    schema: knownDoctorFact({
      schema: 'cairnloop',
      exists: true,
      applied: 9,
      pending: [],
      unknown: [],
      incompatible: [],
    }),
    work: knownDoctorFact({
      workers: [
        {
          host: 'worker-1',
          version: packageVersion,
          ageMs: 2000,
          modules: ['notifier', 'notifier.onReply', 'draftGenerator'],
        },
      ],
      announced: ['notifier', 'notifier.onReply', 'draftGenerator'],
      oldestDueMs: 300,
      discarded: [],
      priorities: ['normal'],
      oldestClosedMs: null,
      oldestErasureMs: null,
      audit: { keyId: '0123456789abcdef', oldestUnsealedMs: 3000, anchorHandedMs: 7_200_000, anchorError: null },
    }),
    jobs: knownDoctorFact({ backend: 'postgres' }),
    policies: knownDoctorFact({ state: 'active', priorities: ['normal', 'high'], rejected: [] }),
    probes: knownDoctorFact({ called: [{ contract: 'contextProvider', problems: [] }] }),
  };
}

import { type ContractKey, contractMethods } from '../../config/host-modules.js';
import { moduleKinds } from '../../gen/module-kinds.js';
import type { ConfigFacts } from '../facts.js';
import { blocked, type Check, defineCheck, fine, type Judgement, toCheck } from './check.js';

const config = defineCheck({
  code: 'CONFIG',
  about: 'config',
  fact: (facts) => facts.config,
  failure: 'blocked',
  judge: ({ file, problems }, { hostFailures = [] }) => {
    const others = problems.filter(({ path }) => !isContract(path.split('.')[0]));
    const failures = hostFailures.map((failure) =>
      blocked(
        `${file} was imported, and then code of the host failed with nobody to catch it: ${failure}.`,
        'catch it there, or connect and start timers elsewhere: a worker would end by it',
      ),
    );
    if (others.length === 0 && failures.length === 0) return fine(`${file} has no wrong key.`);
    const wrong = others.map(({ path, expected, found }) =>
      blocked(`${file}: ${path}: expected ${expected}, found ${found}.`, `correct ${path} in ${file}`),
    );
    return [...wrong, ...failures];
  },
});

function isContract(key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(contractMethods, key);
}

/** A contract in the config, and what it means that there is none. */
interface ContractRow {
  key: ContractKey;
  code: string;
  absent(file: string): Judgement;
}

const { notifier, policy, context, sla } = moduleKinds;

const contracts: readonly ContractRow[] = [
  { key: 'notifier', code: 'NOTIFIER', absent: () => missing(notifier) },
  { key: 'contextProvider', code: 'CONTEXT_PROVIDER', absent: () => missing(context) },
  { key: 'slaPolicyProvider', code: 'SLA_POLICY_PROVIDER', absent: () => missing(sla) },
  {
    key: 'automationPolicy',
    code: 'AUTOMATION_POLICY',
    absent: () => fine(`No ${policy.configKey}: ${policy.absent}.`),
  },
  { key: 'draftGenerator', code: 'DRAFT_GENERATOR', absent: () => fine('No draftGenerator: no draft is asked for.') },
];

function missing(kind: { name: string; configKey: string; absent: string }): Judgement {
  return toCheck(`No ${kind.configKey}: ${kind.absent}.`, `cairnloop gen ${kind.name}`);
}

const contractChecks = contracts.map((row) =>
  defineCheck({
    code: row.code,
    about: row.key,
    fact: (facts) => facts.config,
    judge: (found, { probes }) => judgeContract(row, found, probes !== null),
  }),
);

function judgeContract(
  { key, absent }: ContractRow,
  { file, problems, contracts }: ConfigFacts,
  probed: boolean,
): Judgement[] {
  const wrong = problems.filter(({ path }) => path === key || path.startsWith(`${key}.`));
  if (wrong.length > 0) {
    return wrong.map(({ path, expected, found }) =>
      blocked(`${path}: expected ${expected}, found ${found}.`, `correct ${path} where ${file} has its ${key}`),
    );
  }
  if (!contracts.includes(key)) return [absent(file)];
  const called = probed ? '' : ' (not called; --probe calls what only reads)';
  return [fine(`${key} has ${contractMethods[key].join(', ')}${called}.`)];
}

const metrics = defineCheck({
  code: 'METRICS',
  about: 'metrics reporter',
  fact: (facts) => facts.config,
  judge: ({ file, hasMetrics, settings }) =>
    hasMetrics
      ? fine(`${settings.ops.metricsPath} answers metrics.`)
      : toCheck(
          `No metrics reporter: ${settings.ops.metricsPath} answers 501, so nothing warns of deliveries that pile up.`,
          `add metrics: prometheus() to ${file}`,
        ),
});

const opsBind = defineCheck({
  code: 'OPS_BIND',
  about: 'ops bind address',
  fact: (facts) => facts.config,
  judge: ({ file, settings }, { profile }) => {
    const { host, port } = settings.ops;
    const everywhere = host === '0.0.0.0' || host === '::';
    if (!everywhere || profile === 'development') return fine(`The ops server listens on ${host}:${port}.`);
    const message = `The ops server listens on ${host}:${port}, every network of the machine, and asks nobody who they are.`;
    return toCheck(message, `set ops.host in ${file} to the address that your probes and Prometheus use`);
  },
});

const logLevel = defineCheck({
  code: 'LOG_LEVEL',
  about: 'log level',
  fact: (facts) => facts.config,
  judge: ({ file, settings }, { profile }) => {
    const { level } = settings.log;
    const tooMuch = level === 'debug' || level === 'trace';
    const tooLittle = level === 'silent' || level === 'fatal';
    if (profile === 'development' || !(tooMuch || tooLittle)) return fine(`The log level is ${level}.`);
    const message = `The log level is ${level}: ${tooLittle ? 'failing deliveries leave no trace' : 'it costs throughput'}.`;
    return toCheck(message, `set log.level to "info" in ${file}`);
  },
});

/** Callbacks hold no connection, but each is looked up and settled over one. */
const callbacksPerConnection = 4;

const poolSize = defineCheck({
  code: 'POOL_SIZE',
  about: 'pool size',
  fact: (facts) => facts.config,
  judge: ({ file, settings }) => {
    const { poolSize } = settings.database;
    const { concurrency } = settings.worker;
    const enough = Math.ceil(concurrency / callbacksPerConnection);
    if (poolSize >= enough) return fine(`${poolSize} connections serve ${concurrency} callbacks at once.`);
    const message = `${concurrency} callbacks at once share ${poolSize} connection(s) to be loaded and settled, so they wait for each other.`;
    return toCheck(message, `set database.poolSize in ${file} to ${enough} or more, or lower worker.concurrency`);
  },
});

export const configChecks: readonly Check[] = [config, ...contractChecks, metrics, opsBind, logLevel, poolSize];

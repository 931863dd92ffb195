import { type ContractKey, contractMethods } from '../../config/host-modules.js';
import type { CallbackModule } from '../../deliveries/announced-modules.js';
import { moduleKinds } from '../../gen/module-kinds.js';
import type { ConfigFacts, DoctorFacts } from '../facts.js';
import {
  createBlockedFinding,
  createOkFinding,
  createToCheckFinding,
  type DoctorCheck,
  defineCheck,
  type FindingWithoutCode,
} from './check.js';
import { toUnfinishedMethodsFinding } from './unfinished.js';

const config = defineCheck({
  code: 'CONFIG',
  title: 'config',
  needs: 'config',
  failure: 'blocked',
  judge: ({ file, problems, variables }, { hostFailures = [] }) => {
    const others = problems.filter(({ path }) => !isContract(path.split('.')[0]));
    const failures = hostFailures.map((failure) =>
      createBlockedFinding(
        `After ${file} was imported, code of the host failed with an error that nobody caught: ${failure}.`,
        'catch the error in the code that the config imports: an error that nobody catches would end a worker',
      ),
    );
    if (others.length === 0 && failures.length === 0) return createOkFinding(`${file} has no wrong key.`);
    const wrong = others.map(({ path, expected, found }) =>
      createBlockedFinding(
        `${file}: ${path}: expected ${expected}, found ${found}.`,
        fixOf(path, found, file, variables),
      ),
    );
    return [...wrong, ...failures];
  },
});

/** How to correct a wrong value: in the variable that the config reads it from, else in the config file. */
function fixOf(path: string, found: string, file: string, variables: ConfigFacts['variables']): string {
  const variable = variables[path];
  const isUnset = found.startsWith('undefined') || found === 'nothing';
  if (variable)
    return `${isUnset ? 'set' : 'correct'} ${variable.name} in ${variable.source ?? 'the environment or in .env'}`;
  return isUnset
    ? `set the environment variable that ${path} reads, or correct ${path} in ${file}`
    : `correct ${path} in ${file}`;
}

function isContract(key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(contractMethods, key);
}

/** A contract that a config can implement, and the finding for a config without it. */
interface ContractRow {
  key: ContractKey;
  code: string;
  absent(file: string, facts: DoctorFacts): FindingWithoutCode;
}

const { notifier, policy, context, sla } = moduleKinds;

const contracts: readonly ContractRow[] = [
  { key: 'notifier', code: 'NOTIFIER', absent: withoutNotifier },
  { key: 'contextProvider', code: 'CONTEXT_PROVIDER', absent: () => missing(context) },
  { key: 'slaPolicyProvider', code: 'SLA_POLICY_PROVIDER', absent: () => missing(sla) },
  {
    key: 'automationPolicy',
    code: 'AUTOMATION_POLICY',
    absent: () => createOkFinding(`No ${policy.configKey}: ${policy.absent}.`),
  },
  {
    key: 'draftGenerator',
    code: 'DRAFT_GENERATOR',
    absent: (file, { work }) =>
      isAnnounced(work, 'draftGenerator')
        ? createOkFinding(`No draftGenerator in ${file}; the workers of this schema have one, so drafts are asked for.`)
        : createOkFinding('No draftGenerator: no draft is asked for.'),
  },
];

function missing(kind: { name: string; configKey: string; absent: string }): FindingWithoutCode {
  return createToCheckFinding(`No ${kind.configKey}: ${kind.absent}.`, `cairnloop gen ${kind.name}`);
}

function withoutNotifier(file: string, { work }: DoctorFacts): FindingWithoutCode {
  if (isAnnounced(work, 'notifier'))
    return createOkFinding(`No notifier in ${file}; the workers of this schema have one, and call it.`);
  const { message, ...rest } = missing(notifier);
  const neverStarted = work.state === 'known' && work.value.announced === null;
  if (!neverStarted) return { ...rest, message };
  return {
    ...rest,
    message: `${message} No worker has started yet; callbacks are made once one with a notifier has started.`,
  };
}

function isAnnounced(work: DoctorFacts['work'], name: CallbackModule): boolean {
  return work.state === 'known' && (work.value.announced?.includes(name) ?? false);
}

const contractChecks = contracts.map((row) =>
  defineCheck({
    code: row.code,
    title: row.key,
    needs: 'config',
    judge: (found, facts) => judgeContract(row, found, facts),
  }),
);

function judgeContract(
  { key, code, absent }: ContractRow,
  found: ConfigFacts,
  facts: DoctorFacts,
): FindingWithoutCode[] {
  const { file, problems, contracts } = found;
  const wrong = problems.filter(({ path }) => path === key || path.startsWith(`${key}.`));
  if (wrong.length > 0) {
    return wrong.map(({ path, expected, found }) =>
      createBlockedFinding(
        `${path}: expected ${expected}, found ${found}.`,
        `correct ${path} in the ${key} of ${file}`,
      ),
    );
  }
  if (!contracts.includes(key)) return [absent(file, facts)];
  const unfinished = toUnfinishedMethodsFinding(found, code);
  if (unfinished) return unfinished;
  const called = facts.probes ? '' : ' (not called; --probe calls what only reads)';
  return [createOkFinding(`${key} has ${contractMethods[key].join(', ')}${called}.`)];
}

const replies = defineCheck({
  code: 'REPLIES',
  title: 'delivery of replies',
  needs: 'config',
  judge: (found, { work }) => {
    const { file, modules } = found;
    const unfinished = toUnfinishedMethodsFinding(found, 'REPLIES');
    if (unfinished) return unfinished;
    if (modules.includes('notifier.onReply')) return createOkFinding('Replies are handed to notifier.onReply.');
    if (isAnnounced(work, 'notifier.onReply'))
      return createOkFinding(
        `No notifier.onReply in ${file}; the workers of this schema have it, so replies are handed to them.`,
      );
    return createToCheckFinding(
      'No notifier.onReply: replies are stored, and nobody is notified.',
      'add onReply(message, conversation, metadata) to the notifier',
    );
  },
});

const metrics = defineCheck({
  code: 'METRICS',
  title: 'metrics reporter',
  needs: 'config',
  judge: ({ file, hasMetrics, settings }) =>
    hasMetrics
      ? createOkFinding(`${settings.ops.metricsPath} serves metrics.`)
      : createToCheckFinding(
          `No metrics reporter: ${settings.ops.metricsPath} responds with 501, so nothing warns of deliveries that pile up.`,
          `add metrics: prometheus() to ${file}`,
        ),
});

const opsBind = defineCheck({
  code: 'OPS_BIND',
  title: 'ops bind address',
  needs: 'config',
  judge: (facts, { profile }) => {
    const { host, port } = facts.settings.ops;
    if (isLoopback(host)) return createOkFinding(`The ops server listens on ${host}:${port}, for this machine alone.`);
    const where = isEveryNetwork(host) ? `${host}:${port}, every network of the machine` : `${host}:${port}`;
    const message = `The ops server listens on ${where}, and requires no sign-in. ${exposedBy(facts)}`;
    if (profile === 'development' || !isEveryNetwork(host)) return createOkFinding(message);
    return createToCheckFinding(
      message,
      `set ops.host in ${facts.file} to the address that your probes and Prometheus use`,
    );
  },
});

/** Says what anyone who reaches the ops server can read. */
function exposedBy({ settings: { ops }, hasMetrics }: ConfigFacts): string {
  const health = `${ops.healthPath} and ${ops.healthPath}/ready (whether database, job store and migrations work)`;
  if (!hasMetrics) return `Whoever reaches the server can read ${health}, which say nothing of a customer.`;
  const metrics = `${ops.metricsPath} (counts by topic, outcome and priority, and all else in a registry of your own)`;
  return `Whoever reaches the server can read ${health} and ${metrics}; there is nothing of a customer in what Cairnloop counts.`;
}

/** Whether a listen address means every network interface, in any spelling: 0, 0x0, ::, 0:0::0. */
function isEveryNetwork(host: string): boolean {
  return ['0.0.0.0', '[::]', '[::ffff:0:0]'].includes(normalized(host));
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/.test(normalized(host));
}

function normalized(host: string): string {
  const url = `http://${host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : host}`;
  return URL.canParse(url) ? new URL(url).hostname : host;
}

const logLevel = defineCheck({
  code: 'LOG_LEVEL',
  title: 'log level',
  needs: 'config',
  judge: ({ file, settings }, { profile }) => {
    const { level } = settings.log;
    const tooMuch = level === 'debug' || level === 'trace';
    const tooLittle = level === 'silent' || level === 'fatal';
    if (profile === 'development' || !(tooMuch || tooLittle)) return createOkFinding(`The log level is ${level}.`);
    const message = `The log level is ${level}: ${tooLittle ? 'failing deliveries leave no trace' : 'it costs throughput'}.`;
    return createToCheckFinding(message, `set log.level to "info" in ${file}`);
  },
});

/** How many running callbacks one connection can serve: it is needed only to load and to settle each of them. */
const callbacksPerConnection = 4;

const poolSize = defineCheck({
  code: 'POOL_SIZE',
  title: 'pool size',
  needs: 'config',
  judge: ({ file, settings }) => {
    const { poolSize } = settings.database;
    const { concurrency } = settings.worker;
    const enough = Math.ceil(concurrency / callbacksPerConnection);
    if (poolSize >= enough) return createOkFinding(`${poolSize} connections serve ${concurrency} callbacks at once.`);
    const message = `${concurrency} callbacks at once share ${poolSize} connection(s) for loading and settling, so they wait for each other.`;
    return createToCheckFinding(
      message,
      `set database.poolSize in ${file} to ${enough} or more, or lower worker.concurrency`,
    );
  },
});

export const configChecks: readonly DoctorCheck[] = [
  config,
  ...contractChecks,
  replies,
  metrics,
  opsBind,
  logLevel,
  poolSize,
];

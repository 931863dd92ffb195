import { isAlive } from '../../deliveries/worker-health.js';
import { version } from '../../foundation/package-version.js';
import { discardedCap, type Facts, type WorkFacts } from '../facts.js';
import { blocked, type Check, defineCheck, fine, type Judgement, notChecked, toCheck } from './check.js';
import { formatAge } from './format-age.js';

/** A due delivery is called within moments; waiting this long means that no worker takes it. */
const staleDeliveryMs = 60_000;

const jobs = defineCheck({
  code: 'JOBS',
  about: 'job backend',
  fact: (facts) => facts.jobs,
  failure: 'blocked',
  judge: ({ backend }) => fine(`The ${backend} job backend answers.`),
});

const worker = defineCheck({
  code: 'WORKER',
  about: 'worker heartbeat',
  fact: (facts) => facts.work,
  failure: 'blocked',
  judge: ({ workers }, { profile }) => {
    const alive = workers.filter(isAlive);
    if (alive.length === 0) {
      const judge = profile === 'production' ? blocked : toCheck;
      return judge(`${lastSeen(workers)}, so no callback is called and no draft is made.`, 'cairnloop worker');
    }
    const others = alive.filter((found) => found.version !== version);
    if (others.length === 0)
      return fine(`${alive.length} worker(s) running, the last heartbeat ${formatAge(youngest(alive))} ago.`);
    const listed = others.map((found) => `${found.version} on ${found.host}`).join(', ');
    return toCheck(
      `Workers of another version than ${version} are running: ${listed}.`,
      'deploy one version to every worker',
    );
  },
});

function lastSeen(workers: WorkFacts['workers']): string {
  return workers.length === 0
    ? 'No worker is running'
    : `The last worker went silent ${formatAge(youngest(workers))} ago`;
}

function youngest(workers: WorkFacts['workers']): number {
  return Math.min(...workers.map(({ ageMs }) => ageMs));
}

const workerModules = defineCheck({
  code: 'WORKER_MODULES',
  about: 'modules of the workers',
  fact: (facts) => facts.work,
  judge: ({ workers, announced }, { config }): Judgement[] => {
    const owed = new Set([...(announced ?? []), ...(config.state === 'known' ? config.value.modules : [])]);
    const alive = workers.filter((worker) => isAlive(worker) && worker.modules);
    if (alive.length === 0) return [];
    const lacking = alive.flatMap(({ host, modules }) =>
      [...owed].filter((name) => !modules?.includes(name)).map((name) => `${name} on ${host}`),
    );
    if (lacking.length === 0) return [fine('Every running worker has the modules that calls are owed to.')];
    const listed = [...new Set(lacking)].join(', ');
    const message = `Running workers lack modules that calls are owed to: ${listed}. Such calls fail there, until a worker that has the module takes them.`;
    return [toCheck(message, 'deploy one config to every worker')];
  },
});

const waiting = defineCheck({
  code: 'DELIVERIES_WAITING',
  about: 'waiting deliveries',
  fact: (facts) => facts.work,
  judge: ({ oldestDueMs }) => {
    if (oldestDueMs === null) return fine('No delivery is waiting to be called.');
    if (oldestDueMs <= staleDeliveryMs) return fine(`The oldest due delivery has waited ${formatAge(oldestDueMs)}.`);
    const message = `The oldest due delivery has waited ${formatAge(oldestDueMs)}: no worker keeps up, or its topic is stuck.`;
    return toCheck(message, 'cairnloop deliveries list --state pending');
  },
});

const discarded = defineCheck({
  code: 'DELIVERIES_DISCARDED',
  about: 'discarded deliveries',
  fact: (facts) => facts.work,
  judge: ({ discarded }) => {
    if (discarded.length === 0) return fine('No delivery was given up after its last attempt.');
    const counted = (count: number) => (count < discardedCap ? count : `${discardedCap} or more`);
    const listed = discarded.map(({ topic, count }) => `${counted(count)} ${topic}`).join(', ');
    const message = `Deliveries were given up after their last attempt: ${listed}.`;
    return toCheck(
      message,
      'cairnloop deliveries list --state discarded, then deliveries retry <id>, or --topic <topic> for all of one kind',
    );
  },
});

const policies = defineCheck({
  code: 'SLA_POLICIES',
  about: 'SLA policies',
  fact: (facts) => facts.policies,
  failure: 'check',
  judge: ({ state, priorities, rejected }): Judgement[] => {
    if (state === 'no provider') return [fine('SLA tracking is off: there is no slaPolicyProvider.')];
    if (state === 'off') return [fine('SLA tracking is off: the slaPolicyProvider answers no policies.')];
    // Of two policies for one priority each is refused, in the same words.
    const reasons = new Map(rejected.map((one) => [`${one.priority}: ${one.reason}`, one]));
    const wrong = [...reasons.values()].map(({ priority, reason }) =>
      toCheck(`The SLA policy for "${priority}" is not used: ${reason}.`, fixOfTerms(priority, reason)),
    );
    if (priorities.length === 0) return wrong;
    return [fine(`SLA policies for ${priorities.map((name) => `"${name}"`).join(', ')}.`), ...wrong];
  },
});

/** Wrong minutes are set anew; anything else is wrong in what the provider reads. */
function fixOfTerms(priority: string, reason: string): string {
  const isAboutMinutes = /^(response|breach)Minutes:/.test(reason);
  return isAboutMinutes ? setTerms(priority) : 'correct what getActivePolicies of the slaPolicyProvider answers';
}

/** With the minutes of the README, so that it can be run as it stands. */
function setTerms(priority: string): string {
  return `cairnloop sla set ${shellWord(priority)} --response 60 --breach 240`;
}

function shellWord(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const priorities = defineCheck({
  code: 'SLA_PRIORITIES',
  about: 'priorities without an SLA policy',
  fact: (facts) => facts.policies,
  judge: (found, { work }) => {
    if (found.state !== 'active') return fine('No priority needs an SLA policy.');
    if (work.state !== 'known') return notChecked('priorities without an SLA policy', work.because);
    const without = work.value.priorities.filter((priority) => !found.priorities.includes(priority));
    if (without.length === 0) return fine('Every priority of the open conversations has an SLA policy.');
    const listed = without.map((priority) => `"${priority}"`).join(', ');
    const message = `Open conversations have priorities without an SLA policy, so no clock runs for them: ${listed}.`;
    return toCheck(message, setTerms(without[0] ?? ''));
  },
});

const probed = {
  code: 'PROBE',
  run: (facts: Facts) => (facts.probes ? probe.run(facts) : []),
};

const probe = defineCheck({
  code: 'PROBE',
  about: 'calls of host modules',
  fact: (facts) => facts.probes ?? { state: 'skipped', because: 'it was not asked for' },
  judge: ({ called }): Judgement[] => {
    const wrong = called.flatMap(({ contract, problems }) =>
      problems.map((problem) =>
        toCheck(`${contract}: ${problem}.`, `correct ${contract}; its test shows it with cairnloop/testing`),
      ),
    );
    const right = called.filter(({ problems }) => problems.length === 0).map(({ contract }) => contract);
    return right.length > 0
      ? [fine(`Called once and right: ${right.join(', ')}. A notifier is never called.`), ...wrong]
      : wrong;
  },
});

export const workChecks: readonly Check[] = [
  jobs,
  worker,
  workerModules,
  waiting,
  discarded,
  policies,
  priorities,
  probed,
];

import { isWorkerAlive } from '../../deliveries/worker-health.js';
import { packageVersion } from '../../foundation/package-version.js';
import { quoteShellWord } from '../../gen/shell-word.js';
import { discardedCountCap, type WorkloadFacts } from '../facts.js';
import {
  createBlockedFinding,
  createNotCheckedFinding,
  createOkFinding,
  createToCheckFinding,
  type DoctorCheck,
  defineCheck,
  type FindingWithoutCode,
} from './check.js';
import { formatAge } from './format-age.js';
import { toUnfinishedMethodsFinding } from './unfinished.js';

/**
 * How long a delivery may be due before doctor reports it, in milliseconds. A running worker claims it within a second.
 */
const staleDeliveryMs = 60_000;

const jobs = defineCheck({
  code: 'JOBS',
  title: 'job backend',
  needs: 'jobs',
  failure: 'blocked',
  judge: ({ backend }) => createOkFinding(`The ${backend} job backend is reachable.`),
});

const worker = defineCheck({
  code: 'WORKER',
  title: 'worker heartbeat',
  needs: 'work',
  failure: 'blocked',
  judge: ({ workers }, { profile }) => {
    const alive = workers.filter(isWorkerAlive);
    if (alive.length === 0) {
      const judge = profile === 'production' ? createBlockedFinding : createToCheckFinding;
      return judge(`${lastSeen(workers)}, so no callback is called and no draft is made.`, 'cairnloop worker');
    }
    const others = alive.filter((found) => found.version !== packageVersion);
    if (others.length === 0)
      return createOkFinding(
        `${alive.length} worker(s) running, the last heartbeat ${formatAge(youngest(alive))} ago.`,
      );
    const listed = others.map((found) => `${found.version} on ${found.host}`).join(', ');
    return createToCheckFinding(
      `Workers of another version than ${packageVersion} are running: ${listed}.`,
      'deploy one version to every worker',
    );
  },
});

function lastSeen(workers: WorkloadFacts['workers']): string {
  return workers.length === 0
    ? 'No worker is running'
    : `The last worker went silent ${formatAge(youngest(workers))} ago`;
}

function youngest(workers: WorkloadFacts['workers']): number {
  return Math.min(...workers.map(({ ageMs }) => ageMs));
}

const workerModules = defineCheck({
  code: 'WORKER_MODULES',
  title: 'modules of the workers',
  needs: 'work',
  judge: ({ workers, announced }, { config }): FindingWithoutCode[] => {
    const owed = new Set([...(announced ?? []), ...(config.state === 'known' ? config.value.modules : [])]);
    const alive = workers.filter((worker) => isWorkerAlive(worker) && worker.modules);
    if (alive.length === 0) return [];
    const lacking = alive.flatMap(({ host, modules }) =>
      [...owed].filter((name) => !modules?.includes(name)).map((name) => `${name} on ${host}`),
    );
    if (lacking.length === 0)
      return [createOkFinding('Every running worker has the host modules that deliveries call.')];
    const listed = [...new Set(lacking)].join(', ');
    const message = `Running workers lack host modules that deliveries call: ${listed}. A delivery that needs such a module fails on a worker without it, until another worker claims it.`;
    return [createToCheckFinding(message, 'deploy one config to every worker')];
  },
});

const waiting = defineCheck({
  code: 'DELIVERIES_WAITING',
  title: 'waiting deliveries',
  needs: 'work',
  judge: ({ oldestDueMs }) => {
    if (oldestDueMs === null) return createOkFinding('No delivery is waiting to be called.');
    if (oldestDueMs <= staleDeliveryMs)
      return createOkFinding(`The oldest due delivery has waited ${formatAge(oldestDueMs)}.`);
    const message = `The oldest due delivery has waited ${formatAge(oldestDueMs)}: no worker keeps up, or its topic is stuck.`;
    return createToCheckFinding(message, 'cairnloop deliveries list --state pending');
  },
});

const discarded = defineCheck({
  code: 'DELIVERIES_DISCARDED',
  title: 'discarded deliveries',
  needs: 'work',
  judge: ({ discarded }) => {
    if (discarded.length === 0) return createOkFinding('No delivery was given up after its last attempt.');
    const counted = (count: number) => (count < discardedCountCap ? count : `${discardedCountCap} or more`);
    const listed = discarded.map(({ topic, count }) => `${counted(count)} ${topic}`).join(', ');
    const message = `Deliveries were given up after their last attempt: ${listed}.`;
    return createToCheckFinding(
      message,
      'cairnloop deliveries list --state discarded, then deliveries retry <id>, or --topic <topic> for all of one kind',
    );
  },
});

const dayMs = 24 * 3600_000;

/**
 * Old conversations are removed every few minutes, so one that is overdue by a day means that no worker removes them.
 */
const retention = defineCheck({
  code: 'RETENTION',
  title: 'removal of old conversations',
  needs: 'work',
  judge: ({ oldestClosedMs }, { config }) => {
    if (config.state !== 'known') return createNotCheckedFinding('removal of old conversations', config.because);
    const { resolvedDays, keep } = config.value.settings.retention;
    if (resolvedDays === null)
      return createOkFinding('Resolved conversations are kept: retention.resolvedDays is null.');
    const rule = `Conversations are removed ${resolvedDays} day(s) after they were resolved, and ${keep === 'shape' ? 'counts and times are' : 'nothing is'} kept of them`;
    const overdueDays = Math.floor((oldestClosedMs ?? 0) / dayMs) - resolvedDays;
    if (overdueDays < 1) return createOkFinding(`${rule}.`);
    return createToCheckFinding(
      `${rule}; the oldest is overdue by ${overdueDays} day(s).`,
      'start a worker: cairnloop worker',
    );
  },
});

/**
 * The age in milliseconds above which an unfinished erasure of a customer counts as interrupted: it takes seconds, or
 * minutes for a very large customer.
 */
const staleErasureMs = 10 * 60_000;

const erasures = defineCheck({
  code: 'ERASURES',
  title: 'erasures of customers',
  needs: 'work',
  judge: ({ oldestErasureMs }) => {
    if (oldestErasureMs === null) return createOkFinding('No erasure of a customer is unfinished.');
    if (oldestErasureMs < staleErasureMs) return createOkFinding('An erasure of a customer is under way.');
    const message = `An erasure of a customer began ${formatAge(oldestErasureMs)} ago and has not ended; it was interrupted.`;
    return createToCheckFinding(
      message,
      'run cairnloop customer erase again for that customer; it goes on where it stopped',
    );
  },
});

const policies = defineCheck({
  code: 'SLA_POLICIES',
  title: 'SLA policies',
  needs: 'policies',
  failure: 'check',
  judge: ({ state, priorities, rejected }, { config }): FindingWithoutCode[] => {
    if (state === 'no provider') return [createOkFinding('SLA tracking is off: there is no slaPolicyProvider.')];
    if (state === 'off') {
      const unfinished =
        config.state === 'known' ? toUnfinishedMethodsFinding(config.value, 'SLA_POLICIES') : undefined;
      return unfinished ?? [createOkFinding('SLA tracking is off: the slaPolicyProvider returns no policies.')];
    }
    // Two policies for one priority are both rejected with the same reason: report it once.
    const reasons = new Map(rejected.map((one) => [`${one.priority}: ${one.reason}`, one]));
    const wrong = [...reasons.values()].map(({ priority, reason }) =>
      createToCheckFinding(`The SLA policy for "${priority}" is not used: ${reason}.`, fixOfTerms(priority, reason)),
    );
    if (priorities.length === 0) return wrong;
    return [createOkFinding(`SLA policies for ${priorities.map((name) => `"${name}"`).join(', ')}.`), ...wrong];
  },
});

/**
 * How to correct a rejected SLA policy: a command sets other minutes; any other fault is in the provider's own data.
 */
function fixOfTerms(priority: string, reason: string): string {
  const isAboutMinutes = /^(response|breach)Minutes:/.test(reason);
  return isAboutMinutes ? setTerms(priority) : 'correct what getActivePolicies of the slaPolicyProvider returns';
}

/** A command that sets an SLA policy, with the minutes of docs/sla.md, so that it can be run unchanged. */
function setTerms(priority: string): string {
  return `cairnloop sla set ${quoteShellWord(priority)} --response 60 --breach 240`;
}

const priorities = defineCheck({
  code: 'SLA_PRIORITIES',
  title: 'priorities without an SLA policy',
  needs: 'policies',
  judge: (found, { work }) => {
    if (found.state !== 'active')
      return createOkFinding('No priority needs an SLA policy, because SLA tracking is off.');
    if (work.state !== 'known') return createNotCheckedFinding('priorities without an SLA policy', work.because);
    const without = work.value.priorities.filter((priority) => !found.priorities.includes(priority));
    if (without.length === 0) return createOkFinding('Every priority of the open conversations has an SLA policy.');
    const listed = without.map((priority) => `"${priority}"`).join(', ');
    const message = `Open conversations have priorities without an SLA policy, so no clock runs for them: ${listed}.`;
    return createToCheckFinding(message, setTerms(without[0] ?? ''));
  },
});

const probe = defineCheck({
  code: 'PROBE',
  title: 'calls of host modules',
  needs: 'probes',
  judge: ({ called }): FindingWithoutCode[] => {
    const wrong = called.flatMap(({ contract, problems }) =>
      problems.map((problem) =>
        createToCheckFinding(
          `${contract}: ${problem}.`,
          `fix ${contract}; its check in cairnloop/testing shows the problem in a test`,
        ),
      ),
    );
    const right = called.filter(({ problems }) => problems.length === 0).map(({ contract }) => contract);
    return right.length > 0
      ? [createOkFinding(`Called once without a problem: ${right.join(', ')}. A notifier is never called.`), ...wrong]
      : wrong;
  },
});

export const workloadChecks: readonly DoctorCheck[] = [
  jobs,
  worker,
  workerModules,
  waiting,
  discarded,
  retention,
  erasures,
  policies,
  priorities,
  probe,
];

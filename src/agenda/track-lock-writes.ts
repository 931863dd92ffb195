import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobRepository } from 'agenda';

/** Patches Agenda's repository to refuse locks while stopping and to wait for lock writes that are in flight. */
export interface LockWrites {
  /** From this call on Agenda locks no job whose name matches; a lock that it just took is released. */
  refuse(refuses: (jobName: string) => boolean): void;
  /** Resolves when no job write is in flight. */
  settled(): Promise<void>;
}

/**
 * Tracks writes of locks. Agenda does not await when it unlocks jobs: a failure would be an unhandled rejection, or
 * stop it half way. Here a failure is reported, and the lock expires by itself.
 */
export function trackLockWrites(repository: JobRepository, report: (error: Error) => void): LockWrites {
  const { unlockJob, unlockJobs, getNextJobToRun, saveJobState, removeJobs } = repository;
  const underWay = new Set<Promise<unknown>>();
  let refuses = (_jobName: string) => false;

  function track<T>(write: Promise<T>): Promise<T> {
    underWay.add(write);
    const done = () => underWay.delete(write);
    write.then(done, done);
    return write;
  }

  /** Locks the next job unless it is refused. Checks again afterwards: the poll may have started before the change. */
  async function lockUnlessRefused(...query: Parameters<typeof getNextJobToRun>) {
    const [jobName] = query;
    if (refuses(jobName)) return undefined;
    const job = await getNextJobToRun.apply(repository, query);
    if (!job || !refuses(jobName)) return job;
    await repository.unlockJob(job);
    return undefined;
  }

  Object.assign(repository, {
    unlockJob: (job) => track(unlockJob.call(repository, job).catch(report)),
    unlockJobs: (ids) => track(unlockJobs.call(repository, ids).catch(report)),
    getNextJobToRun: (...query) => track(lockUnlessRefused(...query)),
    saveJobState: (...state) => track(saveJobState.apply(repository, state)),
    removeJobs: (options) => track(removeJobs.call(repository, options)),
  } satisfies Partial<JobRepository>);

  return {
    refuse(next) {
      refuses = next;
    },
    async settled() {
      // One write may lead to another: a finished job is saved, then removed.
      do {
        await Promise.allSettled(underWay);
        await nextTurn();
      } while (underWay.size > 0);
    },
  };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobRepository } from 'agenda';

/** Patches Agenda's repository to refuse locks while stopping and to wait for lock writes that are in flight. */
export interface LockWriteTracker {
  /** From this call on Agenda locks no job whose name matches; a lock that it just took is released. */
  refuse(refuses: (jobName: string) => boolean): void;
  /** Resolves when no job write is in flight. */
  settled(): Promise<void>;
}

/**
 * Tracks the writes of Agenda's job locks. Agenda does not await its unlocking of jobs: a failure would become an
 * unhandled rejection or leave jobs locked. Here a failure is reported, and the lock expires by itself.
 */
export function trackLockWrites(repository: JobRepository, report: (error: Error) => void): LockWriteTracker {
  const { unlockJob, unlockJobs, getNextJobToRun, saveJobState, removeJobs } = repository;
  const underWay = new Set<Promise<unknown>>();
  let refuses = (_jobName: string) => false;

  function track<T>(write: Promise<T>): Promise<T> {
    underWay.add(write);
    const done = () => underWay.delete(write);
    write.then(done, done);
    return write;
  }

  /**
   * Locks the next job unless its name is refused. Checks again after the lock, because the name may have been refused
   * since.
   */
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
      // Wait again after each round, because a settled write may begin another: a finished job is saved, then removed.
      do {
        await Promise.allSettled(underWay);
        await nextTurn();
      } while (underWay.size > 0);
    },
  };
}

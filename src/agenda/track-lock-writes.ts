import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobRepository } from 'agenda';

/**
 * Decides which locks Agenda takes, and lets a stopping worker wait for what Agenda does not: the locks that it is taking
 * or giving back.
 */
export interface LockWrites {
  /** From now on jobs of the names for which this answers true are left alone, or given back at once. */
  refuse(refuses: (jobName: string) => boolean): void;
  /** Settles when no write to a job is under way. */
  settled(): Promise<void>;
}

/**
 * Agenda gives locks back without waiting: where the store is away that would end the process, and where its last ones
 * fail it stops half way. Such a failure is reported instead; the lock runs out by itself.
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

  /** Asked once more afterwards: the poll may have been under way when the answer changed. */
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
      // One write may lead to the next: the end of a job is saved, and then the job is removed.
      do {
        await Promise.allSettled(underWay);
        await nextTurn();
      } while (underWay.size > 0);
    },
  };
}

import type { JobRepository } from 'agenda';

/** Lets a stopping worker wait for what Agenda does not: the locks that it is taking or giving back. */
export interface LockWatch {
  /** From now on a lock that Agenda takes is given back at once; `false`: Agenda keeps what it takes. */
  refuse(refusing: boolean): void;
  /** Settles when no write to a job is under way. */
  settled(): Promise<void>;
}

/**
 * Agenda gives locks back without waiting: where the store is away that would end the process, and where its last ones
 * fail it stops half way. Such a failure is reported instead; the lock runs out by itself.
 */
export function watchLocks(repository: JobRepository, report: (error: Error) => void): LockWatch {
  const { unlockJob, unlockJobs, getNextJobToRun, saveJobState, removeJobs } = repository;
  const underWay = new Set<Promise<unknown>>();
  let refusing = false;

  function track<T>(write: Promise<T>): Promise<T> {
    underWay.add(write);
    const done = () => underWay.delete(write);
    write.then(done, done);
    return write;
  }

  /** A poll that was under way when the worker stopped. */
  async function lockUnlessRefusing(...query: Parameters<typeof getNextJobToRun>) {
    const job = await getNextJobToRun.apply(repository, query);
    if (!job || !refusing) return job;
    await repository.unlockJob(job);
    return undefined;
  }

  Object.assign(repository, {
    unlockJob: (job) => track(unlockJob.call(repository, job).catch(report)),
    unlockJobs: (ids) => track(unlockJobs.call(repository, ids).catch(report)),
    getNextJobToRun: (...query) => track(lockUnlessRefusing(...query)),
    saveJobState: (...state) => track(saveJobState.apply(repository, state)),
    removeJobs: (options) => track(removeJobs.call(repository, options)),
  } satisfies Partial<JobRepository>);

  return {
    refuse(next) {
      refusing = next;
    },
    async settled() {
      // One write may lead to the next: the end of a job is saved, and then the job is removed.
      do {
        await Promise.allSettled(underWay);
        await new Promise(setImmediate);
      } while (underWay.size > 0);
    },
  };
}

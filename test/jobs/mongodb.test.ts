import { useMongo } from '../support/mongo.js';
import { deliversOver } from './delivers-over.js';

describe("deliveries with Agenda's jobs in MongoDB", () => {
  const { createMongo } = useMongo();

  deliversOver(() => {
    const mongo = createMongo();
    return {
      jobs: { backend: 'mongodb', url: mongo.url },
      lockedJobs: async () => {
        const jobs = await mongo.find('cairnloop_jobs');
        return [...new Set(jobs.filter(({ lockedAt }) => lockedAt).map(({ name }) => String(name)))];
      },
    };
  });
});

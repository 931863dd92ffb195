import { deliversOver } from './delivers-over.js';

describe("deliveries with Agenda's jobs in the host's Postgres", () => {
  deliversOver(() => ({
    jobs: { backend: 'postgres' },
    lockedJobs: async ({ database }) => {
      const { rows } = await database.query(
        'SELECT DISTINCT name FROM cairnloop.agenda_jobs WHERE locked_at IS NOT NULL',
      );
      return rows.map(({ name }) => name);
    },
  }));
});

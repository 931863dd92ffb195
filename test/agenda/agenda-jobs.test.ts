import assert from 'node:assert/strict';
import pg from 'pg';
import { pino } from 'pino';
import { createAgendaJobs } from '../../src/agenda/agenda-jobs.js';
import { type AgendaTopicJob, agendaJobNames } from '../../src/agenda/jobs.js';
import { openAgenda } from '../../src/agenda/open-agenda.js';
import { validateConfig } from '../../src/config/config-schema.js';
import { type DeliveryTopic, deliveryTopics } from '../../src/contracts/domain.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { blockedSessions } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { migrated } from '../support/started-host.js';

describe('wake-ups through Agenda', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(migrated);
  });
  afterEach(() => database.drop());

  const open = () => createAgendaJobs(validateConfig({ database: { url: database.url } }), pino({ level: 'silent' }));

  it('of every kind at once open no listening connection, and close() releases the connections that they opened', async () => {
    const jobs = open();
    for (const topic of deliveryTopics) jobs.wake(topic);
    await eventually(async () => {
      const { rows } = await database.query('SELECT name FROM cairnloop.agenda_jobs ORDER BY name');
      assert.deepEqual(
        rows.map((row) => row.name),
        Object.values(agendaJobNames).sort(),
      );
    });
    const { rows } = await database.query(
      `SELECT count(*)::int AS listening FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    assert.deepEqual(rows, [{ listening: 0 }]);
    await jobs.close();
    await eventually(async () => {
      const left = await database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cairnloop-jobs'`,
      );
      assert.equal(left.rowCount, 0);
    });
  });

  it('are merged in a burst, and one more is sent for changes after it', async () => {
    const jobs = open();
    for (let n = 0; n < 1000; n += 1) jobs.wake('outbound');
    // The first goes out at once, the rest become one more.
    await eventually(async () => assert.equal(await count(), 2));
    jobs.wake('outbound');
    await eventually(async () => assert.ok((await count()) > 2, 'nothing went out for what came after'));
    await jobs.close();
    assert.equal(await count(), 3);
  });

  it('are due by any clock, and those that were left before a worker started are dropped', async () => {
    const jobs = open();
    jobs.wake('outbound');
    await eventually(async () => {
      const { rows } = await database.query('SELECT next_run_at FROM cairnloop.agenda_jobs');
      assert.deepEqual(rows, [{ next_run_at: new Date(0) }]);
    });
    await database.query(
      `INSERT INTO cairnloop.agenda_jobs (name, next_run_at) SELECT 'outbound', now() FROM generate_series(1, 500)`,
    );
    const { drains, runs } = countingDrains();
    await jobs.start(drains);
    assert.equal(await count(), 0);
    jobs.wake('outbound');
    await eventually(() => assert.equal(runs(), 1));
    await jobs.stop();
    await jobs.close();
  });

  it('are left to other workers while this one has no room, and taken once it has', async () => {
    const jobs = open();
    const { drains, runs } = countingDrains();
    let full = true;
    let refused = 0;
    await jobs.start({
      ...drains,
      outbound: {
        ...drains.outbound,
        get full() {
          refused += full ? 1 : 0;
          return full;
        },
      },
    });
    jobs.wake('outbound');
    jobs.wake('draft');
    await eventually(() => assert.equal(runs(), 1));
    const before = refused;
    await eventually(() => assert.ok(refused > before, 'not looked for yet'));
    await eventually(async () => {
      const { rows } = await database.query('SELECT name, locked_at FROM cairnloop.agenda_jobs');
      assert.deepEqual(rows, [{ name: 'outbound', locked_at: null }]);
    });
    full = false;
    await eventually(() => assert.equal(runs(), 2));
    await jobs.stop();
    await jobs.close();
  });

  it('leave no lock behind, even if Agenda was about to take one when the worker stopped', async () => {
    const jobs = open();
    const { drains, runs } = countingDrains();
    await jobs.start(drains);
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query('BEGIN; LOCK TABLE cairnloop.agenda_jobs');
    await blockedSessions(database, deliveryTopics.length);
    await client.query(`INSERT INTO cairnloop.agenda_jobs (name, next_run_at) VALUES ('outbound', to_timestamp(0))`);
    const ended = jobs.stop().then(() => jobs.close());
    await client.query('COMMIT');
    await client.end();
    await ended;
    const { rows } = await database.query('SELECT name, locked_at FROM cairnloop.agenda_jobs');
    assert.deepEqual([rows, runs()], [[{ name: 'outbound', locked_at: null }], 0]);
  });

  it('locks that cannot be released neither end the process nor keep Agenda from stopping; they expire', async () => {
    const config = validateConfig({ database: { url: database.url } });
    const { agenda, close } = await openAgenda(config, pino({ level: 'silent' }));
    const job = await agenda.schedule(new Date(0), 'outbound', {});
    assert.ok(job.attrs._id);
    await database.query('ALTER TABLE cairnloop.agenda_jobs RENAME TO away');
    await assert.rejects(agenda.db.getQueueSize());
    await agenda.db.unlockJob(job.attrs);
    await agenda.db.unlockJobs([job.attrs._id]);
    await close();
  });

  const countingDrains = () => {
    let runs = 0;
    const run = async () => {
      runs += 1;
    };
    const drain = { run, full: false };
    return {
      drains: Object.fromEntries(deliveryTopics.map((topic) => [topic, drain])) as Record<
        DeliveryTopic,
        AgendaTopicJob
      >,
      runs: () => runs,
    };
  };
  const count = async () => (await database.query('SELECT 1 FROM cairnloop.agenda_jobs')).rowCount ?? 0;
});

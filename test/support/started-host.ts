import { pino } from 'pino';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import type { Delivery } from '../../src/contracts/domain.js';
import { err, ok } from '../../src/contracts/result.js';
import type { SlaPolicy, SlaPolicyProvider } from '../../src/contracts/sla-policy-provider.js';
import { migrateUp } from '../../src/db/migrate.js';
import { type Cairnloop, createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, type TestDatabase, useTemplate } from './database.js';
import { moveClock, stopClock } from './database-clock.js';

/** A database with every migration applied, for tests to be cloned from. */
export const migrated = useTemplate('migrated', (url) => migrateUp({ url, schema: 'cairnloop' }));

/** Who acts in tests. */
export const operator = { id: 'op-7', name: 'Ada' };

export interface StartedHost {
  cairnloop: Cairnloop;
  database: TestDatabase;
  /** What was logged so far, parsed. */
  log: Record<string, unknown>[];
  /** The deliveries of a topic, oldest first. */
  deliveries(topic: Delivery['topic']): Promise<Delivery[]>;
  /** Lets the database's clock go `ms` further ahead of the real one. It ends the leases of what is under way. */
  advance(ms: number): Promise<void>;
  /** Stops the database's clock: from now on it goes by `advance` alone, so that no retry and no lease gets due. */
  stopClock(): Promise<void>;
}

export interface StartOptions {
  /** Starts a worker in this process. Default true. */
  worker?: boolean;
  /** Default: a database of its own, migrated. */
  database?: TestDatabase;
}

type HostConfig = Omit<CairnloopConfig, 'database'> & { database?: Partial<CairnloopConfig['database']> };

/** To be called in a `describe`: what its tests start is stopped after each of them. */
export function useHosts(): { startHost(config?: HostConfig, options?: StartOptions): Promise<StartedHost> } {
  let started: StartedHost[] = [];
  afterEach(async () => {
    const hosts = started;
    started = [];
    await Promise.all(hosts.map(({ cairnloop }) => cairnloop.close()));
    await Promise.all([...new Set(hosts.map(({ database }) => database))].map((database) => database.drop()));
  });
  return {
    async startHost(config = {}, options = {}) {
      const host = await start(config, options.database ?? (await createTestDatabase(migrated)));
      started.push(host);
      if (options.worker ?? true) await host.cairnloop.worker.start();
      return host;
    },
  };
}

/** Starts one that the caller closes, for tests that share it. */
export async function start(config: HostConfig, database: TestDatabase): Promise<StartedHost> {
  const log: Record<string, unknown>[] = [];
  let ahead = 0;
  let stoppedAt: Date | undefined;
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const cairnloop = await createCairnloop(
    { ...config, database: { poolSize: 5, ...config.database, url: database.url } },
    { logger },
  );
  return {
    cairnloop,
    database,
    log,
    deliveries: async (topic) => (await cairnloop.deliveries.list({ topic, limit: 200 })).items.toReversed(),
    async advance(ms) {
      ahead += ms;
      if (!stoppedAt) return moveClock(database, ahead);
      stoppedAt = new Date(stoppedAt.getTime() + ms);
      await stopClock(database, stoppedAt);
    },
    async stopClock() {
      const { rows } = await database.query<{ now: Date }>('SELECT cairnloop.clock() AS now');
      stoppedAt = rows[0]?.now as Date;
      await stopClock(database, stoppedAt);
    },
  };
}

/** A provider whose answer a test can change between two calls. */
export function policies(...first: SlaPolicy[]): SlaPolicyProvider & { active: SlaPolicy[] } {
  const provider = {
    active: first,
    getActivePolicies: () => ok(provider.active),
    setPolicy: () => err<SlaPolicy>('read-only'),
  };
  return provider;
}

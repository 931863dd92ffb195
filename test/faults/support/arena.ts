import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import type { Cairnloop } from '../../../src/contracts/cairnloop.js';
import { migrateUp } from '../../../src/db/migrate.js';
import type {
  EmbeddedPostgres,
  EmbeddedPostgresOptions,
} from '../../../src/embedded-postgres/start-embedded-postgres.js';
import { createCairnloop } from '../../../src/instance/cairnloop.js';
import { createTestDatabase, startOwnCluster } from '../../support/database.js';
import { migrated, operator } from '../../support/started-host.js';
import { startWorkerProcess, type WorkerProcess } from '../../support/worker-process.js';
import { type FaultHost, faultHost } from './fault-host.js';

/** A host in a folder of its own, its database, its producing process (this one) and its worker processes. */
export interface Arena {
  host: FaultHost;
  url: string;
  cluster: EmbeddedPostgres;
  cairnloop: Cairnloop;
  query: pg.Pool['query'];
  /** Starts a worker process. A supervised one is started again whenever it ends. */
  worker(options?: { supervised?: boolean; env?: Record<string, string> }): Promise<ArenaWorker>;
  /** Opens conversations in one statement and returns their ids. */
  open(count: number, subject?: string): Promise<string[]>;
  resolve(ids: readonly string[]): Promise<void>;
  /** Replies twice in each, one reply after the other, so that their order can be told. */
  reply(ids: readonly string[]): Promise<void>;
  /** Owes a callback for each, in one statement and in that order; returns the `created_at` of their deliveries. */
  owe(ids: readonly string[], topic?: OwedTopic): Promise<Date>;
}

export type OwedTopic = 'conversation_resolved' | 'outbound' | 'reply';

export interface ArenaWorker {
  current(): WorkerProcess;
  /** How often it has ended so far, and with what. */
  ends: (number | NodeJS.Signals)[];
}

export interface ArenaOptions {
  config?: object;
  /** A cluster of its own, to be restarted or filled up; else a database in the one of the run. */
  ownCluster?: EmbeddedPostgresOptions;
  /** What workers connect to, if not the database itself. */
  workerUrl?(url: string): Promise<string>;
}

/** To be called in a `describe`: what its tests built is taken down after each. */
export function useArenas(): { build(options?: ArenaOptions): Promise<Arena> } {
  const built: (() => Promise<unknown>)[] = [];
  afterEach(async function () {
    this.timeout(60_000);
    for (const undo of built.splice(0).reverse()) await undo();
  });
  return { build: (options = {}) => buildArena(options, built) };
}

/** Builds one; what is to be taken down again is put into `built`. */
export async function buildArena(options: ArenaOptions, built: (() => Promise<unknown>)[]): Promise<Arena> {
  const { url, cluster } = await prepareDatabase(options, built);
  const pool = new pg.Pool({ connectionString: url, max: 4 }).on('error', () => {});
  built.push(() => pool.end());
  const host = faultHost((await options.workerUrl?.(url)) ?? url, options.config);
  built.push(async () => host.remove());
  const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {}, onReply() {} };
  const cairnloop = await createCairnloop({ database: { url }, notifier }, { logger: pino({ level: 'silent' }) });
  built.push(() => cairnloop.close());
  return {
    host,
    url,
    get cluster() {
      if (!cluster) throw new Error('this arena has no cluster of its own');
      return cluster;
    },
    cairnloop,
    query: pool.query.bind(pool) as pg.Pool['query'],
    worker: (how = {}) => startWorker(host, how, built),
    async open(count, subject = 'calm') {
      const { rows } = await pool.query<{ id: string }>(openMany, [count, subject]);
      return rows.map((row) => row.id);
    },
    async owe(ids, topic = 'conversation_resolved') {
      const { rows } = await pool.query<{ at: Date }>(oweMany[topic], [ids]);
      return rows[0]?.at ?? new Date();
    },
    async reply(ids) {
      const { reply } = cairnloop.conversations;
      for (const content of ['first', 'second'])
        await Promise.all(ids.map((id) => reply(id, { content, actor: operator })));
    },
    async resolve(ids) {
      await Promise.all(ids.map((id) => cairnloop.conversations.resolve(id, { resolvedBy: operator })));
    },
  };
}

async function prepareDatabase({ ownCluster }: ArenaOptions, built: (() => Promise<unknown>)[]) {
  if (!ownCluster) {
    const database = await createTestDatabase(migrated);
    built.push(() => database.drop());
    return { url: database.url, cluster: undefined };
  }
  const cluster = await startOwnCluster(ownCluster);
  built.push(() => cluster.stop());
  await migrateUp({ url: cluster.url, schema: 'cairnloop' });
  return { url: cluster.url, cluster };
}

const openMany = `
  INSERT INTO cairnloop.conversations (actor_id, subject, created_at, updated_at)
  SELECT 'customer-' || n, $2, now(), now() FROM generate_series(1, $1::int) n RETURNING id`;

const due = `now() + (n - cardinality($1::uuid[])) * interval '1 millisecond', now()`;

/** Owes the hand-over of a message for each. */
const messages = (topic: 'outbound' | 'reply', role: string, metadata: string) => `
    WITH message AS (
      INSERT INTO cairnloop.messages (conversation_id, role, content, status, metadata, created_at)
      SELECT id, '${role}', 'c', 'pending', '${metadata}', now() FROM unnest($1::uuid[]) AS t (id)
      RETURNING id, conversation_id
    ), owed AS (
      INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
      SELECT '${topic}', conversation_id, message.id, message.id, ${due}
      FROM message JOIN unnest($1::uuid[]) WITH ORDINALITY AS t (id, n) ON t.id = conversation_id
      RETURNING created_at
    )
    SELECT created_at AS at FROM owed LIMIT 1`;

const oweMany: Record<OwedTopic, string> = {
  conversation_resolved: `
    WITH owed AS (
      INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at)
      SELECT 'conversation_resolved', id, gen_random_uuid(),
        '{"actor": {"id": "op"}, "metadata": {}, "resolvedAt": "2100-01-01T00:00:00Z"}', ${due}
      FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)
      RETURNING created_at
    )
    SELECT created_at AS at FROM owed LIMIT 1`,
  outbound: messages('outbound', 'outbound', '{"templateId": "t"}'),
  reply: messages('reply', 'operator', '{}'),
};

async function startWorker(
  host: FaultHost,
  { supervised = false, env = {} }: { supervised?: boolean; env?: Record<string, string> },
  built: (() => Promise<unknown>)[],
): Promise<ArenaWorker> {
  const ends: ArenaWorker['ends'] = [];
  let closing = false;
  let current: WorkerProcess | undefined;
  built.push(async () => {
    closing = true;
    for (const signal of ['SIGCONT', 'SIGKILL'] as const) current?.signal(signal);
    await supervising;
  });
  /** As a supervisor does, it tries again where a start is refused. */
  const start = async (): Promise<void> => {
    while (!closing) {
      current = await startWorkerProcess(host, [], env).catch((refused) => {
        if (!supervised) throw refused;
        return undefined;
      });
      if (current) return;
      await sleep(300);
    }
  };
  const supervise = async (): Promise<void> => {
    while (current) {
      if (closing) current.signal('SIGKILL');
      ends.push(await current.ended);
      current = undefined;
      if (supervised && !closing) await start();
    }
  };
  let last: WorkerProcess | undefined;
  const started = start();
  const supervising: Promise<void> = started.then(supervise, () => {});
  await started;
  return {
    current: () => {
      last = current ?? last;
      if (!last) throw new Error('no worker runs');
      return last;
    },
    ends,
  };
}

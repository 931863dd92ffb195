import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { ok } from '../../src/contracts/result.js';
import { migrateUp } from '../../src/db/migrate.js';
import { createTestDatabase } from '../support/database.js';
import { terms } from '../support/error-causes.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const future = '9999-from-the-future';
const id = '0196f0c2-7c31-7aa1-8f00-0123456789ab';

/** One of each group; none finds anything, but each would look or write. */
const calls: Record<string, (cairnloop: Cairnloop) => Promise<unknown>> = {
  open: ({ conversations }) => conversations.open({ message: 'Hello?' }),
  receive: ({ conversations }) => conversations.receive(id, { content: 'Hello?' }),
  resolve: ({ conversations }) => conversations.resolve(id, { resolvedBy: operator }),
  list: ({ conversations }) => conversations.list(),
  propose: ({ drafts }) => drafts.propose(id, { type: 'reply', content: 'Hi' }),
  trigger: ({ outbound }) => outbound.trigger(id, { templateId: 't', content: 'c', actor: operator }),
  bulkTrigger: ({ outbound }) => outbound.bulkTrigger([id], { templateId: 't', content: 'c', actor: operator }),
  pause: ({ sla }) => sla.pause(id, { reason: 'x', actor: operator }),
  retry: ({ deliveries }) => deliveries.retry('1', { actor: operator }),
  'audit.list': ({ audit }) => audit.list(),
  'worker.start': ({ worker }) => worker.start(),
};

describe('a library call on a schema of another version', () => {
  const { startHost } = useHosts();
  const rowsIn = async ({ database }: StartedHost) =>
    (await database.query('SELECT count(*)::int AS count FROM cairnloop.conversations')).rows[0]?.count;

  it('CL4 is refused with SCHEMA_NEWER and writes nothing, for every group of calls', async () => {
    const host = await startHost({}, { worker: false });
    await host.database.query('INSERT INTO cairnloop.migrations (name) VALUES ($1)', [future]);
    for (const [name, call] of Object.entries(calls)) {
      await assert.rejects(call(host.cairnloop), { code: 'SCHEMA_NEWER', message: new RegExp(future) }, name);
    }
    assert.equal(await rowsIn(host), 0);
    const ready = await host.cairnloop.operations().fetch(new Request('http://localhost/health/ready'));
    assert.equal(ready.status, 503);
    assert.equal(((await ready.json()) as { checks: { migrations: string } }).checks.migrations, 'failed');
  });

  it('CL4 is refused soon after the schema was migrated under a running host, and works again after the rollback', async () => {
    const host = await startHost({}, { worker: false });
    await host.cairnloop.conversations.open({});
    await host.database.query('INSERT INTO cairnloop.migrations (name) VALUES ($1)', [future]);
    await sleep(1100);
    await assert.rejects(host.cairnloop.conversations.open({}), { code: 'SCHEMA_NEWER' });
    assert.equal(await rowsIn(host), 1);
    await host.database.query('DELETE FROM cairnloop.migrations WHERE name = $1', [future]);
    await host.cairnloop.conversations.open({});
    assert.equal(await rowsIn(host), 2);
  });

  it('CL4 is refused with MIGRATIONS_PENDING on an older or missing schema', async () => {
    for (const to of [undefined, '0003-drafts']) {
      const database = await createTestDatabase();
      if (to) await migrateUp({ url: database.url, schema: 'cairnloop' }, to);
      const { cairnloop } = await startHost({}, { worker: false, database });
      for (const [name, call] of Object.entries(calls)) {
        await assert.rejects(call(cairnloop), { code: 'MIGRATIONS_PENDING', hint: /cairnloop migrate/ }, name);
      }
    }
  });

  it('is not checked if it needs no table', async () => {
    const host = await startHost(
      { contextProvider: { getContext: () => ok({ Plan: 'gold' }) }, slaPolicyProvider: policies(terms) },
      { worker: false },
    );
    await host.database.query('INSERT INTO cairnloop.migrations (name) VALUES ($1)', [future]);
    assert.equal((await host.cairnloop.context.get('ada')).state, 'available');
    assert.equal((await host.cairnloop.sla.activePolicies()).length, 1);
  });

  it('checks the schema once per second and connection, not once per call', async () => {
    const host = await startHost({ database: { poolSize: 1 } }, { worker: false });
    await host.cairnloop.conversations.open({});
    const asked = async () => {
      const { rows } = await host.database.query(
        `SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::int AS scans FROM pg_stat_user_tables WHERE relname = 'migrations'`,
      );
      return rows[0]?.scans as number;
    };
    await host.database.query('SELECT pg_stat_force_next_flush()').catch(() => {});
    const before = await asked();
    const began = performance.now();
    for (let n = 0; n < 200; n += 1) await host.cairnloop.conversations.count();
    const seconds = Math.ceil((performance.now() - began) / 1000);
    await host.cairnloop.close();
    assert.ok((await asked()) - before <= seconds + 2);
  });
});

import assert from 'node:assert/strict';
import { verifyAudit } from '../../src/audit/verify.js';
import { err, ok } from '../../src/contracts/result.js';
import { openDatabase } from '../../src/db/connect.js';
import { usePortals } from '../portal/served-portal.js';
import { dumpDatabase } from '../support/dump-database.js';
import { eventually } from '../support/eventually.js';
import { policies, type StartedHost, useHosts } from '../support/started-host.js';
import { forgetfulNotifier, liveDay, plantedCustomer, seededRandom, tracesIn } from './marked-day.js';

const officer = { id: 'dpo-1', name: 'Officer' };
const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };

/** Every row of every table of the schema, as `pg_dump` would write it: no statistics, no sessions. */
async function dumpSchema({ database }: Pick<StartedHost, 'database'>): Promise<string> {
  const dump = await dumpDatabase(database);
  const sections = dump.split(/^(?=\w+\.\w+$)/m);
  return sections.filter((section) => section.startsWith('cairnloop.')).join('');
}

/** The rows that hold a trace, for the report of a failure. */
function linesWith(dump: string, traces: readonly string[]): string[] {
  const lower = traces.map((trace) => trace.toLowerCase());
  return dump.split('\n').filter((line) => lower.some((trace) => line.toLowerCase().includes(trace)));
}

describe('a day of customers with marked data', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  it('CD2 afterwards no field holds data of an erased customer in any encoding, and the audit record verifies', async () => {
    const random = seededRandom(Number(process.env.CAIRNLOOP_TEST_SEED ?? 18));
    const ada = plantedCustomer('ada');
    const bob = plantedCustomer('bob');
    const host = await startHost({
      notifier: forgetfulNotifier(random),
      slaPolicyProvider: policies(terms),
      draftGenerator: {
        generate: ({ actorId, subject }) =>
          random() < 0.4
            ? err(`no draft for ${actorId}`)
            : ok({ type: 'reply', content: `Dear ${actorId}`, riskTier: 'low', summary: `${subject}` }),
      },
      drafts: { debounceMs: 0 },
      worker: { maxAttempts: 3 },
    });
    await Promise.all([ada, bob].map((who) => liveDay(host.cairnloop, who, random, 80)));
    for (const who of [ada, bob]) {
      const portal = await serve(host, { customer: () => ({ id: who.actorId, name: who.text('name') }) });
      const opened = await portal.api(
        '/conversations',
        { subject: who.text('subject'), message: who.text('message') },
        { 'idempotency-key': who.text('key') },
      );
      assert.equal(opened.status, 201, opened.text);
      const { id } = opened.json as { id: string };
      await portal.api(
        `/conversations/${id}/messages`,
        { message: who.text('message') },
        { 'idempotency-key': who.text('key') },
      );
    }
    await host.advance(5 * 3_600_000);
    await eventually(async () => {
      const { items } = await host.cairnloop.deliveries.list({ state: 'discarded', limit: 200 });
      assert.ok(
        items.some(({ lastError }) => lastError?.includes(ada.actorId)),
        'nothing was discarded yet',
      );
    });
    const before = await dumpSchema(host);
    assert.ok(ada.planted.filter((text) => before.includes(text)).length > 200, 'too little was planted');
    const preview = await host.cairnloop.customers.erase(bob.actorId, { dryRun: true });

    const reason = `Mail of ${ada.actorId}`;
    const counts = await host.cairnloop.customers.erase(ada.actorId, { actor: officer, reason });
    assert.ok(
      Object.values(counts).every((count) => count > 0),
      JSON.stringify(counts),
    );
    await host.cairnloop.worker.stop();
    const after = await dumpSchema(host);
    const traces = ada.planted.flatMap((text) => tracesIn(after, text));
    assert.deepEqual(linesWith(after, traces), []);
    const lost = bob.planted.filter((text) => before.includes(text) && !after.includes(text));
    assert.deepEqual(lost, []);
    assert.ok((await host.cairnloop.customers.erase(bob.actorId, { dryRun: true })).messages >= preview.messages);

    await host.cairnloop.worker.start();
    const db = openDatabase({ url: host.database.url, schema: 'cairnloop', poolSize: 1 });
    try {
      await eventually(async () => assert.equal((await verifyAudit(db)).unsealed, 0), 20_000);
      assert.deepEqual((await verifyAudit(db)).broken, null);
    } finally {
      await db.close();
    }
  });
});

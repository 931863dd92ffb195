import assert from 'node:assert/strict';
import { auditActionsWithoutPersonalData } from '../../src/audit/erasable.js';
import { eraseFromAudit } from '../../src/audit/erase.js';
import { sealAudit } from '../../src/audit/seal.js';
import { verifyAudit } from '../../src/audit/verify.js';
import { openDatabase } from '../../src/db/connect.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from '../workspace/served-workspace.js';

const needle = 'needle-4711';
const minute = 60_000;

describe('audit: a customer erased from the record of a real day', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  /** Does all that writes events, with the customer's words in every field that takes some. */
  async function day({ cairnloop, advance }: StartedHost): Promise<string> {
    const { conversations, drafts, outbound, sla, deliveries } = cairnloop;
    const metadata = { [needle]: needle };
    const { id } = await conversations.open({ actorId: needle, subject: needle, message: needle, metadata });
    await sla.pause(id, { reason: needle, actor: operator });
    await sla.resume(id, { actor: operator });
    const fields = { subject: `${needle} 2`, tags: [needle], priority: needle, assignee: { id: 'op-2', name: needle } };
    await conversations.update(id, { ...fields, metadata: { more: needle }, actor: operator });
    await conversations.snooze(id, { until: new Date(Date.now() + 600 * minute), actor: operator });
    await conversations.receive(id, { content: needle, metadata });
    const proposal = { type: 'reply', content: needle, summary: needle } as const;
    await drafts.discard((await drafts.propose(id, proposal)).id, { actor: operator, reason: needle });
    await drafts.propose(id, proposal);
    await outbound.trigger(id, { templateId: needle, content: needle, actor: operator });
    await outbound.bulkTrigger([id], { templateId: 't', content: needle, actor: operator });
    await advance(300 * minute);
    await eventually(async () => {
      const { items } = await cairnloop.audit.list({ conversationId: id, action: 'delivery.discarded' });
      assert.notEqual(items.length, 0);
    });
    const [failed] = (await deliveries.list({ state: 'discarded' })).items;
    if (failed) await deliveries.retry(failed.id, { actor: operator });
    await conversations.resolve(id, { resolvedBy: operator });
    await conversations.submitCsat(id, 'negative');
    await conversations.reopen(id, { actor: { id: needle, name: needle } });
    await conversations.note(id, { content: needle, actor: operator });
    return id;
  }

  it('leaves none of the customer’s words in the record, nor in the details that it keeps', async () => {
    const { notifier } = recordingNotifier(() => Promise.reject(new Error(needle)));
    const slaPolicyProvider = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });
    const host = await startHost({ notifier, slaPolicyProvider, worker: { maxAttempts: 1 } });
    const id = await day(host);
    await host.cairnloop.worker.stop();
    const db = openDatabase({ url: host.database.url, schema: 'cairnloop', poolSize: 2 });
    try {
      const before = await host.database.query('SELECT action, actor, detail FROM cairnloop.audit_events');
      const seen = new Set(before.rows.map(({ action }) => action));
      assert.deepEqual(
        auditActionsWithoutPersonalData.filter((action) => !seen.has(action)),
        ['draft.denied', 'draft.sent', 'sla.ended'],
      );
      assert.ok(JSON.stringify(before.rows).split(needle).length > 15);
      await db.transaction((tx) => eraseFromAudit(tx, { conversationIds: [id], by: operator }));
      const { rows } = await host.database.query(
        `SELECT e::text AS line FROM cairnloop.audit_events e WHERE e::text LIKE '%${needle}%'
         UNION ALL SELECT r::text FROM cairnloop.audit_receipts r WHERE r::text LIKE '%${needle}%'`,
      );
      assert.deepEqual(rows, []);
      await sealAudit(db);
      assert.equal((await verifyAudit(db)).broken, null);
    } finally {
      await db.close();
    }
    for (const { lines } of await host.cairnloop.sla.explain(id))
      assert.doesNotMatch(lines.join('\n'), /Invalid|undefined/);
    const workspace = await serve(host);
    for (const path of [`/audit?conversation=${id}`, `/c/${id}`]) {
      const text = textOf((await workspace.get(path)).text);
      assert.doesNotMatch(text, /undefined|NaN|Invalid/, path);
    }
    const page = textOf((await workspace.get(`/audit?conversation=${id}`)).text);
    assert.match(page, /Conversation opened .*erased/);
    assert.match(page, /Erased with the customer’s data/);
    assert.match(
      textOf((await workspace.get('/audit?action=audit.erased')).text),
      /Customer data replaced in \d+ lines of the record/,
    );
  });
});

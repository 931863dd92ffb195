import assert from 'node:assert/strict';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import type { ErasedCustomer } from '../../src/contracts/domain.js';
import type { CallbackMetadata, Notifier } from '../../src/contracts/notifier.js';
import { err } from '../../src/contracts/result.js';
import { dumpDatabase } from '../support/dump-database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const officer = { id: 'dpo-1', name: 'Officer' };
const reason = 'Request 4711 of 3 March';
const ada = 'ada@example.org';

describe('customers.erase', () => {
  const { startHost } = useHosts();

  const start = async (config: Partial<CairnloopConfig> = {}, options = {}) =>
    startHost({ notifier: recordingNotifier(undefined, { replies: true }).notifier, ...config }, options);
  const converse = async ({ cairnloop }: StartedHost, actorId: string) => {
    const { id } = await cairnloop.conversations.open({ actorId, subject: `Of ${actorId}`, message: 'Where is it?' });
    await cairnloop.conversations.reply(id, { content: 'On its way.', actor: operator });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    return id;
  };
  const settled = (host: StartedHost) =>
    eventually(async () => assert.equal((await host.cairnloop.deliveries.list({ state: 'pending' })).items.length, 0));

  it('CD2 leaves nothing of the customer, all of the others, and a tombstone', async () => {
    const host = await start();
    const ids = [await converse(host, ada), await converse(host, ada)];
    const other = await converse(host, 'bob');
    await settled(host);
    const before = await host.cairnloop.conversations.get(other);
    const preview = await host.cairnloop.customers.erase(ada, { dryRun: true });
    const counts = await host.cairnloop.customers.erase(ada, { actor: officer, reason });
    assert.deepEqual(counts, preview);
    assert.deepEqual([counts.conversations, counts.messages, counts.drafts, counts.deliveries], [2, 6, 0, 4]);
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    for (const id of ids)
      await assert.rejects(host.cairnloop.conversations.get(id), { code: 'CONVERSATION_NOT_FOUND' });
    assert.deepEqual(await host.cairnloop.conversations.get(other), before);
    const [tombstone, ...more] = (await host.cairnloop.audit.list({ action: 'customer.erased' })).items;
    assert.deepEqual(more, []);
    assert.deepEqual(tombstone?.actor, officer);
    assert.equal(tombstone?.detail.reason, reason);
    assert.equal(tombstone?.detail.messages, 6);
  });
});

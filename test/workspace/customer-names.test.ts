import { strict as assert } from 'node:assert';
import { ok } from '../../src/contracts/result.js';
import { usePortals } from '../portal/served-portal.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('the customer’s name in the workspace', () => {
  const serve = useWorkspaces();
  const servePortal = usePortals();
  const { startHost } = useHosts();

  it('is shown instead of the id: in the queue, the thread, its messages, the audit page and a bulk action', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const workspace = await serve(host);
    const customer = { name: 'Zoë Brontë' };
    const { id } = await host.cairnloop.conversations.open({ actorId: 'cust_42', customer, message: 'It fails' });
    for (const path of ['/', `/c/${id}`, '/audit', `/bulk?id=${id}`]) {
      const text = textOf((await workspace.get(path)).text);
      assert.match(text, /Zoë Brontë/, path);
    }
    const { text } = await workspace.get(`/c/${id}`);
    assert.match(text, /cust_42/, 'the id is still to be seen');
  });

  it('is the one that the portal’s customer function returned when the conversation was opened', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await servePortal(host);
    assert.equal((await portal.api('/conversations', { message: 'Where is it?' })).status, 201);
    const [conversation] = (await host.cairnloop.conversations.list()).items;
    assert.deepEqual([conversation?.actorId, conversation?.customer], ['user_1', { name: 'Grace' }]);
  });

  it('comes from metadata.customerName, from the address, or from the id if open got no name', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { open } = host.cairnloop.conversations;
    await open({ actorId: 'a', metadata: { customerName: 'From Metadata' } });
    await open({ actorId: 'b', customer: { email: 'b@example.com' } });
    await open({ actorId: 'only-an-id' });
    const text = textOf((await workspace.get('/')).text);
    for (const name of ['From Metadata', 'b@example.com', 'only-an-id']) assert.match(text, new RegExp(name));
  });

  it('comes from the context facts once they are fetched, and is not stored', async () => {
    const facts = { 'User details': { name: 'Ada Lovelace' } };
    const host = await startHost({ contextProvider: { getContext: () => ok(facts) } }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'cust_42', message: 'It fails' });
    assert.doesNotMatch((await workspace.get('/')).text, /Lovelace/);
    assert.match((await workspace.get(`/c/${id}?context=wait`)).text, /thread-customer[\s\S]{0,60}Lovelace/);
    assert.match((await workspace.get('/')).text, /Lovelace/);
    assert.equal((await host.cairnloop.conversations.get(id)).customer, null);
  });
});

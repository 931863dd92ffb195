import { strict as assert } from 'node:assert';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
    for (const at of ['/', `/c/${id}`, '/audit', `/bulk?id=${id}`]) {
      const text = textOf((await workspace.get(at)).text);
      assert.match(text, /Zoë Brontë/, at);
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

  it('from the facts is shown wherever the id would stand', async () => {
    const facts = { 'User details': { name: 'Ada Lovelace' } };
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier, contextProvider: { getContext: () => ok(facts) } }, { worker: false });
    const repliesFolder = await mkdtemp(path.join(tmpdir(), 'cairnloop-replies-'));
    await writeFile(path.join(repliesFolder, 'hello.md'), 'Hello {{customer.name}}');
    const workspace = await serve(host, { repliesFolder });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'cust_42', subject: 'Export' });
    const long = await host.cairnloop.conversations.receive(id, { content: 'It fails. '.repeat(2000) });
    await workspace.get(`/c/${id}?context=wait`);
    const pages = {
      '/': /Ada Lovelace/,
      '/audit': /Ada Lovelace Customer message received/,
      [`/audit?conversation=${id}`]: /Ada Lovelace Customer message received/,
      [`/c/${id}`]: /Customer message received Ada Lovelace/,
      [`/c/${id}/messages/${long.id}`]: /Ada Lovelace ·/,
      [`/bulk?id=${id}`]: /Ada Lovelace Export/,
      [`/bulk/resolve?id=${id}`]: /Ada Lovelace/,
      '/report/opened': /Export Ada Lovelace/,
      [`/c/${id}/replies`]: /Hello Ada Lovelace/,
      [`/c/${id}?reply=hello`]: /Hello Ada Lovelace/,
    };
    for (const [at, name] of Object.entries(pages)) assert.match(textOf((await workspace.get(at)).text), name, at);
    const sent = await workspace.post('/bulk', { id, content: 'Good news', nonce: 'n' });
    assert.match(textOf(sent.text), /Ada Lovelace Export/);
    const tagged = await workspace.post('/bulk/tag', { id, tags: ' ' });
    assert.match(textOf(tagged.text), /Ada Lovelace/);
  });

  it('stands on the page of a whole message as well', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { open, receive } = host.cairnloop.conversations;
    const { id } = await open({ actorId: 'cust_42', customer: { name: 'Zoë Brontë' } });
    const long = await receive(id, { content: 'It fails. '.repeat(2000) });
    assert.match(textOf((await workspace.get(`/c/${id}/messages/${long.id}`)).text), /Zoë Brontë ·/);
  });
});

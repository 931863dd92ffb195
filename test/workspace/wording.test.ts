import { strict as assert } from 'node:assert';
import { ok } from '../../src/contracts/result.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { policies, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('texts of the pages', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('name a customer the same everywhere', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({
      actorId: 'zoe@example.com',
      message: 'Hello',
      metadata: { customerName: 'Zoë Brontë' },
    });
    const { text } = await workspace.get(`/c/${id}`);
    assert.match(text, /class="message-author"><bdi title="zoe@example.com">Zoë Brontë<\/bdi>/);
  });

  it('tell the conversations of one customer apart after a bulk follow-up', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'First' });
    const { id: other } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'Second' });
    const sent = await workspace.post('/bulk', { id: [id, other], content: 'News' });
    assert.match(textOf(sent.text), /c-1 First accepted c-1 Second accepted/);
  });

  it('describe terms correctly while tracking is off, and mark commands as code', async () => {
    const without = await serve(await startHost({}, { worker: false }));
    const { text } = await without.get('/sla');
    assert.match(text, /Run <code>cairnloop gen sla<\/code>/);
    assert.doesNotMatch(textOf(text), /from now on|`/);
    const withTerms = { slaPolicyProvider: policies({ priority: 'normal', responseMinutes: 1, breachMinutes: 2 }) };
    assert.match(
      textOf((await (await serve(await startHost(withTerms, { worker: false }))).get('/sla')).text),
      /from now on/,
    );
    assert.match((await without.get('/deliveries')).text, /start <code>cairnloop worker<\/code>/);
  });

  it('a long fact of the customer is folded, a short one is not', async () => {
    const facts = { Facts: { token: 'x'.repeat(300), name: 'Zoë' } };
    const host = await startHost({ contextProvider: { getContext: () => ok(facts) } }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c' });
    const { text } = await workspace.get(`/c/${id}?context=wait`);
    assert.equal(text.match(/class="fold"/g)?.length, 1);
    assert.match(textOf(text), /Token x{300} Show all/);
  });
});

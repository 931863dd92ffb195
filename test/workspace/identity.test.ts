import { strict as assert } from 'node:assert';
import type { Actor } from '../../src/contracts/domain.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { mountPath, tokenIn, useWorkspaces } from './served-workspace.js';

describe('the operator’s identity', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  const statusFor = async (host: StartedHost, actor: unknown) => {
    const workspace = host.cairnloop.workspace({ basePath: '/', operator: () => actor as Actor });
    return (await workspace.fetch(new Request('https://app.example/'))).status;
  };

  const refused: Record<string, string> = {
    'NUL alone': '\0',
    'control characters alone': '\0\u0001\u001b\u007f\u0085',
    'a control character in it': 'op\u00007',
    'a line break in it': 'op-7\nop-8',
    'an escape sequence in it': '\u001b[31mop-7',
    'white space alone': ' \t\u00a0\u3000',
    'invisible letters alone': '\u200b\u2060\ufeff',
    'fillers alone': '\u3164\u115f\u2800',
    'direction marks alone': '\u202e\u2066',
    'variation selectors alone': '\ufe0f\u{e0101}',
    'half a surrogate pair': 'op-\ud800',
    '501 characters': 'x'.repeat(501),
    'ten million characters': 'x'.repeat(10_000_000),
  };
  it('is refused if its id is blank, or would change when stored', async () => {
    const host = await startHost({}, { worker: false });
    for (const [name, id] of Object.entries(refused)) assert.equal(await statusFor(host, { id }), 401, name);
    for (const why of [/holds control characters/, /has 501 characters \(limit 500\)/, /is blank/, /half a surrogate/])
      assert.ok(
        host.log.some(({ msg }) => why.test(String(msg))),
        String(why),
      );
    assert.ok(JSON.stringify(host.log).length < 100_000);
  });

  const taken = ['0', 'x'.repeat(500), ' op 7 ', 'ada@example.com', '007', '操作员', '👩‍💻', 'o\u0308p', '\u200bop'];
  it('is otherwise kept exactly, also in audit events', async () => {
    const host = await startHost({}, { worker: false });
    for (const id of taken) {
      const workspace = await serve(host, { operator: () => ({ id }) });
      const opened = await host.cairnloop.conversations.open({ actorId: 'c' });
      assert.equal((await workspace.post(`/c/${opened.id}/resolve`)).status, 303, id.slice(0, 20));
      assert.equal((await host.cairnloop.conversations.get(opened.id)).resolvedBy?.id, id);
    }
  });

  it('has form tokens of its own, also for ids with a long common prefix', async () => {
    const host = await startHost({}, { worker: false });
    const ids = ['x'.repeat(499), `${'x'.repeat(499)}a`, `${'x'.repeat(499)}b`, ' x', 'x', 'x '];
    const tokens = new Set<string>();
    for (const id of ids) {
      const workspace = await serve(host, { operator: () => ({ id }) });
      tokens.add(tokenIn((await workspace.get('/')).text));
    }
    assert.equal(tokens.size, ids.length);
  });

  const names: [given: unknown, shown: string][] = [
    ['\0\u200b', 'op-1'],
    ['   ', 'op-1'],
    [7, 'op-1'],
    [{ toString: () => 'x' }, 'op-1'],
    [' Ada ', 'Ada'],
    [`${'a'.repeat(499)}👩`, 'a'.repeat(499)],
  ];
  it('is shown by its id if its name is blank', async () => {
    const host = await startHost({}, { worker: false });
    for (const [name, shown] of names) {
      const workspace = await serve(host, { operator: () => ({ id: 'op-1', name }) as never });
      const { id } = await host.cairnloop.conversations.open({ actorId: 'c' });
      assert.equal((await workspace.post(`/c/${id}/resolve`)).status, 303);
      const { resolvedBy } = await host.cairnloop.conversations.get(id);
      assert.deepEqual(resolvedBy, shown === 'op-1' ? { id: 'op-1' } : { id: 'op-1', name: shown });
    }
  });
});

describe('a URL with two ids', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();
  const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };

  it('cancels and shows a message of that very conversation and of no other', async () => {
    const host = await startHost({ notifier }, { worker: false });
    const { cairnloop } = host;
    const [own, other] = await Promise.all([1, 2].map(() => cairnloop.conversations.open({ actorId: 'c' })));
    assert.ok(own && other);
    const input = { templateId: 't', content: 'Later', scheduleInSeconds: 3600, actor: operator };
    const { message } = await cairnloop.outbound.trigger(own.id, input);
    const workspace = await serve(host);
    const wrong = [other.id, '00000000-0000-7000-8000-000000000000', 'anything', '%00', '..', message.id];
    for (const id of wrong) {
      const answer = await workspace.post(`/c/${id}/outbound/${message.id}/cancel`);
      assert.equal(answer.status, 404, id);
      assert.equal((await workspace.get(`/c/${id}/messages/${message.id}`)).status, 404, id);
    }
    const { messages } = await cairnloop.conversations.get(own.id);
    assert.equal(messages?.at(-1)?.status, 'pending');
    const { items } = await cairnloop.audit.list({ action: 'outbound.cancelled' });
    assert.deepEqual(items, []);
    const cancelled = await workspace.post(`/c/${own.id}/outbound/${message.id}/cancel`);
    assert.equal(cancelled.headers.get('location'), `${mountPath}/c/${own.id}?done=cancelled`);
    assert.equal((await cairnloop.conversations.get(own.id)).messages?.at(-1)?.status, 'failed');
  });

  it('ignores a draft of another conversation that a form names', async () => {
    const host = await startHost({}, { worker: false });
    const { cairnloop } = host;
    const [own, other] = await Promise.all(
      [1, 2].map(() => cairnloop.conversations.open({ actorId: 'c', message: 'Hello' })),
    );
    assert.ok(own && other);
    const draft = await cairnloop.drafts.propose(other.id, { type: 'reply', content: 'Of the other' });
    const workspace = await serve(host);
    const fields = { mode: 'reply', content: 'My own', draft: draft.id };
    assert.equal((await workspace.post(`/c/${own.id}/compose`, fields)).status, 303);
    assert.equal((await cairnloop.drafts.get(draft.id)).status, 'pending');
  });
});

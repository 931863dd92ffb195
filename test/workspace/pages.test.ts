import { strict as assert } from 'node:assert';
import { err, ok } from '../../src/contracts/result.js';
import { policies, useHosts } from '../support/started-host.js';
import { threadOpener } from './open-thread.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('a page of the workspace', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();
  const openThread = threadOpener(startHost, serve);

  describe('replies and notes', () => {
    it('hold a reply back if newer messages arrived, say how many, and accept it at the second try', async () => {
      const { cairnloop, workspace, id } = await openThread({});
      const seen = (await cairnloop.conversations.get(id)).messages?.at(-1)?.id ?? '';
      await cairnloop.conversations.receive(id, { content: 'Wait' });
      await cairnloop.conversations.note(id, { content: 'I am on it', actor: { id: 'op-8' } });
      const held = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'My answer', seen });
      assert.equal(held.status, 409);
      assert.match(textOf(held.text), /2 new messages since you opened this conversation\./);
      assert.match(held.text, /<textarea id="content"[^>]*>My answer</);
      const newest = /name="seen" value="([^"]+)"/.exec(held.text)?.[1] ?? '';
      const sent = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'My answer', seen: newest });
      assert.equal(sent.status, 303);
    });

    it('keep the text of a reply to a conversation that was resolved meanwhile', async () => {
      const { workspace, id } = await openThread({});
      await workspace.post(`/c/${id}/resolve`);
      const refused = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'Too late' });
      assert.equal(refused.status, 409);
      assert.match(refused.text, /<textarea id="content"[^>]*>Too late</);
    });

    it('refuse an empty message without losing the page', async () => {
      const { workspace, id } = await openThread({});
      const refused = await workspace.post(`/c/${id}/compose`, { mode: 'note', content: '   ' });
      assert.equal(refused.status, 422);
      assert.match(textOf(refused.text), /Something in the form is missing or wrong/);
    });

    it('are written once if their form is sent again', async () => {
      const { cairnloop, workspace, id } = await openThread({});
      const page = (await workspace.get(`/c/${id}`)).text;
      const [, seen = ''] = /name="seen" value="([^"]+)"/.exec(page) ?? [];
      const [, nonce = ''] = /name="nonce" value="([^"]+)"/.exec(page) ?? [];
      for (const mode of ['reply', 'note']) {
        const send = () => workspace.post(`/c/${id}/compose`, { mode, content: 'Once', nonce, seen });
        const answers = [...(await Promise.all([send(), send(), send()])), await send()];
        for (const { headers } of answers) assert.match(headers.get('location') ?? '', new RegExp(`done=${mode}`));
      }
      const written = (await cairnloop.conversations.get(id)).messages?.map(({ role, content }) => [role, content]);
      assert.deepEqual(written, [
        ['customer', 'It fails'],
        ['operator', 'Once'],
        ['internal_note', 'Once'],
      ]);
      await workspace.post(`/c/${id}/compose`, { mode: 'note', content: 'Changed', nonce, seen });
      assert.equal((await cairnloop.conversations.get(id)).messages?.at(-1)?.content, 'Changed');
    });

    it('keep line breaks as they were typed', async () => {
      const { cairnloop, workspace, id } = await openThread({});
      await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'one\r\ntwo' });
      assert.equal((await cairnloop.conversations.get(id)).messages?.at(-1)?.content, 'one\ntwo');
    });
  });

  describe('a resolution', () => {
    for (const [how, later] of Object.entries({ 'that can be taken back': '1', 'at once': '0' })) {
      it(`OA5 ${how} from a page without the newest message is refused, and accepted at the second try`, async () => {
        const { cairnloop, workspace, id } = await openThread({});
        const asked = async () => {
          const page = (await workspace.get(`/c/${id}`)).text;
          const form = /<form[^>]*action="[^"]*\/resolve"[\s\S]*?<\/form>/.exec(page)?.[0] ?? '';
          return { later, seen: /name="seen" value="([^"]+)"/.exec(form)?.[1] ?? '' };
        };
        const old = await asked();
        await cairnloop.conversations.receive(id, { content: 'It is broken again' });
        const refused = await workspace.post(`/c/${id}/resolve`, old);
        assert.equal(refused.status, 409);
        assert.match(
          textOf(refused.text),
          /1 new message since you opened this conversation\. The conversation stays open\./,
        );
        assert.equal((await cairnloop.conversations.get(id)).status, 'open');
        assert.equal((await workspace.post(`/c/${id}/resolve`, await asked())).status, 303);
      });
    }

    it('is not refused for what its own operator wrote', async () => {
      const { workspace, id } = await openThread({});
      const { seen } = await workspace.seen(id);
      await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'It works again.', seen });
      assert.equal((await workspace.post(`/c/${id}/resolve`, { seen })).status, 303);
    });
  });

  describe('SLA policies', () => {
    it('SL4 SL7 says that tracking is off, and why', async () => {
      const none = await serve(await startHost({}, { worker: false }));
      assert.match(textOf((await none.get('/sla')).text), /SLA tracking is off No slaPolicyProvider is configured/);
      const empty = await serve(await startHost({ slaPolicyProvider: policies() }, { worker: false }));
      assert.match(
        textOf((await empty.get('/sla')).text),
        /SLA tracking is off The slaPolicyProvider returns no policies/,
      );
    });

    it('SL5 says that the provider returns no policies at the moment, and names rows that are not used', async () => {
      const failing = { getActivePolicies: () => err('Secret reason'), setPolicy: () => err('x') } as never;
      const broken = await serve(await startHost({ slaPolicyProvider: failing }, { worker: false }));
      const { text } = await broken.get('/sla');
      assert.match(textOf(text), /The SLA policies cannot be read/);
      assert.doesNotMatch(text, /Secret reason/);
      const provider = policies({ priority: 'high', responseMinutes: 60, breachMinutes: 30 });
      const odd = await serve(await startHost({ slaPolicyProvider: provider }, { worker: false }));
      assert.match(textOf((await odd.get('/sla')).text), /The policy for high is not used/);
    });

    it('SL6 shows new terms after a re-read, and "read-only" without a false success', async () => {
      const provider = policies({ priority: 'high', responseMinutes: 60, breachMinutes: 240 });
      const workspace = await serve(await startHost({ slaPolicyProvider: provider }, { worker: false }));
      const terms = { priority: 'high', responseMinutes: '30', breachMinutes: '90' };
      const refused = await workspace.post('/sla', terms);
      assert.equal(refused.status, 409);
      assert.match(
        textOf(refused.text),
        /The policy was not saved\..*: read-only\..*Reply due after 60 minutes .*Not saved: reply due after 30 minutes/,
      );
      assert.doesNotMatch(refused.text, /name="responseMinutes"/, 'there is nothing to fill in');
      provider.setPolicy = (() => 'neither') as never;
      const unconfirmed = await workspace.post('/sla', terms);
      assert.match(unconfirmed.text, /name="responseMinutes" value="30"/, 'it may be tried again');
      assert.match(textOf(unconfirmed.text), /It is unknown whether the policy was saved\./);
      provider.setPolicy = ((priority: string, attrs: object) => {
        provider.active = [{ ...provider.active[0], priority, ...attrs } as never];
        return ok(provider.active[0]);
      }) as never;
      assert.equal((await workspace.post('/sla', terms)).headers.get('location'), '/support/sla?done=policy');
      assert.match((await workspace.get('/sla')).text, /name="responseMinutes" value="30"/);
      const impossible = await workspace.post('/sla', { ...terms, breachMinutes: '-1' });
      assert.equal(impossible.status, 409);
      assert.match(impossible.text, /name="responseMinutes" value="30"[^>]*>.*name="breachMinutes" value="-1"/s);
      assert.match(textOf(impossible.text), /Save breachMinutes: expected whole minutes from 1 to \d+ .*, found -1/);
      const inOneRow = await workspace.post('/sla', { ...terms, responseMinutes: 'soon', breachMinutes: '20' });
      assert.match(inOneRow.text, /value="soon"[^>]*aria-describedby="refused-terms".*value="20"/s);
    });
  });

  it('shows no text from its URL', async () => {
    const { workspace, id } = await openThread({});
    assert.match(textOf((await workspace.get(`/c/${id}?done=reply`)).text), /Reply sent\./);
    for (const done of ['toString', '__proto__', '<b>x</b>']) {
      const { status, text } = await workspace.get(`/c/${id}?done=${encodeURIComponent(done)}`);
      assert.equal(status, 200);
      assert.doesNotMatch(text, /notice-done|<b>x/);
    }
  });

  it('responds to invalid cursors with a page that says so', async () => {
    const { workspace, id } = await openThread({});
    const forged = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
    for (const path of [
      '/?cursor=x',
      `/c/${id}?before=x`,
      '/audit?cursor=x',
      '/deliveries?cursor=x',
      '/?filter=breached&cursor=WyJ4Il0',
      ...['-5', '1e3', '0x10', '.5', '99999999', ''].flatMap((offset) => [
        `/?filter=breaching&cursor=${forged([offset])}`,
        `/?q=hello&cursor=${forged([offset])}`,
        `/deliveries?state=discarded&cursor=${forged([offset])}`,
      ]),
      ...['2026-02-30T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '5'].flatMap((time) => [
        `/?filter=open&cursor=${forged(['1', time, id])}`,
        `/c/${id}?before=${forged([time, id])}`,
      ]),
      `/?filter=open&cursor=${forged(['7', '2026-02-03T00:00:00.000Z', id])}`,
    ]) {
      const { status, text } = await workspace.get(path);
      assert.equal(status, 404, path);
      assert.match(textOf(text), /There is no such page/);
    }
  });
});

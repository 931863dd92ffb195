import { strict as assert } from 'node:assert';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import type { ProposalInput } from '../../src/domain.js';
import type { ContextProvider } from '../../src/host/context-provider.js';
import { err, ok } from '../../src/result.js';
import { operator, policies, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

type HostConfig = Omit<CairnloopConfig, 'database'>;

describe('a page of the workspace', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread(config: HostConfig, actorId: string | null = 'c-1') {
    const host = await startHost(config, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId, subject: 'Export', message: 'It fails' });
    /** The page of the conversation, with the customer's facts awaited. */
    const page = () => workspace.get(`/c/${id}?context=wait`);
    return { ...host, workspace, id, page };
  }

  const providing = (answer: ContextProvider['getContext']): HostConfig => ({
    contextProvider: { getContext: answer },
  });

  describe('the context rail', () => {
    for (const actorId of [
      '00042',
      'ada@example.com',
      '3f2b6c1e-9d4a-4f7b-8a51-0c9e2d7b6f10',
      'Zoë-客户-🪨',
      ' spaced id ',
    ]) {
      it(`CP2 asks for exactly the stored actor id: ${JSON.stringify(actorId)}`, async () => {
        const asked: unknown[] = [];
        const provider = providing((id) => {
          asked.push(id);
          return ok({});
        });
        const { workspace, id } = await openThread(provider, actorId);
        await workspace.get(`/c/${id}`);
        assert.deepEqual(new Set(asked), new Set([actorId]));
      });
    }

    it('CP4 says "Context Unavailable" without a provider, names the config key, and everything else works', async () => {
      const { workspace, id, page } = await openThread({});
      const answer = await page();
      assert.equal(answer.status, 200);
      assert.match(textOf(answer.text), /Context Unavailable.*contextProvider/);
      await repliesApprovesAndResolves({ workspace, id });
    });

    const failures: [name: string, answer: ContextProvider['getContext']][] = [
      ['CP5 err(reason)', () => err(new Error('Secret reason'))],
      [
        'CP6 a throw',
        () => {
          throw new Error('Secret reason');
        },
      ],
      ['CP6 a rejection', () => Promise.reject(new Error('Secret reason'))],
      ['CP6 undefined', () => undefined as never],
      ['CP6 a list', () => ok(['Secret reason']) as never],
      ['CP6 ok() with a text', () => ok('Secret reason') as never],
    ];
    for (const [name, answer] of failures) {
      it(`${name} shows "Context Unavailable" on a page of status 200, keeps the reason to the log, and stops nothing`, async () => {
        const { workspace, id, page, log } = await openThread(providing(answer));
        const { status, text } = await page();
        assert.equal(status, 200);
        assert.match(textOf(text), /Context Unavailable/);
        assert.match(textOf(text), /Retry/);
        assert.doesNotMatch(text, /Secret reason/);
        assert.ok(log.some((line) => String(line.msg).includes('context is unavailable')));
        await repliesApprovesAndResolves({ workspace, id });
      });
    }

    it('CP6 does not wait with the page for a provider that hangs, and gives up on it in time', async () => {
      const { workspace, id, page } = await openThread({
        ...providing(() => new Promise(() => {})),
        context: { timeoutMs: 300 },
      });
      const quick = await workspace.get(`/c/${id}`);
      assert.match(quick.text, /data-state="loading"/);
      assert.match(textOf(quick.text), /Show the customer’s facts/);
      assert.match(quick.text, /It fails/);
      assert.match(textOf((await page()).text), /Context Unavailable/);
      assert.match(textOf((await workspace.get(`/c/${id}/context`)).text), /Context Unavailable/);
    });

    it('CP7 says "No facts for this customer" to an empty map', async () => {
      const { page } = await openThread(providing(() => ok({})));
      const words = textOf((await page()).text);
      assert.match(words, /No facts for this customer/);
      assert.doesNotMatch(words, /Unavailable/);
    });

    it('CP8 CP10 shows sections in the provider’s order, with humanized labels and headers as given', async () => {
      const { page } = await openThread(
        providing(() =>
          ok({
            'User Details': { name: 'Zoë', lifetimeValue: '$12' },
            'active Plan': { VAT_id: 'X', tier: { name: 'Gold' } },
          }),
        ),
      );
      const words = textOf((await page()).text);
      assert.match(words, /User Details Name Zoë Lifetime value \$12 active Plan VAT id X Tier Name Gold/);
    });

    it('CP8 cuts cycles and depth with a visible mark', async () => {
      const facts: Record<string, unknown> = { Self: { name: 'x' } };
      (facts.Self as Record<string, unknown>).again = facts;
      let deep: unknown = 'bottom';
      for (let level = 0; level < 50; level += 1) deep = { next: deep };
      const { page } = await openThread(providing(() => ok({ ...facts, Deep: deep })));
      const words = textOf((await page()).text);
      assert.match(words, /… contains itself/);
      assert.match(words, /… nested deeper than 6 levels/);
      assert.doesNotMatch(words, /bottom/);
    });

    it('CP9 presents links, addresses and dates as such, and says what it cannot show', async () => {
      const { page } = await openThread(
        providing(() =>
          ok({
            Facts: {
              site: 'https://example.com/a',
              mail: 'ada@example.com',
              since: new Date('2024-02-29T10:00:00Z'),
              big: 12345678901234567890n,
              on: true,
              none: null,
              tags: ['a', 'b'],
              orders: [{ id: 1 }, { id: 2 }],
              run: () => 1,
            },
          }),
        ),
      );
      const { text } = await page();
      assert.match(text, /<a href="https:\/\/example.com\/a" rel="noreferrer noopener" target="_blank">/);
      assert.match(text, /<a href="mailto:ada@example.com"/);
      assert.match(text, /<time datetime="2024-02-29T10:00:00.000Z">/);
      assert.match(
        textOf(text),
        /Big 12345678901234567890 On Yes None — Tags a b Orders Id 1 Id 2 Run Cannot be shown: a function/,
      );
    });

    it('CP11 keeps markup, links of other schemes and special keys inert', async () => {
      const { page } = await openThread(
        providing(() =>
          ok({
            '<script>alert(1)</script>': {
              a: '<img src=x onerror=alert(1)>',
              b: 'javascript:alert(1)',
              c: 'data:text/html,<script>alert(1)</script>',
              d: 'java\tscript:alert(1)',
              e: 'https://user:pw@evil.example',
              ...JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":"x"}'),
            },
          }),
        ),
      );
      const { status, text } = await page();
      assert.equal(status, 200);
      assert.doesNotMatch(text, /<script>alert|<img src=x|href="(?:javascript|data|java)|href="https:\/\/user/i);
      assert.match(textOf(text), /<img src=x onerror=alert\(1\)>/);
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    });

    it('CP12 shows a new section at once, and does not call the provider for a conversation without an actor id', async () => {
      let facts: Record<string, unknown> = { First: { a: 1 } };
      let calls = 0;
      const config = {
        ...providing(() => {
          calls += 1;
          return ok(facts);
        }),
        context: { cacheMs: 0 },
      };
      const { page, workspace, cairnloop } = await openThread(config);
      assert.match(textOf((await page()).text), /First A 1/);
      facts = { First: { a: 1 }, Second: { b: 2 } };
      assert.match(textOf((await page()).text), /First A 1 Second B 2/);
      const before = calls;
      const anonymous = await cairnloop.conversations.open({ subject: 'Who' });
      const words = textOf((await workspace.get(`/c/${anonymous.id}?context=wait`)).text);
      assert.match(words, /No customer identity/);
      assert.equal(calls, before);
    });
  });

  async function repliesApprovesAndResolves({
    workspace,
    id,
  }: Pick<Awaited<ReturnType<typeof openThread>>, 'workspace' | 'id'>) {
    assert.equal((await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'Hello' })).status, 303);
    assert.equal((await workspace.post(`/c/${id}/resolve`)).status, 303);
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Conversation resolved by Ada/);
  }

  describe('the four outcomes of the policy', () => {
    const deciding = (decision: string): HostConfig => ({ automationPolicy: { decide: () => decision as never } });
    const proposal: ProposalInput = {
      type: 'reply',
      content: 'Proposed words',
      summary: 'Because',
      evidence: [{ source: 'FAQ' }],
    };

    it('AP2 marks an allowed draft "Sent without review"', async () => {
      const { cairnloop, id, page } = await openThread(deciding('allow'));
      await cairnloop.drafts.propose(id, proposal);
      assert.match(textOf((await page()).text), /Automation Sent without review .*Proposed words/);
    });

    it('AP3 prompts for nothing with draft_only: it waits under "Prepared drafts", goes into the composer and is sent by hand', async () => {
      const { cairnloop, workspace, id, page } = await openThread(deciding('draft_only'));
      const draft = await cairnloop.drafts.propose(id, proposal);
      const { text } = await page();
      assert.match(textOf(text), /Prepared drafts \(1\)/);
      assert.doesNotMatch(text, /Approve &amp; send|chip-draft/);
      assert.match(textOf((await workspace.get('/')).text), /0 Needs approval/);
      const used = await workspace.get(`/c/${id}?use=${draft.id}`);
      assert.match(used.text, /<textarea id="content"[^>]*>Proposed words<\/textarea>/);
      const sent = await workspace.post(`/c/${id}/compose`, {
        mode: 'reply',
        content: 'Proposed words, by hand',
        draft: draft.id,
      });
      assert.equal(sent.status, 303);
      const [, reply] = (await cairnloop.conversations.get(id)).messages ?? [];
      assert.equal(reply?.content, 'Proposed words, by hand');
      assert.deepEqual(reply?.author, operator);
      assert.doesNotMatch(textOf((await page()).text), /Prepared drafts/);
    });

    it('AP4 asks for approval with the draft, its grounds and its three ways out, and sends once', async () => {
      const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
      const draft = await cairnloop.drafts.propose(id, proposal);
      const words = textOf((await page()).text);
      assert.match(
        words,
        /Suggested by automation Reply medium risk .*Proposed words .*1 source Because FAQ Approve & send Edit Discard/,
      );
      assert.match(textOf((await workspace.get('/')).text), /1 Needs approval/);
      const approve = (operatorId: string) =>
        workspace.post(`/drafts/${draft.id}/approve`, {}, { 'x-test-operator': operatorId });
      const answers = await Promise.all(['op-1', 'op-2', 'op-3', 'op-4'].map(approve));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409, 409]);
      const conflict = answers.find(({ status }) => status === 409);
      assert.match(
        textOf(conflict?.text ?? ''),
        /This draft was dealt with meanwhile\. It is approved; nothing was sent by you/,
      );
      const messages = (await cairnloop.conversations.get(id)).messages ?? [];
      assert.equal(messages.filter(({ role }) => role === 'operator').length, 1);
    });

    it('AP4 lets approve, edit and discard of one moment have one winner', async () => {
      const { cairnloop, workspace, id } = await openThread(deciding('require_approval'));
      const draft = await cairnloop.drafts.propose(id, proposal);
      const answers = await Promise.all([
        workspace.post(`/drafts/${draft.id}/approve`),
        workspace.post(`/drafts/${draft.id}/edit`, { content: 'Edited words' }),
        workspace.post(`/drafts/${draft.id}/discard`),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409]);
    });

    it('AP4 refuses a draft that the customer has overtaken, and one of a resolved conversation, with the reason', async () => {
      const { cairnloop, workspace, id } = await openThread(deciding('require_approval'));
      const overtaken = await cairnloop.drafts.propose(id, proposal);
      await cairnloop.conversations.receive(id, { content: 'One more thing' });
      const late = await workspace.post(`/drafts/${overtaken.id}/approve`);
      assert.equal(late.status, 409);
      assert.match(textOf(late.text), /It is superseded/);
      const second = await cairnloop.drafts.propose(id, proposal);
      await workspace.post(`/c/${id}/resolve`);
      const resolved = await workspace.post(`/drafts/${second.id}/edit`, { content: 'My own words' });
      assert.equal(resolved.status, 409);
      assert.match(textOf(resolved.text), /The conversation was resolved meanwhile/);
      assert.match(resolved.text, /<textarea id="content"[^>]*>My own words</, 'what was written is kept');
      const sent = (await cairnloop.conversations.get(id)).messages ?? [];
      assert.equal(sent.filter(({ role }) => role === 'operator').length, 0);
    });

    it('AP4 shows word by word what an edit changes, before and after it is sent', async () => {
      const { cairnloop, workspace, id, page } = await openThread(deciding('require_approval'));
      const draft = await cairnloop.drafts.propose(id, { ...proposal, content: 'It works within the hour' });
      const preview = await workspace.post(`/drafts/${draft.id}/preview`, { content: 'It works today' });
      assert.match(preview.text, /<del>within the hour<\/del><ins>today<\/ins>/);
      assert.match(preview.text, /<textarea id="draft-content"[^>]*>It works today</);
      await workspace.post(`/drafts/${draft.id}/edit`, { content: 'It works today' });
      const { text } = await page();
      assert.match(textOf(text), /Edited draft .*What was changed/);
      assert.match(text, /<del>within the hour<\/del><ins>today<\/ins>/);
    });

    it('AP5 shows nothing of a denied draft on any page but that there was one', async () => {
      const { cairnloop, workspace, id, page } = await openThread(deciding('deny'));
      await cairnloop.drafts.propose(id, proposal);
      for (const path of ['/', '/?q=Proposed', `/c/${id}`, '/audit', '/deliveries']) {
        assert.doesNotMatch((await workspace.get(path)).text, /Proposed words|Because|FAQ/, path);
      }
      assert.match(textOf((await page()).text), /Draft denied by policy/);
    });
  });

  describe('replies and notes', () => {
    it('keep a reply back that new messages have overtaken, say how many, and take it at the second try', async () => {
      const { cairnloop, workspace, id } = await openThread({});
      const seen = (await cairnloop.conversations.get(id)).messages?.at(-1)?.id ?? '';
      await cairnloop.conversations.receive(id, { content: 'Wait' });
      await cairnloop.conversations.note(id, { content: 'I am on it', actor: { id: 'op-8' } });
      const held = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'My answer', seen });
      assert.equal(held.status, 409);
      assert.match(textOf(held.text), /2 new messages since you opened this\./);
      assert.match(held.text, /<textarea id="content"[^>]*>My answer</);
      const newest = /name="seen" value="([^"]+)"/.exec(held.text)?.[1] ?? '';
      const sent = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'My answer', seen: newest });
      assert.equal(sent.status, 303);
    });

    it('keep the words of a reply to a conversation that was resolved meanwhile', async () => {
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

    it('keep line breaks as they were typed', async () => {
      const { cairnloop, workspace, id } = await openThread({});
      await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'one\r\ntwo' });
      assert.equal((await cairnloop.conversations.get(id)).messages?.at(-1)?.content, 'one\ntwo');
    });
  });

  describe('SLA policies', () => {
    it('SL4 SL7 says that tracking is off, and why', async () => {
      const none = await serve(await startHost({}, { worker: false }));
      assert.match(textOf((await none.get('/sla')).text), /SLA tracking is off No slaPolicyProvider is configured/);
      const empty = await serve(await startHost({ slaPolicyProvider: policies() }, { worker: false }));
      assert.match(
        textOf((await empty.get('/sla')).text),
        /SLA tracking is off The slaPolicyProvider answers no policies/,
      );
    });

    it('SL5 says that the provider gives none just now, and names rows that are not used', async () => {
      const failing = { getActivePolicies: () => err('Secret reason'), setPolicy: () => err('x') } as never;
      const broken = await serve(await startHost({ slaPolicyProvider: failing }, { worker: false }));
      const { text } = await broken.get('/sla');
      assert.match(textOf(text), /The policies cannot be read just now/);
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
      assert.match(textOf(refused.text), /The policy was not saved.*read-only/);
      assert.match(refused.text, /name="responseMinutes" value="60"/);
      provider.setPolicy = ((priority: string, attrs: object) => {
        provider.active = [{ ...provider.active[0], priority, ...attrs } as never];
        return ok(provider.active[0]);
      }) as never;
      assert.equal((await workspace.post('/sla', terms)).headers.get('location'), '/support/sla?done=policy');
      assert.match((await workspace.get('/sla')).text, /name="responseMinutes" value="30"/);
      const impossible = await workspace.post('/sla', { ...terms, breachMinutes: '-1' });
      assert.equal(impossible.status, 409);
    });
  });

  it('tells only words of its own by its address', async () => {
    const { workspace, id } = await openThread({});
    assert.match(textOf((await workspace.get(`/c/${id}?done=reply`)).text), /Reply sent\./);
    for (const done of ['toString', '__proto__', '<b>x</b>']) {
      const { status, text } = await workspace.get(`/c/${id}?done=${encodeURIComponent(done)}`);
      assert.equal(status, 200);
      assert.doesNotMatch(text, /notice-done|<b>x/);
    }
  });

  it('answers cursors that are none with a page that says so', async () => {
    const { workspace, id } = await openThread({});
    for (const path of [
      '/?cursor=x',
      `/c/${id}?before=x`,
      '/audit?cursor=x',
      '/deliveries?cursor=x',
      '/?filter=breached&cursor=WyJ4Il0',
    ]) {
      const { status, text } = await workspace.get(path);
      assert.ok([200, 404].includes(status), `${path}: ${status}`);
      if (status === 404) assert.match(textOf(text), /There is no such page/);
    }
  });
});

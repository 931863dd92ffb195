import assert from 'node:assert/strict';
import diagnosticsChannel from 'node:diagnostics_channel';
import { err, ok } from '../../src/contracts/result.js';
import { domainEventNames, type EventName, eventNames, spanNames } from '../../src/telemetry/event-names.js';
import type { EventMetadata, Measurements } from '../../src/telemetry/telemetry.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

interface Seen {
  event: EventName;
  measurements: Measurements;
  metadata: EventMetadata;
}

const resolved = 'cairnloop.conversation.resolved';

describe('telemetry', () => {
  const { startHost } = useHosts();

  const watch = ({ cairnloop }: StartedHost, events: EventName | readonly EventName[], id = 'test') => {
    const seen: Seen[] = [];
    cairnloop.telemetry.attach(id, events, (event, measurements, metadata) => {
      seen.push({ event, measurements, metadata });
    });
    return seen;
  };
  const resolveOne = async ({ cairnloop }: StartedHost) => {
    const { id } = await cairnloop.conversations.open({ hostUserId: 'u-1' });
    return cairnloop.conversations.resolve(id, { resolvedBy: operator });
  };
  /** Handlers run once the event loop is free. */
  const published = () => new Promise((resolve) => setTimeout(resolve, 5));

  it('TL1 attaches to one event or several, detaches, and refuses an id twice', async () => {
    const host = await startHost({}, { worker: false });
    const { telemetry } = host.cairnloop;
    const one = watch(host, resolved, 'one');
    const several = watch(host, [resolved, 'cairnloop.conversation.opened', resolved], 'several');
    assert.throws(() => watch(host, resolved, 'one'), { code: 'TELEMETRY_ID_TAKEN' });
    await resolveOne(host);
    await published();
    assert.deepEqual(
      [one, several].map((seen) => seen.map(({ event }) => event)),
      [[resolved], ['cairnloop.conversation.opened', resolved]],
    );
    assert.equal(telemetry.detach('one'), true);
    assert.equal(telemetry.detach('one'), false);
    await resolveOne(host);
    await published();
    assert.deepEqual([one.length, several.length], [1, 4]);
    watch(host, resolved, 'one');
  });

  it('TL1 refuses a handler that is no function, and an unknown event', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { attach, detach } = cairnloop.telemetry as unknown as Record<string, (...given: unknown[]) => unknown>;
    const handler = () => {};
    const wrong: [given: unknown[], says: RegExp][] = [
      ...[undefined, null, 5, {}, [], [resolved, 7], Symbol('x')].map(
        (events) => [['t', events, handler], /events: expected the name of an event, or a list/] as [unknown[], RegExp],
      ),
      [['t', resolved, 'x'], /handler: expected a function, found a text/],
      [['t', resolved], /handler: expected a function, found nothing/],
      [[5, resolved, handler], /id: expected a text/],
      [['', resolved, handler], /id: expected a text/],
      [[Symbol('x'), resolved, handler], /id: expected a text/],
    ];
    for (const [given, message] of wrong) assert.throws(() => attach?.(...given), { code: 'INPUT_INVALID', message });
    assert.throws(() => attach?.('t', ['nothing'], handler), { code: 'TELEMETRY_EVENT_UNKNOWN' });
    assert.equal(detach?.('t'), false);
  });

  it('TL1 publishes the documented event names, and no others', async () => {
    const promised = {
      spans: [
        'conversation.open conversation.reply conversation.resolve draft.decide',
        'outbound.trigger outbound.bulk_trigger delivery.attempt context.get',
      ],
      events: [
        'conversation.opened message.received conversation.replied conversation.resolved',
        'conversation.archived conversation.updated conversation.snoozed conversation.woken',
        'sla.started sla.fulfilled sla.breached',
        'draft.created draft.approved draft.edited draft.discarded draft.denied draft.sent',
        'outbound.triggered outbound.sent outbound.failed reply.sent reply.failed',
        'delivery.retried delivery.discarded customer.erased conversation.removed',
      ],
    };
    const words = (lines: readonly string[]) => lines.join(' ').split(' ');
    assert.deepEqual([...spanNames], words(promised.spans));
    assert.deepEqual([...domainEventNames], words(promised.events));
    assert.equal(eventNames.length, spanNames.length * 3 + domainEventNames.length);
    const host = await startHost({}, { worker: false });
    assert.throws(() => watch(host, 'cairnloop.conversation.resolve' as EventName), {
      code: 'TELEMETRY_EVENT_UNKNOWN',
      message: /did you mean "cairnloop\.conversation\.resolved"/,
    });
  });

  it('TL1 a handler gets events of its own instance, and of no other in the process', async () => {
    const one = await startHost({}, { worker: false });
    const sameSchema = await startHost({}, { worker: false, database: one.database });
    const other = await startHost({}, { worker: false });
    const heard = [one, sameSchema, other].map((host) => watch(host, eventNames));
    await resolveOne(other);
    await published();
    assert.deepEqual(
      heard.map((seen) => seen.filter(({ event }) => event === resolved).length),
      [0, 0, 1],
    );
    assert.equal(heard[0]?.length, 0);
    await other.cairnloop.close();
    await resolveOne(one);
    await published();
    assert.deepEqual(
      heard.map((seen) => seen.filter(({ event }) => event === resolved).length),
      [1, 0, 1],
    );
  });

  it('TL1 Node’s diagnostics channels publish the events of every instance', async () => {
    const hosts = [await startHost({}, { worker: false }), await startHost({}, { worker: false })];
    const raw: Seen[] = [];
    const subscriber = (message: unknown) => void raw.push(message as Seen);
    const channels = [resolved, 'cairnloop.conversation.resolve.stop'];
    for (const name of channels) diagnosticsChannel.subscribe(name, subscriber);
    try {
      for (const host of hosts) await resolveOne(host);
      await published();
    } finally {
      for (const name of channels) diagnosticsChannel.unsubscribe(name, subscriber);
    }
    assert.deepEqual(
      raw.map(({ event }) => event),
      [...channels.toReversed(), ...channels.toReversed()],
    );
    assert.ok(raw.every(({ measurements }) => Object.keys(measurements).length === 1));
  });

  it('TL1 a handler that changes its event does not affect other handlers, channel subscribers or results', async () => {
    const host = await startHost({}, { worker: false });
    const vandal = (_event: string, measurements: Measurements, metadata: EventMetadata) => {
      const conversation = metadata.conversation as { subject: string; tags: string[]; createdAt: Date };
      conversation.subject = 'changed';
      conversation.tags.push('changed');
      conversation.createdAt.setTime(0);
      measurements.changed = 1;
      delete metadata.conversation;
    };
    const opened = 'cairnloop.conversation.opened';
    host.cairnloop.telemetry.attach('first', opened, vandal);
    const seen = watch(host, opened, 'second');
    const raw: Seen[] = [];
    const subscriber = (message: unknown) => void raw.push(message as Seen);
    diagnosticsChannel.subscribe(opened, subscriber);
    const result = await host.cairnloop.conversations.open({ subject: 'kept', tags: ['kept'] });
    await published();
    diagnosticsChannel.unsubscribe(opened, subscriber);
    for (const { measurements, metadata } of [...seen, ...raw]) {
      assert.deepEqual(measurements, {});
      const { subject, tags, createdAt } = metadata.conversation as typeof result;
      assert.deepEqual([subject, tags, createdAt], ['kept', ['kept'], result.createdAt]);
    }
    assert.deepEqual([seen.length, raw.length], [1, 1]);
    assert.equal(host.log.filter((line) => line.handler === 'first').length, 0);
  });

  it('TL2 an operation publishes start, stop, and then its domain event', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const { conversations, outbound } = host.cairnloop;
    const seen = watch(host, eventNames);
    const { id } = await conversations.open({});
    await conversations.reply(id, { content: 'Hi', actor: operator });
    await outbound.trigger(id, { templateId: 't', content: 'c', actor: operator });
    await conversations.resolve(id, { resolvedBy: operator });
    await published();
    const told = (span: string, event: string) => [`${span}.start`, `${span}.stop`, event];
    assert.deepEqual(
      seen.map(({ event }) => event.replace('cairnloop.', '')),
      [
        ...told('conversation.open', 'conversation.opened'),
        ...told('conversation.reply', 'conversation.replied'),
        ...told('outbound.trigger', 'outbound.triggered'),
        ...told('conversation.resolve', 'conversation.resolved'),
      ],
    );
  });

  it('TL2 an attempt for which the host returns err(...), and a policy that throws, end with an exception event', async () => {
    const { notifier } = recordingNotifier(() => err('no mailbox'));
    const automationPolicy = {
      decide: () => {
        throw new Error('the rules could not be read');
      },
    };
    const host = await startHost({ notifier, automationPolicy });
    const { conversations, drafts, outbound } = host.cairnloop;
    const seen = watch(host, ['cairnloop.delivery.attempt.exception', 'cairnloop.draft.decide.exception']);
    const { id } = await conversations.open({ message: 'Hello?' });
    await drafts.propose(id, { type: 'reply', content: 'Hi' });
    await outbound.trigger(id, { templateId: 't', content: 'c', actor: operator });
    await eventually(() =>
      assert.deepEqual(
        seen.map(({ metadata }) => metadata.reason),
        ['the rules could not be read', 'no mailbox'],
      ),
    );
  });

  it('TL2 every operation publishes one start and one stop; a failing one an exception and no domain event', async () => {
    const { notifier } = recordingNotifier(({ conversation }) => {
      if (conversation.subject === 'bad') throw new Error('down');
    });
    const host = await startHost({ notifier, contextProvider: { getContext: () => ok({}) } });
    const { conversations, context, drafts, outbound } = host.cairnloop;
    const seen = watch(host, eventNames);
    const phasesOf = (span: string) =>
      seen.map(({ event }) => event).filter((event) => event.startsWith(`cairnloop.${span}.`));
    const trigger = { templateId: 't', content: 'c', actor: operator };
    const { id } = await conversations.open({ subject: 'bad', message: 'Hello?' });
    await drafts.propose(id, { type: 'reply', content: 'Hi' });
    await context.get('ada');
    await conversations.reply(id, { content: 'Hi', actor: operator });
    await outbound.trigger(id, trigger);
    await outbound.bulkTrigger([id], trigger);
    await eventually(async () => assert.equal((await host.deliveries('outbound'))[0]?.lastError, 'down'));
    await conversations.resolve(id, { resolvedBy: operator });
    await published();
    for (const span of spanNames.filter((name) => name !== 'delivery.attempt')) {
      assert.deepEqual(phasesOf(span), [`cairnloop.${span}.start`, `cairnloop.${span}.stop`]);
    }
    assert.deepEqual(phasesOf('delivery.attempt').slice(0, 2), [
      'cairnloop.delivery.attempt.start',
      'cairnloop.delivery.attempt.exception',
    ]);
    for (const { event, measurements } of seen) {
      const measured = /\.(stop|exception)$/.test(event) ? measurements.duration : measurements.systemTime;
      if (/\.(start|stop|exception)$/.test(event)) assert.ok(Number(measured) >= 0, event);
    }

    seen.length = 0;
    const unknown = '01890000-0000-7000-8000-000000000000';
    await assert.rejects(conversations.reply(id, { content: 'Hi', actor: operator }));
    await assert.rejects(conversations.resolve(unknown, { resolvedBy: operator }));
    await assert.rejects(outbound.trigger(unknown, trigger));
    await assert.rejects(outbound.bulkTrigger([], trigger));
    await published();
    const failed = ['conversation.reply', 'conversation.resolve', 'outbound.trigger', 'outbound.bulk_trigger'];
    for (const span of failed)
      assert.deepEqual(phasesOf(span), [`cairnloop.${span}.start`, `cairnloop.${span}.exception`]);
    const others = seen.filter(({ event }) => !failed.some((span) => event.startsWith(`cairnloop.${span}.`)));
    assert.deepEqual(
      others.filter(({ event }) => !event.startsWith('cairnloop.delivery.')),
      [],
    );
    assert.equal(seen.find(({ event }) => event.endsWith('reply.exception'))?.metadata.code, 'CONVERSATION_RESOLVED');
  });

  it('TL3 conversation.resolved is published once, after the commit', async () => {
    const host = await startHost({}, { worker: false });
    const statuses: Promise<string>[] = [];
    const seen: Seen[] = [];
    host.cairnloop.telemetry.attach('hooks', resolved, (event, measurements, metadata) => {
      const { conversation } = metadata as { conversation: { id: string } };
      const stored = host.database.query('SELECT status FROM cairnloop.conversations WHERE id = $1', [conversation.id]);
      statuses.push(stored.then(({ rows }) => rows[0].status));
      seen.push({ event, measurements, metadata });
    });
    const { id } = await host.cairnloop.conversations.open({ hostUserId: 'u-1' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => host.cairnloop.conversations.resolve(id, { resolvedBy: operator })),
    );
    await published();
    assert.equal(seen.length, 1);
    assert.deepEqual(await Promise.all(statuses), ['resolved']);
    const [{ measurements, metadata } = assert.fail()] = seen;
    const { conversation, actor, hostUserId } = metadata as Record<string, never>;
    assert.deepEqual([actor, hostUserId], [operator, 'u-1']);
    const { messages: _, ...expected } = answers[0] ?? assert.fail();
    assert.deepEqual(conversation, expected);
    const seconds = (Number(expected.resolvedAt) - Number(expected.createdAt)) / 1000;
    assert.deepEqual(measurements, { durationSeconds: seconds });
  });

  it('TL3 handlers get it even if the instance is closed right after', async () => {
    const host = await startHost({}, { worker: false });
    const seen = watch(host, resolved);
    await resolveOne(host);
    await host.cairnloop.close();
    assert.equal(seen.length, 1);
  });

  const misbehaving = {
    throws: () => {
      throw new Error('broken handler');
    },
    rejects: () => Promise.reject(new Error('broken handler')),
    hangs: () => new Promise(() => {}),
    'blocks for a while': () => {
      const until = performance.now() + 100;
      while (performance.now() < until);
    },
  };
  for (const [what, handler] of Object.entries(misbehaving)) {
    it(`TL4 a handler that ${what} does not make resolve fail, wait or repeat`, async () => {
      const { notifier, calls } = recordingNotifier();
      const host = await startHost({ notifier });
      const order: string[] = [];
      host.cairnloop.telemetry.attach('bad', ['cairnloop.conversation.resolve.start', resolved], (event) => {
        order.push(event);
        return handler();
      });
      const good = watch(host, resolved, 'good');
      const conversation = await resolveOne(host);
      order.push('answered');
      assert.equal(conversation.status, 'resolved');
      await eventually(() => assert.equal(calls.length, 1));
      assert.equal(order[0], 'answered');
      assert.equal(good.length, 1);
      assert.equal((await host.deliveries('conversation_resolved')).length, 1);

      const isBroken = what === 'throws' || what === 'rejects';
      const calledBefore = order.length;
      await resolveOne(host);
      await published();
      assert.equal(good.length, 2);
      assert.equal(order.length > calledBefore, !isBroken);
      const reports = host.log.filter((line) => line.msg === 'telemetry handler failed and was detached');
      assert.deepEqual(
        reports.map(({ handler, reason }) => [handler, reason]),
        isBroken ? [['bad', 'broken handler']] : [],
      );
    });
  }

  it('publishes every documented domain event in the flow that causes it', async () => {
    const { notifier } = recordingNotifier(
      ({ conversation, method }) => {
        const handsOver = method === 'onOutboundTriggered' || method === 'onReply';
        if (handsOver && conversation.subject === 'bad') throw new Error('no mailbox');
      },
      { replies: true },
    );
    const host = await startHost({ notifier, worker: { maxAttempts: 1 }, slaPolicyProvider: policies(terms) });
    const { conversations, drafts, outbound, deliveries } = host.cairnloop;
    const seen = watch(host, eventNames);
    const open = async (subject: string) => (await conversations.open({ subject, message: 'Hello?' })).id;
    const propose = async () => (await drafts.propose(await open('draft'), { type: 'reply', content: 'Hi' })).id;
    await drafts.approve(await propose(), { actor: operator });
    await drafts.edit(await propose(), { actor: operator, content: 'Hello' });
    await drafts.discard(await propose(), { actor: operator });
    const trigger = { templateId: 't', content: 'c', actor: operator };
    const bad = await open('bad');
    await outbound.trigger(bad, trigger);
    await outbound.trigger(await open('good'), trigger);
    const answered = await open('bad');
    await conversations.reply(answered, { content: 'Hi', actor: operator });
    await eventually(async () => {
      const outgoing = await host.deliveries('outbound');
      assert.deepEqual(outgoing.map(({ state }) => state).sort(), ['discarded', 'done']);
      assert.ok(
        (await host.deliveries('reply')).every(({ state }) => state !== 'pending'),
        'replies pending',
      );
    });
    const [failed] = (await deliveries.list({ state: 'discarded' })).items;
    await deliveries.retry(failed?.id ?? '', { actor: operator });
    await host.advance(terms.breachMinutes * minute);
    await eventually(() => assert.ok(names(seen).includes('cairnloop.sla.breached'), 'not breached yet'));
    await conversations.update(bad, { priority: 'low', actor: operator });
    await conversations.snooze(bad, { until: new Date('2999-01-01'), actor: operator });
    await conversations.snooze(bad, { until: null, actor: operator });
    await conversations.resolve(bad, { resolvedBy: operator });
    await conversations.archive(bad, { actor: operator });
    await published();

    const deny = await startHost({ automationPolicy: { decide: () => 'deny' } }, { worker: false });
    const denied = watch(deny, eventNames);
    const conversation = await deny.cairnloop.conversations.open({ message: 'Hello?' });
    await deny.cairnloop.drafts.propose(conversation.id, { type: 'reply', content: 'Hi' });
    await deny.cairnloop.customers.erase('ada', { actor: operator, reason: 'asked for' });
    await published();

    const retaining = await startHost({ retention: { resolvedDays: 1 } }, { worker: false });
    const removed = watch(retaining, eventNames);
    await resolveOne(retaining);
    await retaining.advance(2 * 24 * 60 * minute);
    await retaining.cairnloop.worker.start();
    await eventually(() => assert.ok(names(removed).includes('cairnloop.conversation.removed'), 'not removed yet'));
    assert.deepEqual(
      domainEventNames.filter((event) => !names([...seen, ...denied, ...removed]).includes(`cairnloop.${event}`)),
      [],
    );
  });

  const names = (seen: readonly Seen[]) => seen.map(({ event }) => event as string);

  it('TL5 works the same with every handler removed', async () => {
    const outcomes = [];
    for (const attached of [true, false]) {
      const host = await startHost({}, { worker: false });
      watch(host, eventNames);
      if (!attached) host.cairnloop.telemetry.detach('test');
      const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
      await host.cairnloop.conversations.reply(id, { content: 'Hi', actor: operator });
      await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
      const { status, messages } = await host.cairnloop.conversations.get(id);
      const { items } = await host.cairnloop.audit.list();
      outcomes.push({
        status,
        messages: messages?.map(({ role, content }) => [role, content]),
        audit: items.map(({ action }) => action),
      });
    }
    assert.deepEqual(outcomes[0], outcomes[1]);
  });
});

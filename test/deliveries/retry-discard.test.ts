import assert from 'node:assert/strict';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

describe('retry and discard by an operator', () => {
  const { startHost } = useHosts();
  const actor = operator;

  const running = async (worker: boolean) => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(terms) }, { worker });
    const { id } = await host.cairnloop.conversations.open({ priority: terms.priority, message: 'Hello?' });
    const [countdown] = await host.deliveries('sla_breach');
    assert.ok(countdown);
    return { host, calls, id, countdown };
  };

  it('do not stop a running clock: its countdown can be neither discarded nor called early', async () => {
    const { host, calls, id, countdown } = await running(true);
    const { deliveries, sla } = host.cairnloop;
    for (const [action, intervene] of [
      ['discarded', deliveries.discard],
      ['retried', deliveries.retry],
    ] as const) {
      await assert.rejects(intervene(countdown.id, { actor }), (error: CairnloopError) => {
        assert.equal(error.code, 'DELIVERY_NOT_RETRYABLE');
        assert.match(error.message, new RegExp(`cannot be ${action}: it waits for the breach of an SLA clock`));
        assert.match(error.hint, /sla\.pause\(\) or resolve/);
        return true;
      });
    }
    assert.deepEqual(await host.deliveries('sla_breach'), [countdown]);
    await host.advance(terms.breachMinutes * minute);
    await eventually(() => assert.deepEqual([calls.length, calls[0]?.method], [1, 'onSlaBreach']));
    assert.equal((await sla.forConversation(id))?.status, 'breached');
  });

  it('retry makes a discarded countdown wait for its deadline again', async () => {
    const { host, calls, countdown } = await running(true);
    const { deliveries } = host.cairnloop;
    await host.database.query(`UPDATE cairnloop.deliveries SET state = 'discarded', settled_at = now()`);
    await deliveries.retry(countdown.id, { actor });
    assert.deepEqual(await deliveries.get(countdown.id), countdown);
    await host.advance(terms.breachMinutes * minute);
    await eventually(() => assert.equal(calls.length, 1));
  });

  it('discard gives up a countdown that has run out, and retry calls it again', async () => {
    const { host, countdown } = await running(false);
    const { deliveries } = host.cairnloop;
    await host.advance(terms.breachMinutes * minute);
    assert.equal((await deliveries.discard(countdown.id, { actor })).state, 'discarded');
    assert.equal((await deliveries.retry(countdown.id, { actor })).state, 'pending');
  });

  const outboundOf = async (host: StartedHost) => {
    const { id } = await host.cairnloop.conversations.open({});
    const survey = { templateId: 't', content: 'Hello', scheduleInSeconds: 3600 };
    const { message } = await host.cairnloop.outbound.trigger(id, survey);
    const [delivery] = await host.deliveries('outbound');
    return { conversationId: id, messageId: message.id, deliveryId: delivery?.id ?? '' };
  };
  type Outbound = Awaited<ReturnType<typeof outboundOf>>;

  const givenUp: [how: string, giveUp: (host: StartedHost, sent: Outbound) => Promise<unknown>, audited: string[]][] = [
    [
      'discarding its delivery',
      ({ cairnloop }, { deliveryId }) => cairnloop.deliveries.discard(deliveryId, { actor }),
      ['outbound.failed by op-7', 'outbound.triggered by system:host'],
    ],
    [
      'cancelling it',
      ({ cairnloop }, { messageId }) => cairnloop.outbound.cancel(messageId, { actor }),
      ['outbound.cancelled by op-7', 'outbound.triggered by system:host'],
    ],
  ];
  for (const [how, giveUp, audited] of givenUp) {
    it(`publish, count and record that an outbound message has failed by ${how}`, async () => {
      const { notifier } = recordingNotifier();
      const host = await startHost({ notifier, metrics: prometheus() }, { worker: false });
      const { cairnloop } = host;
      const told: unknown[] = [];
      cairnloop.telemetry.attach('t', 'cairnloop.outbound.failed', (_, __, metadata) => told.push(metadata));
      const sent = await outboundOf(host);
      await giveUp(host, sent);
      const { messages } = await cairnloop.conversations.get(sent.conversationId);
      assert.equal(messages?.[0]?.status, 'failed');
      const { conversationId, messageId } = sent;
      await eventually(() => assert.deepEqual(told, [{ conversationId, messageId }]));
      const exposition = await cairnloop.operations().fetch(new Request('http://localhost/metrics'));
      assert.match(await exposition.text(), /cairnloop_outbound_messages_total\{outcome="failed"\} 1\n/);
      const { items } = await cairnloop.audit.list({ conversationId, action: 'outbound.' });
      assert.deepEqual(
        items.map((event) => `${event.action} by ${event.actor.id}`),
        audited,
      );
      for (const { subjectId } of items) assert.equal(subjectId, messageId);
    });
  }
});

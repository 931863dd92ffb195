import assert from 'node:assert/strict';
import type { Delivery } from '../../src/contracts/domain.js';
import { err, ok } from '../../src/contracts/result.js';
import { causes, methods, minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { type NotifierCall, recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const day = 24 * 60 * minute;

/** The levels of pino. */
const [warn, error] = [40, 50];

describe('a callback that fails', () => {
  const { startHost } = useHosts();

  const start = (answer: (call: NotifierCall) => unknown, worker = {}) => {
    const recorded = recordingNotifier(answer, { replies: true });
    const config = { notifier: recorded.notifier, worker, slaPolicyProvider: policies(terms) };
    return startHost(config).then((host) => ({ ...recorded, host }));
  };

  const deliveryOf = async (host: StartedHost, id: string): Promise<Delivery> => {
    const { items } = await host.cairnloop.deliveries.list({ limit: 200 });
    const found = items.find((delivery) => delivery.conversationId === id);
    assert.ok(found);
    return found;
  };

  const settled = (host: StartedHost, id: string, state: Delivery['state']) =>
    eventually(async () => {
      const delivery = await deliveryOf(host, id);
      assert.equal(delivery.state, state);
      return delivery;
    });

  /** Once nobody holds it and nobody is about to: whether it waits for a retry. */
  const waits = (host: StartedHost, id: string) =>
    eventually(async () => {
      const { rows } = await host.database.query(
        `SELECT state = 'pending' AS waits FROM cairnloop.deliveries WHERE conversation_id = $1
           AND (state <> 'pending' OR (lease_until IS NULL AND available_at > cairnloop.clock()))`,
        [id],
      );
      assert.equal(rows.length, 1);
      return rows[0].waits;
    });

  const failedOnce = (host: StartedHost, id: string) =>
    eventually(async () => {
      const delivery = await deliveryOf(host, id);
      assert.notEqual(delivery.lastError, null);
      return delivery;
    });

  for (const method of methods) {
    it(`NT3 ${method}: is retried up to maxAttempts, then discarded, kept, visible and retryable`, async () => {
      let broken = true;
      const { host, calls } = await start(
        ({ conversation }) => {
          if (broken && conversation.subject === 'bad') throw new Error('the CRM is down');
        },
        { maxAttempts: 3 },
      );
      await host.stopClock();
      const bad = await causes[method].cause(host, 'bad');
      const waiting = await failedOnce(host, bad.id);
      assert.equal(waiting.state, 'pending');
      assert.ok(waiting.availableAt > waiting.createdAt);

      const good = await causes[method].cause(host, 'good');
      await settled(host, good.id, 'done');

      while (await waits(host, bad.id)) await host.advance(day);
      const discarded = await deliveryOf(host, bad.id);
      assert.equal(discarded.state, 'discarded');
      assert.deepEqual([discarded.attempts, discarded.lastError], [3, 'the CRM is down']);
      const logged = host.log.filter(({ deliveryId }) => deliveryId === discarded.id);
      assert.deepEqual(
        logged.map(({ level, attempt, reason, retryInMs }) => [level, attempt, reason, typeof retryInMs]),
        [
          [warn, 1, 'the CRM is down', 'number'],
          [warn, 2, 'the CRM is down', 'number'],
          [error, 3, 'the CRM is down', 'undefined'],
        ],
      );
      const { items } = await host.cairnloop.deliveries.list({ state: 'discarded', topic: causes[method].topic });
      assert.deepEqual(
        items.map((item) => item.id),
        [discarded.id],
      );

      broken = false;
      await host.cairnloop.deliveries.retry(discarded.id, { actor: operator });
      await settled(host, bad.id, 'done');
      const told = calls.filter((call) => call.conversation.subject === 'bad').map((call) => call.metadata);
      assert.deepEqual(
        told.map((metadata) => [metadata.deliveryId, metadata.attempt]),
        [1, 2, 3, 1].map((attempt) => [discarded.id, attempt]),
      );
    });

    it(`NT17 ${method}: is cut off at callbackTimeoutMs when it hangs`, async () => {
      const { host } = await start(() => new Promise(() => {}), { callbackTimeoutMs: 60 });
      await host.stopClock();
      const { id } = await causes[method].cause(host, 'slow');
      const delivery = await failedOnce(host, id);
      assert.deepEqual([delivery.state, delivery.attempts], ['pending', 1]);
      assert.equal(delivery.lastError, `notifier.${method} did not settle within 60 ms`);
    });
  }

  const failures = {
    "err('mail is down')": [err('mail is down'), 'mail is down'],
    '{ ok: false }': [{ ok: false }, 'the call returned { ok: false }'],
    'a promise of err': [Promise.resolve(err({ code: 'E_SMTP' })), 'E_SMTP'],
  } as const;
  const successes = {
    nothing: undefined,
    null: null,
    'ok()': ok('sent'),
    '{ ok: true }': { ok: true },
    false: false,
    text: 'failed',
    '{ error }': { error: 'no' },
  };

  for (const method of ['onOutboundTriggered', 'onSlaBreach'] as const) {
    it(`NT4 ${method}: err(...) and { ok: false } are failures, anything else is a success`, async () => {
      const answers = {
        ...Object.fromEntries(Object.entries(failures).map(([k, [value]]) => [k, value])),
        ...successes,
      };
      const { host } = await start(({ conversation }) => answers[conversation.subject as keyof typeof answers]);
      const ids = new Map<string, string>();
      for (const subject of Object.keys(answers)) ids.set(subject, (await causes[method].cause(host, subject)).id);
      for (const [subject, [, reason]] of Object.entries(failures)) {
        assert.equal((await failedOnce(host, ids.get(subject) ?? '')).lastError, reason);
      }
      for (const subject of Object.keys(successes)) await settled(host, ids.get(subject) ?? '', 'done');
    });
  }

  it('NT4 onConversationResolved: every return is a success', async () => {
    const { host, calls } = await start(
      ({ conversation }) => failures[conversation.subject as keyof typeof failures][0],
    );
    for (const subject of Object.keys(failures)) {
      const { id } = await causes.onConversationResolved.cause(host, subject);
      assert.equal((await settled(host, id, 'done')).attempts, 1);
    }
    assert.equal(calls.length, 3);
  });

  it('NT3 any thrown value counts, and neither a secret in it nor its length is stored', async () => {
    const thrown: Record<string, unknown> = {
      nothing: undefined,
      text: 'just text',
      long: `secret=abc123 ${'x'.repeat(10_000)}`,
      odd: '\0\ud800',
    };
    const { host } = await start(({ conversation }) => Promise.reject(thrown[conversation.subject ?? '']));
    const reasons: string[] = [];
    for (const subject of Object.keys(thrown)) {
      const { id } = await causes.onConversationResolved.cause(host, subject);
      reasons.push((await failedOnce(host, id)).lastError ?? '');
    }
    assert.deepEqual(reasons.slice(0, 2), ['undefined', 'just text']);
    assert.ok((reasons[2]?.length ?? 0) <= 2000 && !reasons[2]?.includes('abc123'));
    assert.ok(reasons[3]?.isWellFormed());
  });
});

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation, Message, Sla } from '../../src/contracts/domain.js';
import { CairnloopError } from '../../src/foundation/errors.js';
import { checkNotifier } from '../../src/testing.js';
import { signWebhookBody } from '../../src/webhooks/sign.js';
import { type WebhookNotifierOptions, webhookNotifier } from '../../src/webhooks/webhook-notifier.js';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { isSignedWith, newSecret, type Receiver, secret, startReceiver } from './receiver.js';

const customerText = 'customer-text-canary';
const conversation = {
  id: 'c-1',
  subject: customerText,
  resolvedAt: new Date(0),
  messages: [],
} as unknown as Conversation;
const message = { id: 'm-1', content: customerText, createdAt: new Date(0), metadata: {} } as unknown as Message;
const metadata = (deliveryId: string, attempt = 1) => ({ deliveryId, attempt });

describe('webhookNotifier', () => {
  let receivers: Receiver[] = [];
  afterEach(async () => {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    receivers = [];
  });
  const start = async () => {
    const receiver = await startReceiver();
    receivers.push(receiver);
    return receiver;
  };
  const local = ({ url }: Receiver, options: Partial<WebhookNotifierOptions> = {}) =>
    webhookNotifier({ endpoints: [url], secret, allowPrivate: true, ...options });

  it('posts every callback as JSON with its type, the time of the event and its data', async () => {
    const receiver = await start();
    const notifier = local(receiver);
    await notifier.onConversationResolved(conversation, metadata('1'));
    await notifier.onSlaBreach(conversation, { id: 's-1', breachAt: new Date(0) } as Sla, metadata('2'));
    await notifier.onOutboundTriggered({ ...message, metadata: metadata('3') }, conversation);
    await notifier.onReply(message, conversation, metadata('4'));
    const bodies = receiver.received.map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      bodies.map(({ type, timestamp, data }) => [type, timestamp, Object.keys(data)]),
      [
        ['conversation.resolved', '1970-01-01T00:00:00.000Z', ['conversation', 'metadata']],
        ['sla.breached', '1970-01-01T00:00:00.000Z', ['conversation', 'sla', 'metadata']],
        ['outbound.triggered', '1970-01-01T00:00:00.000Z', ['message', 'conversation']],
        ['conversation.replied', '1970-01-01T00:00:00.000Z', ['message', 'conversation', 'metadata']],
      ],
    );
    assert.deepEqual(
      receiver.received.map(({ id }) => id),
      ['1', '2', '3', '4'],
    );
  });

  it('signs according to the Standard Webhooks specification', () => {
    const key = Buffer.from('plJ3nmyCDGBKInavdOK15jsl', 'base64');
    assert.deepEqual(
      signWebhookBody(
        [key],
        'msg_loFOjxBNrRLzqYUf',
        new Date(1_731_705_121_000),
        '{"event_type":"ping","data":{"success":true}}',
      ),
      {
        'webhook-id': 'msg_loFOjxBNrRLzqYUf',
        'webhook-timestamp': '1731705121',
        'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
      },
    );
  });

  it('sends a retry under the same webhook-id, with a new timestamp and signature', async () => {
    const receiver = await start();
    receiver.answer((response) => void response.writeHead(500).end('answer-canary'));
    const notifier = local(receiver);
    await assert.rejects(notifier.onReply(message, conversation, metadata('9')) as Promise<unknown>);
    await sleep(1100);
    receiver.answer((response) => void response.writeHead(200).end('ok'));
    await notifier.onReply(message, conversation, metadata('9', 2));
    const [first, second] = receiver.received;
    assert.ok(first && second);
    assert.equal(first.id, second.id);
    assert.ok(second.timestamp > first.timestamp);
    for (const one of receiver.received) assert.ok(isSignedWith(secret, one));
  });

  it('signs with both secrets during a rotation, and with the secret of an endpoint', async () => {
    const receiver = await start();
    await local(receiver, { secret: [newSecret, secret] }).onReply(message, conversation, metadata('1'));
    const [rotated] = receiver.received;
    assert.ok(rotated && isSignedWith(secret, rotated) && isSignedWith(newSecret, rotated));
    const endpoints = [{ url: receiver.url, secret: newSecret }];
    await local(receiver, { endpoints }).onReply(message, conversation, metadata('2'));
    const own = receiver.received[1];
    assert.ok(own && isSignedWith(newSecret, own) && !isSignedWith(secret, own));
  });

  it('repeats only the endpoints that have not accepted the delivery', async () => {
    const [up, down] = [await start(), await start()];
    down.answer((response) => void response.writeHead(503).end());
    const notifier = local(up, { endpoints: [up.url, down.url] });
    await assert.rejects(notifier.onReply(message, conversation, metadata('5')) as Promise<unknown>, {
      code: 'WEBHOOK_FAILED',
      message: /^1 of 2 webhook endpoints did not accept the delivery: http:\/\/127.0.0.1:\d+ returned status 503\.$/,
    });
    down.answer((response) => void response.writeHead(204).end());
    await notifier.onReply(message, conversation, metadata('5', 2));
    assert.deepEqual([up.received.length, down.received.length], [1, 2]);
  });

  it('passes checkNotifier, also if the receiver drops repeats by webhook-id', async () => {
    const receiver = await start();
    const effects = () => new Set(receiver.received.map(({ id }) => id)).size;
    const report = await checkNotifier(local(receiver), { effects, timeoutMs: 10_000 });
    assert.deepEqual([report.problems, report.warnings], [[], []]);
    assert.match(String(report), /onReply, the same delivery twice/);
  });

  describe('fails an attempt', () => {
    const fails = async (
      answer: Parameters<Receiver['answer']>[0],
      expected: { message: RegExp; hint: RegExp },
      options: Partial<WebhookNotifierOptions> = {},
    ) => {
      const receiver = await start();
      receiver.answer(answer);
      const call = local(receiver, options).onReply(message, conversation, metadata('1')) as Promise<unknown>;
      const error = (await call.then(
        () => assert.fail('it was accepted'),
        (reason) => reason,
      )) as CairnloopError;
      assert.match(error.message, expected.message);
      assert.match(error.hint, expected.hint);
      const said = JSON.stringify([error.message, error.hint, error.details, error.stack, String(error.cause)]);
      assert.doesNotMatch(said, /canary|whsec/);
      return receiver;
    };

    for (const status of [301, 302, 307, 308])
      it(`of status ${status}: a redirect is not followed`, async () => {
        const target = await start();
        await fails((response) => void response.writeHead(status, { location: target.url }).end(), {
          message: new RegExp(`returned status ${status}`),
          hint: /Redirects are not followed: put the URL/,
        });
        assert.equal(target.received.length, 0);
      });

    for (const [status, hint] of [
      [401, /secret/],
      [404, /Correct the URL/],
      [410, /remove the endpoint/],
      [422, /log of the endpoint/],
      [500, /log of the endpoint/],
    ] as const)
      it(`of status ${status}, with what to do and no part of the response`, () =>
        fails(
          (response) => void response.writeHead(status, 'reason-canary', { 'x-canary': '1' }).end('answer-canary'),
          {
            message: new RegExp(`returned status ${status}`),
            hint,
          },
        ).then(() => {}));

    it('without a response within timeoutMs', async () => {
      await fails(() => {}, { message: /did not answer within 300 ms/, hint: /endpoint is up/ }, { timeoutMs: 300 });
    });

    it('whose response changes the protocol', async () => {
      const upgraded = { message: /returned status 101/, hint: /log of the endpoint/ };
      await fails((response) => {
        response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: canary\r\n\r\n');
      }, upgraded);
    });

    it('whose connection is cut off, or without a server', async () => {
      const cut = { message: /could not be reached \(ECONNRESET\)/, hint: /reachable from the worker/ };
      await fails((_, request) => request.socket.destroy(), cut);
      const receiver = await start();
      receivers = receivers.filter((one) => one !== receiver);
      await receiver.close();
      await assert.rejects(local(receiver).onReply(message, conversation, metadata('1')) as Promise<unknown>, {
        message: /could not be reached \(ECONNREFUSED\)/,
      });
    });
  });

  it('reads only the beginning of an endless response, and does not wait for a slow one', async () => {
    const receiver = await start();
    let written = 0;
    let closed = false;
    receiver.answer((response) => {
      response.writeHead(200);
      const write = () => {
        while (!closed && response.write('x'.repeat(65_536))) written += 65_536;
      };
      response.on('drain', write).on('close', () => {
        closed = true;
      });
      write();
    });
    await local(receiver).onReply(message, conversation, metadata('1'));
    await eventually(() => assert.equal(closed, true));
    assert.ok(written < 20_000_000, `${written} bytes were taken`);
    receiver.answer((response) => void response.writeHead(200).write('{'));
    await local(receiver, { timeoutMs: 60_000 }).onReply(message, conversation, metadata('2'));
  });

  it('sends again at once if the endpoint had closed a kept-alive connection', async () => {
    const receiver = await start();
    const notifier = local(receiver);
    await notifier.onReply(message, conversation, metadata('1'));
    receiver.answer((response, request) => {
      receiver.answer((next) => void next.writeHead(204).end());
      request.socket.resetAndDestroy();
      response.destroy();
    });
    await notifier.onReply(message, conversation, metadata('2'));
    assert.deepEqual(
      receiver.received.map(({ id }) => id),
      ['1', '2', '2'],
    );
  });

  it('sends again where the endpoint has closed every connection that was kept, as one that was restarted', async () => {
    const receiver = await start();
    const notifier = local(receiver);
    const send = (id: string) => notifier.onReply(message, conversation, metadata(id)) as Promise<unknown>;
    const held: ServerResponse[] = [];
    receiver.answer((response) => void held.push(response));
    const together = Promise.all(['1', '2', '3'].map(send));
    await eventually(() => assert.equal(held.length, 3, 'three connections'));
    for (const response of held) response.writeHead(204).end();
    await together;
    const old = new Set(held.map(({ req }) => req.socket.remotePort));
    receiver.answer((response, request) => {
      if (old.has(request.socket.remotePort)) request.socket.resetAndDestroy();
      else response.writeHead(204).end();
    });
    await send('4');
    assert.equal(receiver.received.at(-1)?.id, '4');
  });

  it('pauses an endpoint that keeps failing, and others continue', async () => {
    const [down, up] = [await start(), await start()];
    down.answer((response) => void response.writeHead(503).end());
    const options = { endpoints: [down.url, up.url], pauseAfterFailures: 2, pauseMs: 700 };
    const notifier = local(down, options);
    const call = (id: string) => notifier.onReply(message, conversation, metadata(id)) as Promise<unknown>;
    for (const id of ['1', '2']) await assert.rejects(call(id), { message: /status 503/ });
    await assert.rejects(call('3'), { message: /is not called for another 1 s/ });
    assert.deepEqual([down.received.length, up.received.length], [2, 3]);
    down.answer((response) => void response.writeHead(204).end());
    await sleep(800);
    await call('3');
    await call('4');
    assert.deepEqual([down.received.length, up.received.length], [4, 4]);
  });

  for (const [asks, status, headers, seconds] of [
    ['status 429 with Retry-After in seconds', 429, { 'retry-after': '120' }, /another 1\d\d s/],
    [
      'status 503 with Retry-After as a date',
      503,
      { 'retry-after': new Date(Date.now() + 900_000).toUTCString() },
      /another [5-8]\d\d s/,
    ],
    ['a Retry-After of a week, which counts as an hour', 429, { 'retry-after': '604800' }, /another 3[56]\d\d s/],
    ['status 410', 410, {}, /another 3[56]\d\d s/],
  ] as const)
    it(`pauses an endpoint at once that asks for it by ${asks}, and others continue`, async () => {
      const [asking, up] = [await start(), await start()];
      asking.answer((response) => void response.writeHead(status, headers).end());
      const notifier = local(asking, { endpoints: [asking.url, up.url] });
      const call = (id: string) => notifier.onReply(message, conversation, metadata(id)) as Promise<unknown>;
      await assert.rejects(call('1'), { message: new RegExp(`returned status ${status}`) });
      await assert.rejects(call('2'), { message: seconds });
      assert.deepEqual([asking.received.length, up.received.length], [1, 2]);
    });

  for (const value of ['', 'soon', '-5', '1e9', '0', new Date(0).toUTCString()])
    it(`takes a Retry-After of "${value}" for none`, async () => {
      const receiver = await start();
      receiver.answer((response) => void response.writeHead(429, { 'retry-after': value }).end());
      const notifier = local(receiver);
      for (const id of ['1', '2'])
        await assert.rejects(notifier.onReply(message, conversation, metadata(id)) as Promise<unknown>, {
          message: /returned status 429/,
        });
    });

  it('does not pause an endpoint that refuses single deliveries', async () => {
    const receiver = await start();
    receiver.answer((response) => void response.writeHead(422).end());
    const notifier = local(receiver, { pauseAfterFailures: 1 });
    for (const id of ['1', '2', '3'])
      await assert.rejects(notifier.onReply(message, conversation, metadata(id)) as Promise<unknown>, {
        message: /422/,
      });
    assert.equal(receiver.received.length, 3);
  });

  describe('refuses options', () => {
    const url = 'https://hooks.example.com/url-canary';
    const refused: [string, unknown, RegExp][] = [
      ['none', undefined, /options: expected an object/],
      ['without endpoints', { secret }, /endpoints: expected a list of at least one URL, found undefined/],
      ['with an empty list', { endpoints: [], secret }, /endpoints: expected a list of at least one URL/],
      ['without a secret', { endpoints: [url] }, /secret: expected "whsec_".*found undefined/],
      ['with an empty list of secrets', { endpoints: [url], secret: [] }, /secret: .*found an empty list/],
      ['with a secret of another form', { endpoints: [url], secret: 'canary-secret' }, /secret: .*found another text/],
      ['with a short secret', { endpoints: [url], secret: 'whsec_Y2FuYXJ5' }, /at least 24 bytes/],
      ['with a number as a URL', { endpoints: [7], secret }, /endpoints\[0\]\.?: expected an object|endpoints\[0\]/],
      ['with a path as a URL', { endpoints: ['/canary'], secret }, /endpoints\[0\]: .*found no URL/],
      [
        'with another protocol',
        { endpoints: ['ftp://canary.example'], secret },
        /a URL with another protocol \(ftp:\)/,
      ],
      [
        'with a password in the URL',
        { endpoints: ['https://u:canary@a.example'], secret },
        /without user and password/,
      ],
      [
        'without TLS',
        { endpoints: ['http://hooks.example.com/x'], secret },
        /an https URL, or a host that allowPrivate lists/,
      ],
      ['with an unknown key', { endpoints: [url], secret, secrets: [] }, /did you mean "secret"/],
      ['with an unknown key of an endpoint', { endpoints: [{ url, secret, retries: 3 }] }, /endpoints\[0\]\.retries/],
      ['with a time limit of 0', { endpoints: [url], secret, timeoutMs: 0 }, /timeoutMs: expected a whole number/],
    ];
    for (const [title, options, message] of refused)
      it(title, () => {
        const call = () => webhookNotifier(options as WebhookNotifierOptions);
        assert.throws(call, (error: unknown) => {
          assert.ok(error instanceof CairnloopError);
          assert.equal(error.code, 'INPUT_INVALID');
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /canary-secret|url-canary|u:canary|Y2FuYXJ5/);
          return true;
        });
      });
  });
});

describe('webhookNotifier in a worker', () => {
  const { startHost } = useHosts();

  it('delivers a resolution, and keeps secrets, URLs and responses out of deliveries and logs', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => void response.writeHead(500).end('answer-canary'));
    const notifier = webhookNotifier({ endpoints: [receiver.url], secret, allowPrivate: ['127.0.0.1'] });
    const host = await startHost({ notifier });
    const { id } = await host.cairnloop.conversations.open({ message: customerText });
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(() => assert.ok(receiver.received.length > 0, 'nothing was received'));
    const failing = await eventually(async () => {
      const [delivery] = await host.deliveries('conversation_resolved');
      assert.match(delivery?.lastError ?? '', /1 of 1 webhook endpoints did not accept .* returned status 500/);
      return delivery;
    });
    receiver.answer((response) => void response.writeHead(204).end());
    await host.advance(3_600_000);
    await eventually(async () => assert.equal((await host.deliveries('conversation_resolved'))[0]?.state, 'done'));
    assert.ok(receiver.received.every((one) => one.id === failing?.id && isSignedWith(secret, one)));
    const said = JSON.stringify([failing?.lastError, host.log]);
    assert.doesNotMatch(said, /canary|whsec|MDEyMzQ1/);
    await receiver.close();
  });
});

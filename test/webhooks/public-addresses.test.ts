import assert from 'node:assert/strict';
import type { Conversation, Message } from '../../src/contracts/domain.js';
import { isPublicAddress, lookupPublicAddress } from '../../src/webhooks/public-addresses.js';
import { webhookNotifier } from '../../src/webhooks/webhook-notifier.js';
import { secret, startReceiver } from './receiver.js';

const message = { id: 'm-1', content: 'Hi', createdAt: new Date(0), metadata: {} } as unknown as Message;
const conversation = { id: 'c-1' } as unknown as Conversation;

describe('webhooks: public addresses', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a00::1'])
    it(`${address} is one`, () => assert.equal(isPublicAddress(address), true));

  for (const address of [
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
    ...['172.16.0.1', '172.31.255.255', '192.168.1.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1'],
    ...['2002:7f00:1::', '2001::1', '2001:db8::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'ff02::1'],
    ...['', 'localhost', 'fec0::1', '100::1'],
  ])
    it(`${address || 'an empty text'} is none`, () => assert.equal(isPublicAddress(address), false));
});

describe('webhooks: endpoints on private addresses', () => {
  const call = (endpoint: string, allowPrivate: boolean | string[] = false) =>
    webhookNotifier({ endpoints: [endpoint], secret, allowPrivate, timeoutMs: 5000 }).onReply(message, conversation, {
      deliveryId: '1',
      attempt: 1,
    }) as Promise<unknown>;
  const refused = {
    code: 'WEBHOOK_FAILED',
    message: /has a private, loopback, link-local or reserved address/,
    hint: /name the host of the endpoint in allowPrivate/,
  };

  for (const host of [
    ...['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', 'localhost', '[::1]', '0.0.0.0'],
    ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '169.254.169.254', '[fd00:ec2::254]', '10.1.2.3', '[64:ff9b::7f00:1]'],
  ])
    it(`are not called: ${host}`, () => assert.rejects(call(`https://${host}:9/`), refused));

  it('are not called by a name that resolves to one, unless they are allowed', async () => {
    const receiver = await startReceiver();
    const byName = receiver.url.replace('127.0.0.1', 'localhost');
    await assert.rejects(call(byName), refused);
    await assert.rejects(call(receiver.url), refused);
    await assert.rejects(call(byName, ['hooks.internal']), refused);
    assert.equal(receiver.received.length, 0);
    await call(byName, ['localhost']);
    await call(receiver.url, true);
    assert.equal(receiver.received.length, 2);
    await receiver.close();
  });

  it('are not called over a connection that another notifier, which may, has kept open to the same name', async () => {
    const receiver = await startReceiver();
    const byName = receiver.url.replace('127.0.0.1', 'localhost');
    await call(byName, true);
    await assert.rejects(call(byName), refused);
    assert.equal(receiver.received.length, 1);
    await receiver.close();
  });

  for (const all of [true, false])
    it(`the lookup of a connection refuses a private name (all: ${all})`, async () => {
      const code = await new Promise((resolve) =>
        lookupPublicAddress('localhost', { all }, (error) => resolve((error as { code?: string } | null)?.code)),
      );
      assert.equal(code, 'ADDRESS_REFUSED');
    });
});

import { strict as assert } from 'node:assert';
import { findCustomerName } from '../../src/context/customer-name.js';
import { useHosts } from '../support/started-host.js';

describe('the customer of a conversation', () => {
  const { startHost } = useHosts();

  it('is stored by open with name and address, returned by every call, and found by search', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const customer = { name: 'Zoë Brontë', email: 'zoe@example.com' };
    const { id } = await conversations.open({ actorId: 'c-1', customer, message: 'Hello' });
    assert.deepEqual((await conversations.get(id)).customer, customer);
    assert.deepEqual((await conversations.list()).items[0]?.customer, customer);
    const resolved = await conversations.resolve(id, { resolvedBy: { id: 'op-7' } });
    assert.deepEqual(resolved.customer, customer);
    for (const search of ['bront', 'zoe@example'])
      assert.deepEqual(
        (await conversations.list({ search })).items.map((one) => one.id),
        [id],
      );
  });

  it('is null without either, and reduces each to one line', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const customerOf = async (customer: object | null | undefined) =>
      (await cairnloop.conversations.open({ customer })).customer;
    assert.deepEqual(
      [await customerOf(undefined), await customerOf(null), await customerOf({}), await customerOf({ name: null })],
      [null, null, null, null],
    );
    assert.deepEqual(await customerOf({ name: ' Ada \n Lovelace ' }), { name: 'Ada Lovelace' });
    assert.deepEqual(await customerOf({ email: 'ada@example.com' }), { email: 'ada@example.com' });
  });

  for (const [what, customer] of [
    ['an unknown key', { name: 'Ada', phone: '1' }],
    ['a name that is too long', { name: 'x'.repeat(201) }],
    ['a blank name', { name: ' \n' }],
    ['a name that is no text', { name: 7 }],
    ['an address without an @', { email: 'ada' }],
    ['an address with a space', { email: 'ada @example.com' }],
    ['an address that is too long', { email: `${'x'.repeat(320)}@example.com` }],
    ['a text', 'Ada'],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      const { cairnloop } = await startHost({}, { worker: false });
      await assert.rejects(cairnloop.conversations.open({ customer: customer as object }), { code: 'INPUT_INVALID' });
      assert.equal(await cairnloop.conversations.count(), 0);
    });
  }
});

describe('the customer’s name in context facts', () => {
  it('is a text under name, at the top or in a section about a person', () => {
    assert.equal(findCustomerName({ name: ' Ada  Lovelace ' }), 'Ada Lovelace');
    assert.equal(findCustomerName({ Plan: { name: 'Business' }, 'User details': { full_name: 'Ada' } }), 'Ada');
    assert.equal(findCustomerName({ customer: { displayName: 'Ada' } }), 'Ada');
  });

  it('is never taken from a plan or a company, nor from a value that is no short text', () => {
    for (const facts of [
      null,
      {},
      { Plan: { name: 'Business' } },
      { company: { name: 'Acme' } },
      { user: 'Ada' },
      { users: [{ name: 'Ada' }] },
      { name: 7 },
      { name: ' ' },
      { name: 'x'.repeat(201) },
    ])
      assert.equal(findCustomerName(facts), null);
  });
});

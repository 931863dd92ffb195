import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactActorId, redactActorIdInText } from '../../src/customers/without-actor-id.js';

describe('a text without the id of a customer', () => {
  it('does not hold the id as a word, with any characters in the id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
        fc.pre(id.trim() !== '');
        assert.equal(redactActorIdInText(`of ${id.trim()} today`, id), 'of [erased] today');
      }),
    );
    const odd = ['a+b@x.org', 'cust-7', '(7)', '$1', 'a|b', '[x]', '\\d', 'Ünï', '7', '/'];
    for (const id of odd)
      assert.equal(redactActorIdInText(`Mail of ${id}, again ${id}`, id), 'Mail of [erased], again [erased]');
  });

  it('keeps words that only contain the id', () => {
    assert.equal(redactActorIdInText('Ticket 771, room 7a, 7', '7'), 'Ticket 771, room 7a, [erased]');
    assert.equal(redactActorIdInText('nothing to see', 'user_1'), 'nothing to see');
  });

  it('of an actor keeps the actor, except the customer', () => {
    assert.deepEqual(redactActorId({ id: 'op-1', name: 'Ada' }, 'cust-7'), { id: 'op-1', name: 'Ada' });
    assert.deepEqual(redactActorId({ id: 'cust-7', name: 'Ada' }, 'cust-7'), { id: 'system:customer' });
    assert.deepEqual(redactActorId({ id: 'web:cust-7' }, 'cust-7'), { id: 'web:[erased]' });
  });
});

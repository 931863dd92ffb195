import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  auditChainStart,
  hashAuditEvent,
  type SealedAuditEvent,
  sealAuditEvents,
  verifyAuditChain,
} from '../../src/audit/hash-chain.js';
import type { AuditEvent } from '../../src/contracts/domain.js';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const events = fc.array(
  fc.record<AuditEvent>({
    id: fc.uuid(),
    at: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
    actor: fc.record({ id: text, name: text }, { requiredKeys: ['id'] }),
    action: text,
    conversationId: fc.option(fc.uuid()),
    subjectId: fc.option(fc.uuid()),
    detail: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>, { maxKeys: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
);

const chains = events.map((list) => sealAuditEvents(auditChainStart, list));
/** A chain and one of its places. */
const places = chains.chain((chain) => fc.tuple(fc.constant(chain), fc.nat(chain.length - 1)));

const brokenAt = (chain: SealedAuditEvent[]) => verifyAuditChain(chain).broken?.seq;

describe('audit/hash-chain', () => {
  it('verifies every sealed record, whether it was sealed in one batch or in several', () => {
    fc.assert(
      fc.property(events, fc.nat(12), (list, cut) => {
        const first = sealAuditEvents(auditChainStart, list.slice(0, cut));
        const whole = [...first, ...sealAuditEvents(first.at(-1) ?? auditChainStart, list.slice(cut))];
        assert.deepEqual(whole, sealAuditEvents(auditChainStart, list));
        const { seq, hash } = whole.at(-1) as SealedAuditEvent;
        assert.deepEqual(verifyAuditChain(whole), { end: { seq, hash }, broken: null });
      }),
    );
  });

  it('finds a change of any field, and names the event', () => {
    const changes: ((event: SealedAuditEvent) => Partial<SealedAuditEvent>)[] = [
      ({ id }) => ({ id: `${id}0` }),
      ({ at }) => ({ at: new Date(new Date(at).getTime() + 1) }),
      ({ at }) => ({ at: new Date(at).toISOString().replace('Z', '001Z') }),
      ({ actor }) => ({ actor: { ...actor, id: `${actor.id}x` } }),
      ({ actor }) => ({ actor: { ...actor, name: `${actor.name ?? ''}x` } }),
      ({ action }) => ({ action: `${action}x` }),
      ({ conversationId }) => ({ conversationId: conversationId ? null : 'c' }),
      ({ subjectId }) => ({ subjectId: subjectId ? null : 's' }),
      ({ detail }) => ({ detail: { ...detail, 'one more': null } }),
      ({ hash }) => ({ hash: hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }),
    ];
    fc.assert(
      fc.property(places, fc.constantFrom(...changes), ([chain, at], change) => {
        const event = chain[at] as SealedAuditEvent;
        assert.equal(brokenAt(chain.with(at, { ...event, ...change(event) })), at + 1);
      }),
    );
  });

  it('finds that an event was removed, unless it was the last', () => {
    fc.assert(
      fc.property(places, ([chain, at]) => {
        const left = chain.toSpliced(at, 1);
        assert.equal(brokenAt(left), at === chain.length - 1 ? undefined : at + 1);
      }),
    );
  });

  it('finds two events that were swapped, with or without their numbers', () => {
    fc.assert(
      fc.property(places, fc.nat(11), ([chain, at], other) => {
        const [a, b] = [chain[at], chain[other]];
        fc.pre(a !== undefined && b !== undefined && a !== b);
        const first = Math.min(at, other) + 1;
        assert.equal(brokenAt(chain.with(at, b).with(other, a)), first);
        const renumbered = chain.with(at, { ...b, seq: a.seq }).with(other, { ...a, seq: b.seq });
        assert.equal(brokenAt(renumbered), first);
        const resealed = chain.with(at, { ...b, seq: a.seq, hash: a.hash });
        assert.equal(brokenAt(resealed), at + 1);
      }),
    );
  });

  it('finds an event that was inserted', () => {
    fc.assert(
      fc.property(places, ([chain, at]) => {
        const event = chain[at] as SealedAuditEvent;
        assert.equal(brokenAt(chain.toSpliced(at, 0, event)), at + 2);
      }),
    );
  });

  it('does not depend on the order of keys, which jsonb does not keep', () => {
    const event = { id: 'e', at: new Date(0), actor: { id: 'a' }, action: 'x', conversationId: null, subjectId: null };
    assert.equal(
      hashAuditEvent(auditChainStart.hash, 1, { ...event, detail: { a: 1, b: { c: 2, d: 3 } } }),
      hashAuditEvent(auditChainStart.hash, 1, { detail: { b: { d: 3, c: 2 }, a: 1 }, ...event }),
    );
  });

  it('can be checked by code that follows the documented format alone', () => {
    const event = { id: 'e', at: new Date(0), actor: { id: 'a' }, action: 'x', conversationId: null, subjectId: 's' };
    const canonical =
      '{"action":"x","actor":{"id":"a"},"at":"1970-01-01T00:00:00.000Z","conversationId":null,"detail":{"n":1},"id":"e","seq":1,"subjectId":"s"}';
    const expected = createHash('sha256')
      .update(`${'0'.repeat(64)}\n${canonical}`)
      .digest('hex');
    assert.equal(hashAuditEvent(auditChainStart.hash, 1, { ...event, detail: { n: 1 } }), expected);
  });

  it('reports an unreadable event as broken', () => {
    const [sealed] = sealAuditEvents(auditChainStart, [
      { id: 'e', at: new Date(0), actor: { id: 'a' }, action: 'x', conversationId: null, subjectId: null, detail: {} },
    ]) as [SealedAuditEvent];
    assert.equal(brokenAt([{ ...sealed, detail: { n: Number.POSITIVE_INFINITY } }]), 1);
  });
});

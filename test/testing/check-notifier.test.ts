import assert from 'node:assert/strict';
import type { ErasedCustomer } from '../../src/contracts/customer-data.js';
import type { AuditAnchor, Conversation, Message } from '../../src/contracts/domain.js';
import type { CallbackMetadata } from '../../src/contracts/notifier.js';
import { err, ok } from '../../src/contracts/result.js';
import { checkNotifier } from '../../src/testing.js';
import { codesOf } from './codes-of.js';

const good = {
  onConversationResolved() {},
  onSlaBreach: async () => ok(undefined),
  onOutboundTriggered: () => Promise.resolve(ok({ providerId: 'm-1' })),
};

/** A provider that honours idempotency keys, as a class whose methods need `this`. */
class Mailer {
  private readonly sent = new Map<string, Message>();
  get count(): number {
    return this.sent.size;
  }
  onConversationResolved(): void {}
  onSlaBreach(): void {}
  async onOutboundTriggered(message: Message): Promise<void> {
    this.sent.set(String(message.metadata.deliveryId), message);
  }
}

describe('checkNotifier', () => {
  it('finds nothing wrong with a good notifier, and prints a readable report', async () => {
    const report = await checkNotifier(good);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.warnings, []);
    assert.equal(report.ok, true);
    assert.match(String(report), /^notifier: keeps its contract\n\[ok\] PASSED shape: has every method\n/);
    assert.match(String(report), /\[ok\] PASSED onSlaBreach, odd data: 13 calls/);
  });

  it('calls methods on a class instance, with frozen data of the shape that the worker passes', async () => {
    const mailer = new Mailer();
    assert.deepEqual((await checkNotifier(mailer, { effects: () => mailer.count })).problems, []);
    assert.ok(mailer.count > 30);
    const seen: Conversation[] = [];
    await checkNotifier({ ...good, onConversationResolved: (given: Conversation) => void seen.push(given) });
    assert.ok(seen.every((conversation) => Object.isFrozen(conversation) && Object.isFrozen(conversation.messages)));
    assert.ok(seen.every((conversation) => conversation.resolvedAt instanceof Date && conversation.resolvedBy));
  });

  it('NT13 METHOD_MISSING names the method', async () => {
    const report = await checkNotifier({ onConversationResolved() {}, onOutboundTriggered() {} });
    assert.deepEqual(codesOf(report), ['METHOD_MISSING']);
    assert.match(report.problems[0] ?? '', /notifier\.onSlaBreach: expected a method, found nothing/);
    assert.equal(report.ok, false);
  });

  it('NOT_A_MODULE: the class instead of an instance', async () => {
    const report = await checkNotifier(Mailer);
    assert.deepEqual(codesOf(report), ['NOT_A_MODULE']);
    assert.match(report.problems[0] ?? '', /write new Mailer\(\)/);
  });

  it('THROWS: synchronously or not, with any thrown value', async () => {
    const report = await checkNotifier({
      onConversationResolved() {
        throw 'no CRM';
      },
      onSlaBreach: () => Promise.reject(new Error('no pager')),
      onOutboundTriggered: () => Promise.reject(),
    });
    assert.deepEqual(codesOf(report), ['THROWS', 'THROWS', 'THROWS']);
    assert.match(report.problems.join(), /onConversationResolved: threw no CRM.*onSlaBreach: threw no pager/);
  });

  it('THROWS on odd data only, and names the sample', async () => {
    const report = await checkNotifier({
      ...good,
      onSlaBreach: (conversation: Conversation) => conversation.actorId?.length ?? assert.fail('no customer'),
    });
    assert.deepEqual(codesOf(report), ['THROWS']);
    assert.match(report.problems[0] ?? '', /onSlaBreach, odd data: threw no customer \(only required fields\)/);
  });

  it('THROWS: a callback that reads messages, which a breach does not have', async () => {
    const report = await checkNotifier({
      ...good,
      onSlaBreach: (conversation: Conversation) => (conversation.messages as Message[]).length,
    });
    assert.deepEqual(codesOf(report), ['THROWS']);
  });

  it('HANGS: a callback that never settles, and one too slow for the time-out', async () => {
    const slow = () => new Promise((resolve) => setTimeout(resolve, 60_000).unref());
    const report = await checkNotifier(
      { ...good, onSlaBreach: () => new Promise(() => {}), onOutboundTriggered: slow },
      { timeoutMs: 20 },
    );
    assert.deepEqual(codesOf(report), ['HANGS', 'HANGS']);
  });

  it('BLOCKS: a callback that holds the event loop', async () => {
    let once = true;
    const block = () => {
      if (once) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1050);
      once = false;
    };
    const report = await checkNotifier({ ...good, onSlaBreach: block }, { timeoutMs: 5000 });
    assert.deepEqual(codesOf(report), ['BLOCKS']);
    assert.deepEqual(report.problems, []);
  });

  it('MUTATES_INPUT: a frozen object, and a date', async () => {
    const report = await checkNotifier({
      ...good,
      onConversationResolved: (conversation: Conversation) => {
        conversation.subject = 'mine';
      },
      onSlaBreach: (conversation: Conversation) => void conversation.createdAt.setFullYear(1999),
    });
    assert.deepEqual([...new Set(codesOf(report))], ['MUTATES_INPUT']);
    assert.match(report.problems.join('\n'), /changed its input.*\n.*changed the time of a date/);
  });

  it('POLLUTES_PROTOTYPE: metadata merged key by key; the check cleans up afterwards', async () => {
    const merge = (target: Record<string, unknown>, source: Record<string, unknown>) => {
      for (const [key, value] of Object.entries(source)) {
        target[key] ??= value;
        if (typeof value === 'object') merge(target[key] as Record<string, unknown>, value as Record<string, unknown>);
      }
    };
    const report = await checkNotifier({
      ...good,
      onConversationResolved: (conversation: Conversation) => merge({}, conversation.metadata),
    });
    assert.deepEqual(codesOf(report), ['POLLUTES_PROTOTYPE']);
    assert.equal('polluted' in {}, false);
  });

  it('FAILS_CONCURRENTLY: a callback that can only run alone', async () => {
    let running = 0;
    const alone = async () => {
      running += 1;
      try {
        if (running > 1) throw new Error('busy');
        await new Promise((resolve) => setImmediate(resolve));
      } finally {
        running -= 1;
      }
    };
    const report = await checkNotifier({ ...good, onSlaBreach: alone });
    assert.deepEqual(codesOf(report), ['FAILS_CONCURRENTLY']);
    assert.match(report.problems[0] ?? '', /19 of 20 calls failed/);
  });

  it('REPEATS_EFFECT: a mail for every attempt', async () => {
    const mails: Message[] = [];
    const notifier = { ...good, onOutboundTriggered: (message: Message) => void mails.push(message) };
    const report = await checkNotifier(notifier, { effects: () => mails.length });
    assert.deepEqual(codesOf(report), ['REPEATS_EFFECT']);
    assert.match(report.problems[0] ?? '', /onOutboundTriggered, the same delivery twice: .*deliveryId/);
  });

  it('ANSWERS_ERR and ANSWER_IGNORED: return values that do not mean what they seem to', async () => {
    const report = await checkNotifier({
      onConversationResolved: () => err('CRM is down'),
      onSlaBreach: () => err('pager is down'),
      onOutboundTriggered: () => false,
    });
    assert.deepEqual([...new Set(codesOf(report))], ['ANSWER_IGNORED', 'ANSWERS_ERR']);
    assert.deepEqual(report.problems, []);
    assert.match(report.warnings.join('\n'), /onSlaBreach: returned err \(pager is down\)/);
  });

  it('LP1 calls onReply if it exists, with a pending reply and who answered', async () => {
    const seen: unknown[][] = [];
    const onReply = (...given: unknown[]) => void seen.push(given);
    assert.deepEqual((await checkNotifier({ ...good, onReply })).problems, []);
    assert.ok(seen.length > 30);
    for (const [message, conversation, metadata] of seen as [Message, Conversation, CallbackMetadata][]) {
      assert.deepEqual([message.role, message.status, message.sentAt], ['operator', 'pending', null]);
      assert.equal(message.conversationId, conversation.id);
      assert.equal(conversation.messages, undefined);
      assert.deepEqual(metadata.actor, message.author);
      assert.match(metadata.deliveryId, /^check-onReply-/);
      assert.ok(Object.isFrozen(message) && Object.isFrozen(conversation) && Object.isFrozen(metadata));
    }
  });

  it('calls onCustomerErased if it exists, with an id, counts and who erased', async () => {
    const seen: unknown[][] = [];
    const onCustomerErased = (...given: unknown[]) => void seen.push(given);
    assert.deepEqual((await checkNotifier({ ...good, onCustomerErased })).problems, []);
    assert.ok(seen.length > 30);
    for (const [erased, metadata] of seen as [ErasedCustomer, CallbackMetadata][]) {
      assert.ok(erased.actorId !== '' && erased.erasedAt instanceof Date && erased.messages > 0);
      assert.match(metadata.deliveryId, /^check-onCustomerErased-/);
      assert.ok(metadata.actor?.id && Object.isFrozen(erased) && Object.isFrozen(metadata));
    }
    const throws = { ...good, onCustomerErased: () => Promise.reject(new Error('no CRM')) };
    assert.match((await checkNotifier(throws)).problems.join(), /onCustomerErased: threw no CRM/);
  });

  it('LP1 finds the same faults in onReply as in the other callbacks', async () => {
    const mails: Message[] = [];
    const repeats = { ...good, onReply: (message: Message) => void mails.push(message) };
    assert.deepEqual(codesOf(await checkNotifier(repeats, { effects: () => mails.length })), ['REPEATS_EFFECT']);
    const throws = { ...good, onReply: () => Promise.reject(new Error('no mailer')) };
    assert.match((await checkNotifier(throws)).problems.join(), /onReply: threw no mailer/);
    const answersErr = await checkNotifier({ ...good, onReply: () => err('mailbox full') });
    assert.match(answersErr.warnings.join(), /onReply: returned err \(mailbox full\)/);
    const misshapen = await checkNotifier({ ...good, onReply: 'mail' });
    assert.match(misshapen.problems.join(), /notifier\.onReply: expected a method, found /);
  });

  it('calls onAuditAnchor if it exists, with an anchor, and finds the same faults in it', async () => {
    const seen: unknown[][] = [];
    const onAuditAnchor = (...given: unknown[]) => void seen.push(given);
    assert.deepEqual((await checkNotifier({ ...good, onAuditAnchor })).problems, []);
    for (const [anchor, metadata] of seen as [AuditAnchor, CallbackMetadata][]) {
      assert.match(`${anchor.seq}:${anchor.hash}`, /^\d+:[0-9a-f]{64}$/);
      assert.match(metadata.deliveryId, /^check-onAuditAnchor-/);
      assert.ok(Object.isFrozen(anchor) && Object.isFrozen(metadata));
    }
    const throws = { ...good, onAuditAnchor: () => Promise.reject(new Error('no bucket')) };
    assert.match((await checkNotifier(throws)).problems.join(), /onAuditAnchor: threw no bucket/);
    const misshapen = await checkNotifier({ ...good, onAuditAnchor: 'file' });
    assert.match(misshapen.problems.join(), /notifier\.onAuditAnchor: expected a method, found /);
  });

  it('discards what the callbacks print to a console that is handed in, and gives it back as it was', async () => {
    const printed: unknown[] = [];
    const console = { info: (text: unknown) => printed.push(text), level: 'info' };
    const before = { ...console };
    const print = () => void console.info('called');
    const notifier = { onConversationResolved: print, onSlaBreach: print, onOutboundTriggered: print };
    assert.deepEqual((await checkNotifier(notifier, { silence: console })).problems, []);
    assert.deepEqual(printed, []);
    assert.deepEqual(console, before);
    await checkNotifier(notifier);
    assert.ok(printed.length > 3);
  });

  it('NOT_CALLED: a dry check calls no callback', async () => {
    const fail = () => assert.fail('was called');
    const notifier = { onConversationResolved: fail, onSlaBreach: fail, onOutboundTriggered: fail };
    const report = await checkNotifier(notifier, { dry: true });
    assert.deepEqual(report.problems, []);
    assert.ok(report.findings.some((finding) => finding.code === 'NOT_CALLED'));
  });
});

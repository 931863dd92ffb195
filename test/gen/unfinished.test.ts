import assert from 'node:assert/strict';
import { unfinishedMethods } from '../../src/gen/unfinished.js';

/** The method of a module whose text is `code`, as a compiler or a person may have left it. */
const isUnfinished = (name: string, code: string): boolean => {
  const [key = '', method = ''] = name.split('.');
  const made = new Function(`return { ${method}: ${code} };`)();
  return unfinishedMethods({ [key]: made } as never).includes(name as never);
};

interface Case {
  unfinished: string[];
  finished: string[];
}

const notImplemented: Case = {
  unfinished: [
    "() => err('not_implemented')",
    '() => err("not_implemented")',
    '() => (0, cairnloop_1.err)("not_implemented")',
    "function () { return err('not_implemented'); }",
    'function () {\n  // TODO: send it\n  return err( `not_implemented` )\n}',
    "function () { /* { later } */ return err('not_implemented'); }",
    "async (message) => err('not_implemented')",
  ],
  finished: [
    "() => err('not_sent')",
    "(message) => message ? err('not_implemented') : send({})",
    "function (message) { send(message); return err('not_implemented'); }",
    "function (message) { if (!message) { return err('not_implemented'); } return send(message); }",
    "(message) => send(message, 'x', err('not_implemented'))",
  ],
};

const cases: Record<string, Case> = {
  'notifier.onOutboundTriggered': notImplemented,
  'notifier.onReply': notImplemented,
  'notifier.onConversationResolved': {
    unfinished: [
      "function (conversation) { console.info('conversation resolved', { id: conversation.id }); }",
      "(conversation) => log('conversation resolved')",
      "(conversation) => {\n  // sends nothing (yet)\n  console.info('conversation resolved');\n}",
    ],
    finished: [
      "function (conversation) { console.info('conversation resolved'); send(conversation); }",
      "(conversation) => console.info('resolved')",
      '() => {}',
    ],
  },
  'notifier.onSlaBreach': {
    unfinished: ["(conversation) => console.info('SLA breached', { id: conversation.id })"],
    finished: ["(conversation) => console.info('conversation resolved')", "(c) => page(c.of(), 'SLA breached')"],
  },
  'contextProvider.getContext': {
    unfinished: ['() => ok({})', '() => ok( { } )', 'function () { return (0, c.ok)({}); }'],
    finished: ['() => ok({ Account: 1 })', '(id) => ok(load(id))'],
  },
  'automationPolicy.decide': {
    unfinished: ["() => 'require_approval'", 'function () { return "require_approval"; }'],
    finished: [
      "() => 'allow'",
      "(draft) => draft ? 'require_approval' : 'allow'",
      "() => 'deny' || 'require_approval'",
    ],
  },
  'slaPolicyProvider.getActivePolicies': {
    unfinished: ['() => ok(policies)', 'async () => ok( policies )'],
    finished: ['() => ok(load())', '() => ok([])', '() => policies'],
  },
};

describe('gen/unfinished', () => {
  for (const [name, { unfinished, finished }] of Object.entries(cases)) {
    it(`${name} is unfinished as the template has it, and finished once it does more`, () => {
      for (const code of unfinished) assert.equal(isUnfinished(name, code), true, code);
      for (const code of finished) assert.equal(isUnfinished(name, code), false, code);
    });
  }

  it('a missing module, method or function is not unfinished', () => {
    assert.deepEqual(unfinishedMethods({}), []);
    assert.deepEqual(unfinishedMethods({ notifier: { onReply: "() => err('not_implemented')" } as never }), []);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { type Decision, type DraftStatus, decisions } from '../../src/contracts/domain.js';
import { nextDraftStatus } from '../../src/drafts/draft-states.js';
import { isCairnloopError } from '../../src/foundation/errors.js';
import { answer, recordingPolicy, sentTexts } from '../support/drafting.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const operators = ['op-1', 'op-2'] as const;
type By = (typeof operators)[number];

/** What can happen; `draft` counts from the newest. */
type Step =
  | { type: 'receive' | 'note' | 'reply' | 'resolve' | 'reopen' }
  | { type: 'propose'; decision: Decision }
  | { type: 'approve' | 'edit' | 'discard'; draft: number; by: By };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('receive', 'note', 'reply', 'resolve', 'reopen') }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('propose'), decision: fc.constantFrom(...decisions) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('approve', 'edit', 'discard'),
      draft: fc.nat(2),
      by: fc.constantFrom(...operators),
    }),
  },
) as fc.Arbitrary<Step>;

/** What the conversation should be like; written from the statements, not from the code. */
interface Model {
  open: boolean;
  drafts: { status: DraftStatus; by: By | null }[];
  sent: string[];
}

const born: Record<Decision, DraftStatus> = {
  allow: 'allowed',
  draft_only: 'prepared',
  require_approval: 'pending',
  deny: 'denied',
};

/** Applies a step to the model; returns the code that it should be refused with, or null. */
function expected(model: Model, step: Step): string | null {
  switch (step.type) {
    case 'receive':
      model.open = true;
      for (const draft of model.drafts) {
        const next = nextDraftStatus(draft.status, 'supersede');
        if (next.ok) draft.status = next.status;
      }
      return null;
    case 'resolve':
    case 'reopen':
      model.open = step.type === 'reopen';
      return null;
    case 'note':
      return null;
    case 'reply':
      if (!model.open) return 'CONVERSATION_RESOLVED';
      model.sent.push('by hand');
      return null;
    case 'propose':
      if (!model.open) return 'CONVERSATION_RESOLVED';
      model.drafts.push({ status: born[step.decision], by: null });
      if (step.decision === 'allow') model.sent.push(answer.content);
      return null;
    default:
      return settled(model, step);
  }
}

function settled(model: Model, step: Extract<Step, { by: By }>): string | null {
  const draft = model.drafts.at(-1 - step.draft);
  if (!draft) return null;
  const next = nextDraftStatus(draft.status, step.type);
  if (!next.ok) return 'DRAFT_NOT_PENDING';
  if (step.type !== 'discard' && !model.open) return 'CONVERSATION_RESOLVED';
  if (step.type !== 'discard') model.sent.push(step.type === 'edit' ? `edited by ${step.by}` : answer.content);
  draft.status = next.status;
  draft.by = step.by;
  return null;
}

describe('drafts: the state machine on a real Postgres', () => {
  const { startHost } = useHosts();

  /** Does to the real thing what a step says; returns the code of its refusal, or null. */
  const done = async ({ conversations, drafts }: Cairnloop, id: string, step: Step): Promise<string | null> => {
    const known = await drafts.listForConversation(id);
    const act = {
      receive: () => conversations.receive(id, { content: 'Hello?' }),
      note: () => conversations.note(id, { content: 'Hm', actor: operator }),
      reply: () => conversations.reply(id, { content: 'by hand', actor: operator }),
      resolve: () => conversations.resolve(id, { resolvedBy: operator }),
      reopen: () => conversations.reopen(id, { actor: operator }),
      propose: () => drafts.propose(id, { ...answer, summary: 'decision' in step ? step.decision : '' }),
      approve: (draftId: string, by: By) => drafts.approve(draftId, { actor: { id: by } }),
      edit: (draftId: string, by: By) => drafts.edit(draftId, { actor: { id: by }, content: `edited by ${by}` }),
      discard: (draftId: string, by: By) => drafts.discard(draftId, { actor: { id: by } }),
    };
    const target = 'draft' in step ? known.at(-1 - step.draft) : undefined;
    if ('draft' in step && !target) return null;
    try {
      if ('draft' in step) await act[step.type](target?.id ?? '', step.by);
      else await act[step.type]();
      return null;
    } catch (error) {
      if (!isCairnloopError(error)) throw error;
      return error.code;
    }
  };

  const start = () => {
    const { automationPolicy } = recordingPolicy((proposal) => proposal.summary);
    return startHost({ automationPolicy, database: { poolSize: 10 } }, { worker: false });
  };

  const settledDrafts = async ({ cairnloop }: StartedHost, id: string) =>
    (await cairnloop.drafts.listForConversation(id)).map(({ status, settledBy }) => ({
      status,
      by: operators.find((by) => by === settledBy?.id) ?? null,
    }));

  it('AP4, AP9 equals the reference model for any sequence of calls', async () => {
    const host = await start();
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 15 }), async (history) => {
        const model: Model = { open: true, drafts: [], sent: [] };
        const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
        for (const step of history)
          assert.equal(await done(host.cairnloop, id, step), expected(model, step), step.type);
        assert.deepEqual(await settledDrafts(host, id), model.drafts);
        assert.deepEqual(
          (await sentTexts(host, id)).map(({ content }) => content),
          model.sent,
        );
      }),
      { numRuns: 100 },
    );
  }).timeout(300_000);

  it('AP4, F12 under concurrent calls a draft becomes at most one message, and only by a legal transition', async () => {
    const host = await start();
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 8 }), async (atOnce) => {
        const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
        await host.cairnloop.drafts.propose(id, { ...answer, summary: 'require_approval' });
        await Promise.all(atOnce.map((step) => done(host.cairnloop, id, step)));
        const { messages = [] } = await host.cairnloop.conversations.get(id);
        for (const draft of await host.cairnloop.drafts.listForConversation(id)) {
          const became = messages.filter(({ metadata }) => metadata.draftId === draft.id);
          const isSent = ['approved', 'edited', 'allowed'].includes(draft.status);
          assert.deepEqual(
            became.map((message) => message.id),
            isSent ? [draft.messageId] : [],
          );
          const seen = messages.findIndex((message) => message.id === draft.basedOnMessageId);
          const overtaken = messages.slice(seen + 1).some(({ role }) => role === 'customer');
          assert.ok(!(draft.status === 'pending' && overtaken), 'a draft that waits has seen every customer message');
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(300_000);
});

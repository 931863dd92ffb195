import assert from 'node:assert/strict';
import type { Decision } from '../../src/contracts/domain.js';
import { err, ok } from '../../src/contracts/result.js';
import { recordingPolicy } from './drafting.js';
import { terms } from './error-causes.js';
import { eventually } from './eventually.js';
import { recordingNotifier } from './recording-notifier.js';
import { operator as actor, policies, type StartedHost, type useHosts } from './started-host.js';

export interface CustomerThreads extends StartedHost {
  /** A conversation with one of each that a conversation can hold, and the texts that its customer must never see. */
  everything(actorId: string): Promise<{ id: string; secrets: string[] }>;
  /** Waits until so many outbound messages were handed over. */
  outboundSent(count: number): Promise<void>;
}

/** A host whose policy decides by the summary of a proposal, and whose notifier fails for "Failing words". */
export async function drafting(startHost: ReturnType<typeof useHosts>['startHost']): Promise<CustomerThreads> {
  const { notifier } = recordingNotifier(({ message }) =>
    message?.content === 'Failing words' ? err('no address') : ok(undefined),
  );
  const { automationPolicy } = recordingPolicy(({ summary }) => summary as Decision);
  const host = await startHost({
    notifier,
    automationPolicy,
    slaPolicyProvider: policies(terms),
    worker: { maxAttempts: 1 },
  });
  const outboundIs = (status: string, count: number) =>
    eventually(async () => {
      const { rows } = await host.database.query('SELECT FROM cairnloop.messages WHERE status = $1', [status]);
      assert.equal(rows.length, count);
    });
  return {
    ...host,
    outboundSent: (count) => outboundIs('sent', count),
    async everything(actorId) {
      const { conversations, drafts, outbound, sla } = host.cairnloop;
      const { id } = await conversations.open({
        actorId,
        hostUserId: 'secret-host-user',
        subject: 'My order',
        priority: terms.priority,
        tags: ['secret-tag'],
        metadata: { secret: 'secret-metadata' },
        message: 'Where is my order?',
      });
      const propose = (content: string, decision: Decision) =>
        drafts.propose(id, { type: 'reply', content, summary: decision });
      await conversations.note(id, { content: 'secret-note', actor });
      await sla.pause(id, { reason: 'secret-pause', actor });
      await conversations.reply(id, { content: 'It is on its way.', actor });
      await propose('secret-prepared', 'draft_only');
      await propose('secret-denied', 'deny');
      await drafts.discard((await propose('secret-discarded', 'require_approval')).id, { actor, reason: 'secret-why' });
      await drafts.approve((await propose('Approved words', 'require_approval')).id, { actor });
      await propose('secret-pending', 'require_approval');
      await conversations.reply(id, { content: 'No name', actor: { id: 'secret-operator' } });
      await propose('Allowed words', 'allow');
      await outbound.trigger(id, { templateId: 'secret-template', content: 'Was it fine?', actor });
      await outboundIs('sent', 1);
      await outbound.trigger(id, { templateId: 't', content: 'Failing words', actor });
      await outboundIs('failed', 1);
      await outbound.trigger(id, { templateId: 't', content: 'Later words', scheduleInSeconds: 3600, actor });
      await conversations.resolve(id, { resolvedBy: { id: 'secret-resolver', name: 'Secret Resolver' } });
      const internal = ['Conversation resolved', 'Failing words', 'Later words', actor.id, 'system:', terms.priority];
      return { id, secrets: ['secret', 'Secret', ...internal] };
    },
  };
}

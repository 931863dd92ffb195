import { strict as assert } from 'node:assert';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { err, ok } from '../../src/contracts/result.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, policies, type StartedHost, start } from '../support/started-host.js';

/** A page in one of its states. */
export interface View {
  name: string;
  path: string;
  /** Run in the page before it is looked at. */
  act?: string;
}

/** How a text of the data is spelled. */
export type Say = (text: string) => string;

/** A host that holds every state that a page can be in, in a handful of conversations. Its worker runs. */
export async function startEveryView(say: Say = (text) => text): Promise<{ host: StartedHost; views: View[] }> {
  const { notifier } = recordingNotifier(({ message }) => {
    if (message?.content.includes(say('bounce'))) throw new Error(`550 ${say('mailbox unavailable')}`);
    return undefined;
  });
  const host = await start(
    {
      notifier,
      worker: { maxAttempts: 1 },
      contextProvider: { getContext: (id) => (id === 'gone' ? err('down') : ok(factsOf(say))) },
      automationPolicy: {
        decide: ({ summary }) => decisions[summary as keyof typeof decisions] ?? 'require_approval',
      },
      slaPolicyProvider: policies(
        { priority: 'high', responseMinutes: 60, breachMinutes: 240 },
        { priority: 'normal', responseMinutes: 240, breachMinutes: 1440 },
        { priority: 'odd', responseMinutes: 9, breachMinutes: 1 },
      ),
    },
    await createTestDatabase(migrated),
  );
  await host.cairnloop.worker.start();
  return { host, views: await fill(host, say) };
}

/** A folder with one saved reply. */
export async function savedRepliesFolder(say: Say = (text) => text): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cairnloop-replies-'));
  await writeFile(
    path.join(folder, 'refund.md'),
    `# ${say('Refund')}\n\n${say('Hello')} {{customer.name}}, {{context.none}}`,
  );
  return folder;
}

const decisions = { prepared: 'draft_only', allowed: 'allow', denied: 'deny' } as const;
const longMail = (say: Say) =>
  [
    'Hello, I tried the code below, and `data.zip` was empty. '.repeat(12),
    '```',
    'curl https://api.example.com/v1/export --output data.zip # the code',
    '```',
    '-- ',
    'Zoe',
    'On Tue, 3 Mar 2026 at 10:12, Ada wrote:',
    '> Is there code?',
  ]
    .map((line) => (line.startsWith('```') ? line : say(line)))
    .join('\n');

const factsOf = (say: Say) => spelled(facts, say) as Record<string, unknown>;

/** Keys and texts spelled; what is a link or an address stays. */
function spelled(value: unknown, say: Say): unknown {
  if (Array.isArray(value)) return value.map((one) => spelled(one, say));
  if (typeof value === 'string') return /@|:\/\//.test(value) ? value : say(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [say(key), spelled(one, say)]));
}

const facts = {
  'User Details': {
    name: 'Zoë Brontë',
    email: 'zoe@example.com',
    lifetimeValue: '$4,210',
    token: 'long-and-without-a-space-'.repeat(16),
    since: new Date('2023-04-01'),
  },
  'Active plan': { tier: 'Business', seats: 42, site: 'https://example.com/accounts/42' },
  'Recent orders': [
    { id: 'A-1009', total: '$129.00' },
    { id: 'A-1001', total: '$18.00' },
  ],
};

/** Every state that a page can be in, in a handful of conversations. */
async function fill({ cairnloop, database }: StartedHost, say: Say): Promise<View[]> {
  const actor = { ...operator, name: say(operator.name) };
  const open = async (subject: string, more: Parameters<typeof cairnloop.conversations.open>[0] = {}) =>
    (
      await cairnloop.conversations.open({
        actorId: 'zoe@example.com',
        subject,
        message: say('Since yesterday it fails.'),
        ...more,
      })
    ).id;
  const busy = await open(say('Cannot export my invoices as PDF'), {
    priority: 'high',
    tags: [say('billing'), say('emea')],
  });
  await cairnloop.conversations.reply(busy, { content: say('Which browser do you use?'), actor });
  await cairnloop.conversations.note(busy, { content: say('Engineering knows of it.'), actor });
  await cairnloop.conversations.receive(busy, { content: say('Firefox. See https://example.com/shot') });
  await cairnloop.drafts.propose(busy, { type: 'reply', content: say('A prepared answer.'), summary: 'prepared' });
  const draft = await cairnloop.drafts.propose(busy, {
    type: 'reply',
    content: say('A fix is on its way and will reach you within the hour.'),
    riskTier: 'high',
    evidence: [
      { source: say('Status page'), quote: say('Export fails in Firefox'), url: 'https://status.example.com/77' },
    ],
  });
  const outbound = await open(say('Refund for a duplicate charge'), { metadata: { customerName: say('Tomás Ñuñez') } });
  await cairnloop.drafts.propose(outbound, { type: 'reply', content: say('It was refunded.'), summary: 'allowed' });
  await cairnloop.drafts.propose(outbound, { type: 'reply', content: say('No'), summary: 'denied' });
  for (const content of ['Your refund is on its way.', 'This will bounce.']) {
    await cairnloop.outbound.trigger(outbound, { templateId: say('refund'), content: say(content), actor });
  }
  await cairnloop.outbound.trigger(outbound, {
    templateId: say('later'),
    content: say('Did it arrive?'),
    scheduleInSeconds: 9000,
    actor,
  });
  const edited = await cairnloop.drafts.propose(outbound, { type: 'reply', content: say('Three working days.') });
  await cairnloop.drafts.edit(edited.id, { content: say('Two working days.'), actor });
  const resolved = await open(say('Change of address'), { actorId: 'gone' });
  await cairnloop.conversations.resolve(resolved, { resolvedBy: actor });
  await cairnloop.conversations.submitCsat(resolved, 'positive');
  await cairnloop.conversations.update(busy, { assignee: actor, actor });
  const asleep = await open(say('Renewal in spring'), { priority: 'urgent', customer: { name: say('Ada Lovelace') } });
  await cairnloop.conversations.snooze(asleep, { until: new Date(Date.now() + 86_400_000), actor });
  const anonymous = await open(say('Who is this?'), { actorId: null });
  await cairnloop.sla.pause(anonymous, { reason: say('waiting for a partner'), actor });
  const pending = await open(say('Cancel my plan'));
  const mail = await open(say('Export with the API'), { message: longMail(say) });
  await database.query(
    `insert into cairnloop.pending_actions (conversation_id, kind, then_resolve, content, actor, dedupe_key, held, due_at, created_at)
     values ($1, 'reply', true, $3, $2, 'a', null, cairnloop.clock() + interval '1 hour', cairnloop.clock()),
       ($1, 'reply', false, $4, $2, 'b', '{"code": "CONVERSATION_CHANGED", "details": {"newer": 1}}', cairnloop.clock(), cairnloop.clock()),
       ($1, 'resolve', false, null, $2, 'c', null, cairnloop.clock() + interval '1 hour', cairnloop.clock())`,
    [pending, actor, say('It is cancelled.'), say('Not yet.')],
  );
  const late = await open(say('Webhooks stopped'));
  const soon = await open(say('API returns 429'));
  await database.query(
    `update cairnloop.slas set started_at = now() - interval '5 h', response_due_at = now() - interval '4 h', breach_at = now() + interval '30 min' where conversation_id = $1`,
    [soon],
  );
  await database.query(
    `update cairnloop.slas set status = 'breached', completed_at = now(), ended_by = 'breached', breach_at = now() where conversation_id = $1`,
    [late],
  );
  await eventually(async () => assert.equal((await cairnloop.deliveries.list({ state: 'discarded' })).items.length, 1));
  const unfold = `document.querySelectorAll('details').forEach((one) => { one.open = true; })`;
  return [
    { name: 'inbox', path: '/' },
    { name: 'inbox-selecting', path: '/?select=1' },
    { name: 'inbox-narrowed', path: `/?tag=${encodeURIComponent(say('billing'))}&owner=op-7`, act: unfold },
    { name: 'inbox-snoozed', path: '/?filter=snoozed' },
    { name: 'thread-snoozed', path: `/c/${asleep}?filter=snoozed`, act: unfold },
    { name: 'bulk-assign', path: `/bulk/assign?id=${busy}&id=${outbound}` },
    { name: 'inbox-empty', path: '/?q=nothinglikeit' },
    { name: 'thread-draft', path: `/c/${busy}` },
    { name: 'thread-unfolded', path: `/c/${busy}`, act: unfold },
    { name: 'thread-editing', path: `/c/${busy}?edit=${draft.id}` },
    { name: 'thread-taking-back', path: `/c/${pending}` },
    { name: 'thread-mail', path: `/c/${mail}?q=${encodeURIComponent(say('code'))}`, act: unfold },
    { name: 'saved-replies', path: `/c/${busy}/replies` },
    { name: 'thread-saved-replies', path: `/c/${mail}`, act: "document.getElementById('saved-replies').click()" },
    { name: 'thread-outbound', path: `/c/${outbound}`, act: unfold },
    { name: 'thread-note', path: `/c/${outbound}?write=note` },
    { name: 'thread-resolved', path: `/c/${resolved}?filter=resolved&done=resolved` },
    { name: 'thread-anonymous', path: `/c/${anonymous}?write=follow-up` },
    { name: 'thread-breached', path: `/c/${late}?filter=breached#rail` },
    { name: 'help', path: '/', act: `document.querySelector('[data-help]').click()` },
    { name: 'bulk', path: `/bulk?id=${busy}&id=${outbound}` },
    { name: 'bulk-refused', path: '/bulk' },
    { name: 'audit', path: '/audit' },
    { name: 'deliveries', path: '/deliveries' },
    { name: 'deliveries-discarded', path: '/deliveries?state=discarded' },
    { name: 'sla', path: '/sla' },
    { name: 'report', path: '/report?days=7', act: unfold },
    { name: 'report-list', path: '/report/opened?days=7' },
    { name: 'not-found', path: '/nowhere' },
  ];
}

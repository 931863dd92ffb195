import assert from 'node:assert/strict';
import { ok } from '../../src/contracts/result.js';
import { eventNames } from '../../src/telemetry/event-names.js';
import { answer, atOnce, recordingGenerator, recordingPolicy, requestsDone } from '../support/drafting.js';
import { dumpDatabase } from '../support/dump-database.js';
import { eventually } from '../support/eventually.js';
import { useHosts } from '../support/started-host.js';

/** Words that stand nowhere but in the proposal. */
const canaries = ['kestrel-content', 'kestrel-summary', 'kestrel-source', 'kestrel-quote', 'kestrel-url'];
const proposal = {
  ...answer,
  content: 'Tell them kestrel-content.',
  summary: 'About kestrel-summary.',
  evidence: [{ source: 'kestrel-source', quote: 'said kestrel-quote', url: 'https://kestrel-url.test/' }],
};

describe('drafts: a denied proposal', () => {
  const { startHost } = useHosts();

  const start = async (decide: () => unknown) => {
    const { draftGenerator } = recordingGenerator(() => ok(proposal));
    const { automationPolicy } = recordingPolicy(decide);
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy });
    const told: unknown[] = [];
    host.cairnloop.telemetry.attach('test', eventNames, (...event) => {
      told.push(event);
    });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'cus_1', message: 'May I ask?' });
    await requestsDone(host);
    return { host, cairnloop: host.cairnloop, told, id };
  };

  it('AP5 leaves none of its text in any table, result, log line, audit event or telemetry; only that it was denied', async () => {
    const { host, cairnloop, told, id } = await start(() => 'deny');
    const [draft, ...others] = await cairnloop.drafts.listForConversation(id);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [draft?.decision, draft?.status, draft?.content, draft?.summary, draft?.evidence],
      ['deny', 'denied', '', '', []],
    );
    await eventually(() => assert.ok(JSON.stringify(told).includes('"cairnloop.draft.denied"'), 'not told yet'));
    const { items } = await cairnloop.audit.list({ conversationId: id, action: 'draft.denied' });
    assert.deepEqual(
      items.map(({ subjectId }) => subjectId),
      [draft?.id],
    );
    const seen = {
      database: await dumpDatabase(host.database),
      answers: JSON.stringify([draft, await cairnloop.conversations.get(id), await cairnloop.audit.list()]),
      log: JSON.stringify(host.log),
      events: JSON.stringify(told),
    };
    for (const [where, text] of Object.entries(seen)) {
      for (const word of canaries) assert.ok(!text.includes(word), `${word} stands in the ${where}`);
    }
    assert.ok(seen.database.includes('May I ask?'), 'the dump holds what is stored');
  });

  it('AP5 the dump that finds nothing of a denied proposal finds the text of a kept one', async () => {
    const { host } = await start(() => 'require_approval');
    const dump = await dumpDatabase(host.database);
    for (const word of canaries) assert.ok(dump.includes(word), word);
  });

  it('AP5 it cannot be used, and a constraint of the table refuses its text', async () => {
    const { host, cairnloop, id } = await start(() => 'deny');
    const [draft = assert.fail('no draft')] = await cairnloop.drafts.listForConversation(id);
    const actor = { id: 'op-1' };
    const refusal = { code: 'DRAFT_NOT_PENDING', message: /it is denied \(the policy denied the draft/ };
    await assert.rejects(cairnloop.drafts.approve(draft.id, { actor }), refusal);
    await assert.rejects(cairnloop.drafts.edit(draft.id, { actor, content: 'Mine' }), refusal);
    await assert.rejects(cairnloop.drafts.discard(draft.id, { actor }), refusal);
    for (const change of ["content = 'x'", "summary = 'x'", `evidence = '[{"source": "x"}]'`, "proposed_content = 'x'"])
      await assert.rejects(host.database.query(`UPDATE cairnloop.drafts SET ${change}`), { code: '23514' }, change);
  });
});

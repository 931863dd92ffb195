import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { editDistance, median } from '../../src/report/edit-distance.js';
import { listReportNumbers } from '../../src/report/report-numbers.js';
import type { Report } from '../../src/report/report-types.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const day = 86_400_000;

describe('report', () => {
  const { startHost } = useHosts();

  it('measures the first response from the first customer message to the first answer after it', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const quick = await conversations.open({ message: 'Hello' });
    const slow = await conversations.open({ message: 'Hello' });
    const silent = await conversations.open({ message: 'Hello' });
    await conversations.open({});
    await host.stopClock();
    await host.advance(60_000);
    await conversations.reply(quick.id, { content: 'Hi', actor: operator });
    await host.advance(540_000);
    await conversations.reply(slow.id, { content: 'Hi', actor: operator });
    await conversations.reply(quick.id, { content: 'Again', actor: operator });
    const report = await reportOf(host);
    assert.equal(report.opened.count, 4);
    assert.equal(report.firstResponse.answered.count, 2);
    assert.deepEqual(report.firstResponse.unanswered, { count: 1, conversationIds: [silent.id] });
    assert.equal(Math.round((report.firstResponse.medianSeconds ?? 0) / 10), 33);
    assert.deepEqual(new Set(report.firstResponse.answered.conversationIds), new Set([quick.id, slow.id]));
  });

  it('counts clocks that were met and breached, and leaves running ones out of the share', async () => {
    const terms = { priority: 'normal', responseMinutes: 5, breachMinutes: 10 };
    const host = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    const { conversations } = host.cairnloop;
    const met = await conversations.open({ message: 'Hello' });
    const late = await conversations.open({ message: 'Hello' });
    await conversations.reply(met.id, { content: 'Hi', actor: operator });
    await host.advance(20 * 60_000);
    await conversations.reply(late.id, { content: 'Hi', actor: operator });
    const running = await conversations.open({ message: 'Hello' });
    const { sla } = await reportOf(host);
    assert.equal(sla.metShare, 0.5);
    assert.deepEqual(sla.met.conversationIds, [met.id]);
    assert.deepEqual(sla.breached.conversationIds, [late.id]);
    assert.deepEqual(sla.running.conversationIds, [running.id]);
  });

  it('counts ratings, drafts by status and how much of a draft was edited', async () => {
    const host = await startHost({ automationPolicy: { decide: () => 'require_approval' } }, { worker: false });
    const { conversations, drafts } = host.cairnloop;
    const happy = await conversations.open({ message: 'Hello' });
    const angry = await conversations.open({ message: 'Hello' });
    const approved = await drafts.propose(happy.id, { type: 'reply', content: 'abcdefghij' });
    await drafts.approve(approved.id, { actor: operator });
    const edited = await drafts.propose(angry.id, { type: 'reply', content: 'abcdefghij' });
    await drafts.edit(edited.id, { content: 'abcdefghXX', actor: operator });
    const dropped = await drafts.propose(angry.id, { type: 'reply', content: 'no' });
    await drafts.discard(dropped.id, { actor: operator });
    for (const { id } of [happy, angry]) await conversations.resolve(id, { resolvedBy: operator });
    await conversations.submitCsat(happy.id, 'positive');
    await conversations.submitCsat(angry.id, 'negative');
    const report = await reportOf(host);
    assert.equal(report.csat.positiveShare, 0.5);
    assert.deepEqual(report.csat.negative.conversationIds, [angry.id]);
    assert.equal(report.drafts.acceptedShare, 2 / 3);
    assert.equal(report.drafts.medianEditDistance, 0.2);
    assert.deepEqual(report.drafts.byStatus.edited, { count: 1, conversationIds: [angry.id] });
    assert.equal(report.drafts.byStatus.denied.count, 0);
  });

  it('counts deliveries by topic and outcome, each conversation once', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const { conversations, outbound, deliveries } = host.cairnloop;
    const { id } = await conversations.open({});
    for (const content of ['One', 'Two'])
      await outbound.trigger(id, { templateId: 't', content, scheduleInSeconds: 60, actor: operator });
    const [first] = (await deliveries.list()).items;
    await deliveries.discard(first?.id ?? '', { actor: operator });
    const report = await reportOf(host);
    assert.deepEqual(report.deliveries, [
      { topic: 'outbound', outcome: 'discarded', number: { count: 1, conversationIds: [id] } },
      { topic: 'outbound', outcome: 'pending', number: { count: 1, conversationIds: [id] } },
    ]);
  });

  it("counts conversations that retention has removed with keep: 'shape' as before, and lists those that are left", async () => {
    const terms = { priority: 'normal', responseMinutes: 5, breachMinutes: 10 };
    const host = await startHost(
      {
        retention: { resolvedDays: 10, keep: 'shape' },
        slaPolicyProvider: policies(terms),
        automationPolicy: { decide: () => 'require_approval' },
        notifier: recordingNotifier().notifier,
      },
      { worker: false },
    );
    const { conversations, drafts, outbound, report, worker } = host.cairnloop;
    await host.stopClock();
    const ids: Record<string, string> = {};
    const open = async (name: string, message?: string) => {
      ids[name] = (await conversations.open({ actorId: name, ...(message && { message }) })).id;
      return ids[name];
    };
    const quick = await open('quick', 'Hello');
    const late = await open('late', 'Hello');
    const silent = await open('silent', 'Hello');
    const proactive = await open('proactive');
    await outbound.trigger(proactive, { templateId: 't', content: 'News' });
    await conversations.reply(proactive, { content: 'How are you?', actor: operator });
    await host.advance(60_000);
    await conversations.reply(quick, { content: 'Hi', actor: operator });
    await conversations.receive(proactive, { content: 'Fine' });
    await host.advance(20 * 60_000);
    await worker.start();
    await eventually(async () => assert.equal((await report()).sla.breached.count, 3));
    await worker.stop();
    await conversations.reply(late, { content: 'Sorry', actor: operator });
    const approved = await drafts.propose(late, { type: 'reply', content: 'abc' });
    await drafts.approve(approved.id, { actor: operator });
    const discarded = await drafts.propose(late, { type: 'reply', content: 'abc' });
    await drafts.discard(discarded.id, { actor: operator });
    for (const id of [quick, late, silent, proactive]) await conversations.resolve(id, { resolvedBy: operator });
    await conversations.submitCsat(quick, 'positive');
    await conversations.submitCsat(late, 'negative');
    await host.advance(5 * day);
    const young = await open('young', 'Hello');
    await conversations.resolve(young, { resolvedBy: operator });
    await worker.start();
    await eventually(async () =>
      assert.deepEqual((await host.cairnloop.deliveries.list({ state: 'pending' })).items, []),
    );
    await worker.stop();
    await host.advance(6 * day);
    const before = await report();
    await worker.start();
    await eventually(async () => assert.equal((await conversations.list()).items.length, 1));
    await worker.stop();
    const after = await report({ since: before.since, until: before.until });
    const counted = ({ firstResponse, sla, csat, drafts, days, ...made }: Report) => ({
      opened: made.opened.count,
      firstResponse: {
        ...firstResponse,
        answered: firstResponse.answered.count,
        unanswered: firstResponse.unanswered.count,
      },
      sla: { ...sla, met: sla.met.count, breached: sla.breached.count, running: sla.running.count },
      csat: { ...csat, positive: csat.positive.count, negative: csat.negative.count },
      drafts: [drafts.acceptedShare, Object.entries(drafts.byStatus).map(([status, { count }]) => [status, count])],
      days,
    });
    assert.deepEqual(counted(after), counted(before));
    assert.equal(counted(after).opened, 5);
    assert.deepEqual(after.opened.conversationIds, [young]);
    assert.deepEqual(
      listReportNumbers(after)
        .flatMap(({ number }) => number.conversationIds)
        .filter((id) => id !== young),
      [],
    );
  });

  it('counts nothing outside of its period, and refuses one that is empty or too long', async () => {
    const host = await startHost({}, { worker: false });
    await host.cairnloop.conversations.open({ message: 'Hello' });
    await host.advance(40 * day);
    const { opened, deliveries, days } = await host.cairnloop.report();
    assert.deepEqual([opened.count, deliveries, days], [0, [], []]);
    const now = new Date();
    const until = new Date(now.getTime() + day);
    assert.equal((await host.cairnloop.report({ since: new Date(now.getTime() - day), until })).opened.count, 1);
    for (const input of [
      { since: now, until: now },
      { since: new Date(0), until: now },
    ])
      await assert.rejects(host.cairnloop.report(input), { code: 'INPUT_INVALID' });
  });

  it('is empty on an empty schema, without a division by zero', async () => {
    const report = await reportOf(await startHost({}, { worker: false }));
    assert.deepEqual(
      [report.sla.metShare, report.csat.positiveShare, report.firstResponse.medianSeconds],
      [null, null, null],
    );
    assert.ok(listReportNumbers(report).every(({ number }) => number.count === 0));
    assert.equal(report.truncated, false);
  });

  it('lists at most 50 conversations beside a number, the newest', async () => {
    const host = await startHost({}, { worker: false });
    const ids = [];
    for (let n = 0; n < 52; n += 1) ids.push((await host.cairnloop.conversations.open({})).id);
    // The period ends before its last millisecond, in which the last one may have been opened.
    await sleep(10);
    const { opened } = await reportOf(host);
    assert.equal(opened.count, 52);
    assert.equal(opened.conversationIds.length, 50);
    assert.ok(!opened.conversationIds.includes(ids[0] ?? ''));
  });

  it('editDistance is the share of characters that were changed', () => {
    assert.deepEqual([editDistance('', ''), editDistance('abcd', 'abcd'), editDistance('abcd', 'wxyz')], [0, 0, 1]);
    assert.deepEqual([median([]), median([3]), median([4, 1, 2]), median([4, 1])], [null, 3, 2, 2.5]);
  });

  function reportOf(host: StartedHost): Promise<Report> {
    return host.cairnloop.report();
  }
});

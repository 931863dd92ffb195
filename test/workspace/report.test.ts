import { strict as assert } from 'node:assert';
import { fillMissingDays } from '../../src/workspace/views/report-charts.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

const hostile = '<img src=x onerror=alert(1)>';

describe('the report in the workspace', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('shows the numbers of cairnloop.report(), and each links to its conversations', async () => {
    const host = await startHost(
      {
        notifier: recordingNotifier(undefined, { replies: true }).notifier,
        slaPolicyProvider: policies({ priority: 'normal', responseMinutes: 5, breachMinutes: 10 }),
      },
      { worker: false },
    );
    const { conversations, drafts } = host.cairnloop;
    const answered = await conversations.open({ actorId: 'ada', subject: hostile, message: 'Hello' });
    await conversations.open({ subject: 'Silent', message: 'Hello' });
    const draft = await drafts.propose(answered.id, { type: 'reply', content: 'Hi there' });
    await drafts.approve(draft.id, { actor: operator });
    await conversations.resolve(answered.id, { resolvedBy: operator });
    await conversations.submitCsat(answered.id, 'negative');
    const workspace = await serve(host);
    const page = await workspace.get('/report?days=7');
    const text = textOf(page.text);
    assert.match(text, /Conversations opened 2 List them/);
    assert.match(text, /First response, median \d+ s 90 % of answers within \d+ s; 1 answered , 1 not/);
    assert.match(text, /SLA met 100 % 1 met , 0 breached , 1 running/);
    assert.match(text, /Rated positive 0 % 0 positive , 1 negative/);
    assert.match(text, /Operators accepted 100 %.*Approved: 1/);
    assert.match(text, /Reply 0 1 0 0/);
    const links = [...page.text.matchAll(/href="\/support(\/report\/[^"]+)"/g)].map(([, link = '']) => link);
    assert.ok(links.length >= 8, links.join());
    for (const link of links) {
      const list = await workspace.get(link.replaceAll('&amp;', '&'));
      assert.equal(list.status, 200, link);
      assert.match(list.text, /href="\/support\/c\/[0-9a-f-]{36}"/);
      assert.ok(!list.text.includes('<img'), link);
    }
    const negative = textOf((await workspace.get('/report/csat.negative?days=7')).text);
    assert.match(negative, /Rated negative 1 in the last 7 days\. <img src=x onerror=alert\(1\)> ada/);
  });

  it('draws one bar for each day of the period, without inline style or script', async () => {
    const host = await startHost({}, { worker: false });
    await host.cairnloop.conversations.open({ message: 'Hello' });
    const workspace = await serve(host);
    const { text, headers } = await workspace.get('/report');
    assert.equal([...text.matchAll(/<svg class="plot"[^>]* role="img" aria-label="[^"]+"/g)].length, 3);
    assert.match(text, /<rect class="plot-bar"/);
    assert.doesNotMatch(text, /<[^>]* style=|<style|<script(?![^>]* src=)/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/);
  });

  it('shows a dash for missing numbers on an empty schema, and responds with 404 for an unknown number', async () => {
    const workspace = await serve(await startHost({}, { worker: false }));
    const text = textOf((await workspace.get('/report?days=9999')).text);
    assert.match(text, /First response, median – .*SLA met – .*No draft was made/);
    assert.match(text, /30 days/);
    for (const name of ['nothing', 'deliveries.reply.done', '__proto__'])
      assert.equal((await workspace.get(`/report/${name}`)).status, 404, name);
  });

  it('fillMissingDays adds the days on which nothing happened', () => {
    const opened = { day: '2026-02-28', opened: 3, medianFirstResponseSeconds: 60, slaMet: 1, slaBreached: 0 };
    const days = fillMissingDays({
      since: new Date('2026-02-27T12:00Z'),
      until: new Date('2026-03-01T12:00Z'),
      days: [opened],
    });
    assert.deepEqual(
      days.map(({ day, opened }) => [day, opened]),
      [
        ['2026-02-27', 0],
        ['2026-02-28', 3],
        ['2026-03-01', 0],
      ],
    );
  });
});

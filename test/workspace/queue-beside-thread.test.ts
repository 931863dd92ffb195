import { strict as assert } from 'node:assert';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { threadOpener } from './open-thread.js';
import { useWorkspaces } from './served-workspace.js';

describe('the queue beside a thread', () => {
  const openThread = threadOpener(useHosts().startHost, useWorkspaces());

  const queue =
    '?filter=needs-reply&cursor=WyIyIiwiMjAzMC0wMS0wMVQwMDowMDowMC4wMDBaIiwiZmZmZmZmZmYtZmZmZi1mZmZmLWZmZmYtZmZmZmZmZmZmZmZmIl0&select=1';

  const open = () =>
    openThread({ notifier: recordingNotifier().notifier, automationPolicy: { decide: () => 'require_approval' } });
  /** The queue that each form of a page takes along. */
  const carried = (html: string) =>
    Array.from(html.matchAll(/<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs), ([, action, fields]) => [
      action,
      /name="queue" value="([^"]*)"/.exec(fields ?? '')?.[1]?.replaceAll('&amp;', '&'),
    ]);

  it('stays as it was after any action in the thread', async () => {
    const { cairnloop, workspace, id } = await open();
    const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: 'Proposed' });
    const { message } = await cairnloop.outbound.trigger(id, {
      templateId: 't',
      content: 'x',
      scheduleInSeconds: 3600,
      actor: operator,
    });
    const forms = carried((await workspace.get(`/c/${id}${queue}`)).text);
    assert.ok(forms.length >= 5);
    for (const [action, value] of forms) assert.equal(value, queue, action);
    const deeds: [string, Record<string, string>][] = [
      [`/drafts/${draft.id}/approve`, await workspace.seen(id)],
      [`/c/${id}/compose`, { mode: 'note', content: 'x' }],
      [`/c/${id}/outbound/${message.id}/cancel`, {}],
      [`/c/${id}/resolve`, {}],
      [`/c/${id}/reopen`, {}],
    ];
    for (const [path, fields] of deeds) {
      const { status, headers } = await workspace.post(path, { ...fields, queue });
      assert.equal(status, 303, path);
      assert.match(headers.get('location') ?? '', /done=/);
      assert.equal(headers.get('location')?.replace(/&done=.*/, ''), `/support/c/${id}${queue}`, path);
    }
  });

  it('stays beside a refusal, and no link leads to the URL of a form', async () => {
    const { workspace, id } = await open();
    for (const [path, fields, status] of [
      [`/c/${id}/compose`, { mode: 'reply', content: 'x', seen: '' }, 409],
      [`/c/${id}/compose`, { mode: 'note', content: ' ' }, 422],
      [`/c/${id}/sla/resume`, {}, 409],
    ] as const) {
      const refused = await workspace.post(path, { ...fields, queue });
      assert.equal(refused.status, status);
      assert.match(refused.text, /filter-needs-reply" aria-current="true"/);
      assert.match(refused.text, /<form method="get" action="\/support\/bulk"|Nothing here/);
      for (const [action, value] of carried(refused.text)) assert.equal(value, queue, action);
      const back = /name="back" value="([^"]*)"/.exec(refused.text)?.[1]?.replaceAll('&amp;', '&');
      assert.equal(back, `/c/${id}${queue}`);
    }
  });

  it('stays when the customer’s facts are fetched again', async () => {
    const { workspace, id } = await openThread({ contextProvider: { getContext: () => Promise.reject(new Error()) } });
    for (const path of [`/c/${id}${queue}&context=wait`, `/c/${id}/context${queue}`]) {
      const { text } = await workspace.get(path);
      const href = /href="([^"]*)#rail" data-reload/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      assert.equal(href, `/support/c/${id}${queue}&context=wait`, path);
    }
  });

  it('shows no text from the URL', async () => {
    const { workspace, id } = await open();
    const forged = ['?filter=evil&x=1', '//evil.example', '?cursor=%0d%0aset-cookie:x', '#<b>', '?done=resolved'];
    for (const queue of forged) {
      const { headers } = await workspace.post(`/c/${id}/compose`, { mode: 'note', content: 'x', queue });
      assert.equal(headers.get('location'), `/support/c/${id}?done=note`, queue);
    }
  });
});

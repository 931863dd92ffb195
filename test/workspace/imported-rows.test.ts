import assert from 'node:assert/strict';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

describe('rows that a host imported by SQL', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('with an owner or author of another shape keep no page and no call from the rest', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const { conversations } = host.cairnloop;
    const shapes = ['{"id": 7, "name": "Grace"}', '{"id": 8, "name": ["x"]}', '{"name": "No id"}', '[]', '"text"', '9'];
    const ids: string[] = [];
    for (const shape of shapes) {
      const { id } = await conversations.open({ actorId: shape, message: 'Hello' });
      await conversations.reply(id, { content: 'Hi', actor: operator });
      await host.database.query('UPDATE cairnloop.conversations SET assignee = $2 WHERE id = $1', [id, shape]);
      await host.database.query('UPDATE cairnloop.messages SET author = $2 WHERE conversation_id = $1', [id, shape]);
      ids.push(id);
    }
    const workspace = await serve(host);
    const paths = ['/', '/?select=1', '/audit', `/bulk?${ids.map((id) => `id=${id}`).join('&')}`];
    for (const path of [...paths, ...ids.map((id) => `/c/${id}`)])
      assert.equal(
        (await workspace.get(path)).status,
        200,
        `${path}: ${textOf((await workspace.get(path)).text).slice(0, 200)}`,
      );
    const { items } = await conversations.list();
    assert.deepEqual(
      items.toReversed().map(({ assignee }) => assignee),
      [{ id: '7', name: 'Grace' }, { id: '8' }, null, null, null, null],
    );
    assert.deepEqual((await conversations.get(ids[0] ?? '')).messages?.[1]?.author, { id: '7', name: 'Grace' });
  });
});

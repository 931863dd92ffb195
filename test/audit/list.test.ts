import assert from 'node:assert/strict';
import { operator as actor, useHosts } from '../support/started-host.js';

describe('audit.list', () => {
  const { startHost } = useHosts();

  it('narrows the record by action, by actor and by conversation', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations, audit } = cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const other = await conversations.open({ message: 'And I?' });
    await conversations.note(id, { content: 'Hm.', actor });
    await conversations.note(other.id, { content: 'Hm.', actor: { id: 'op-8' } });
    const listed = async (input: object) =>
      (await audit.list(input)).items.map(({ action, conversationId }) => `${action} ${conversationId}`).sort();
    const notes = [`conversation.noted ${id}`, `conversation.noted ${other.id}`].sort();
    assert.deepEqual(await listed({ action: 'conversation.noted' }), notes);
    assert.deepEqual(await listed({ actor: 'op-8' }), [`conversation.noted ${other.id}`]);
    assert.equal(
      (await listed({ conversationId: id })).every((line) => line.endsWith(id)),
      true,
    );
    assert.equal((await listed({})).length > notes.length, true);
  });
});

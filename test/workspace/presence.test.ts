import { strict as assert } from 'node:assert';
import { createOperatorPresence } from '../../src/workspace/presence.js';
import { eventually } from '../support/eventually.js';
import { broadcastOfOtherProcess } from '../support/other-process.js';
import { operator, useHosts } from '../support/started-host.js';

const id = '01a00000-0000-7000-8000-000000000000';

describe('presence over several processes', () => {
  const { startHost } = useHosts();

  it('is sent by each process to the others through the database, which stores nothing', async () => {
    const { database } = await startHost({}, { worker: false });
    const feeds = [broadcastOfOtherProcess(database.url), broadcastOfOtherProcess(database.url)];
    const [one, other] = feeds.map(({ broadcast }) => createOperatorPresence(broadcast));
    assert.ok(one && other);
    for (const presence of [one, other]) presence.subscribe(() => {});
    const leave = one.enter(operator, id);
    const seen = () => other.present().map(({ operator, isTyping }) => [operator.id, isTyping]);
    await eventually(() => assert.deepEqual(seen(), [[operator.id, false]]));
    one.typing(operator, id);
    await eventually(() => assert.deepEqual(seen(), [[operator.id, true]]));
    leave();
    leave();
    await eventually(() => assert.deepEqual(seen(), []));
    const late = createOperatorPresence(feeds[1]?.broadcast ?? assert.fail());
    one.enter(operator, id);
    late.subscribe(() => {});
    await eventually(() => assert.equal(late.present().length, 1));
    for (const presence of [one, other, late]) presence.close();
    await Promise.all(feeds.map((feed) => feed.close()));
  });

  it('ignores messages that it does not understand', () => {
    let hear: (text: string) => void = () => {};
    const said: string[] = [];
    const presence = createOperatorPresence({
      say: (text) => said.push(text),
      hear: (listener) => {
        hear = listener;
        return () => {};
      },
    });
    presence.subscribe(() => {});
    for (const text of [
      '',
      'null',
      '7',
      '{}',
      '{"from":7}',
      '{"from":"x","what":[]}',
      '{"from":"x","here":7}',
      '{"from":"x","here":[null,[1]]}',
    ])
      hear(text);
    assert.deepEqual(presence.present(), []);
    presence.close();
  });
});

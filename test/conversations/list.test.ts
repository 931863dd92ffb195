import assert from 'node:assert/strict';
import type { Page } from '../../src/domain.js';
import { stopClock } from '../support/database-clock.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';

describe('lists', () => {
  const { startHost } = useHosts();

  const walk = async <T extends { id: string }>(page: (cursor?: string) => Promise<Page<T>>) => {
    const ids: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await page(cursor);
      ids.push(...items.map(({ id }) => id));
      if (!nextCursor) return ids;
      cursor = nextCursor;
    }
  };

  it('lose and repeat nothing when many rows share a millisecond', async () => {
    const { notifier } = recordingNotifier();
    const { cairnloop, database } = await startHost({ notifier }, { worker: false });
    await stopClock(database, new Date('2026-03-01T12:00:00.123Z'));
    const opened = await Promise.all(Array.from({ length: 60 }, () => cairnloop.conversations.open({})));
    for (const { id } of opened) await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const limit = 7;
    const lists = {
      conversations: await walk((cursor) => cairnloop.conversations.list({ cursor, limit })),
      resolved: await walk((cursor) => cairnloop.conversations.list({ status: 'resolved', cursor, limit })),
      deliveries: await walk((cursor) => cairnloop.deliveries.list({ cursor, limit })),
      audit: await walk((cursor) => cairnloop.audit.list({ action: 'conversation.resolved', cursor, limit })),
    };
    for (const [name, ids] of Object.entries(lists)) {
      assert.equal(ids.length, 60, name);
      assert.equal(new Set(ids).size, 60, name);
    }
    assert.deepEqual(new Set(lists.conversations), new Set(opened.map(({ id }) => id)));
  });

  it('go on where they were when rows are added meanwhile', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const first: string[] = [];
    for (let n = 0; n < 6; n += 1) first.push((await cairnloop.conversations.open({})).id);
    const seen = await walk(async (cursor) => {
      await cairnloop.conversations.open({});
      return cairnloop.conversations.list({ cursor, limit: 2 });
    });
    assert.deepEqual(
      seen.filter((id) => first.includes(id)),
      [...first].reverse(),
    );
    assert.equal(new Set(seen).size, seen.length);
  });

  it('refuse a cursor that no list answered', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const forged = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
    const id = '00000000-0000-7000-8000-000000000000';
    const times = ['2026-02-30T00:00:00Z', '2026-02-30T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '2026-01-01', '1'];
    const cursors = ['', 'x', '!!!', forged(null), forged(['a', 'b']), forged(['abc']), forged([{}, 1])];
    cursors.push(forged(['-5']), ...times.map((time) => forged([time, id])), forged(['2026-01-01T00:00:00.000Z', '1']));
    for (const cursor of cursors.filter(Boolean)) {
      for (const list of [cairnloop.conversations, cairnloop.deliveries, cairnloop.audit])
        await assert.rejects(list.list({ cursor }), { code: 'CURSOR_INVALID' }, cursor);
    }
  });
});

import assert from 'node:assert/strict';
import { logOwedCallbacks } from '../../src/deliveries/log-owed-callbacks.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, useHosts } from '../support/started-host.js';

describe('retry of deliveries since a time', () => {
  const { startHost } = useHosts();

  it('includes exactly that time, and none before it', async () => {
    let broken = true;
    const { notifier } = recordingNotifier(() => {
      if (broken) throw new Error('away');
    });
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
    const { id } = await host.cairnloop.conversations.open({});
    await host.cairnloop.conversations.resolve(id, { resolvedBy: actor });
    const settledAt = await eventually(async () => {
      const [delivery] = await host.deliveries('conversation_resolved');
      assert.equal(delivery?.state, 'discarded');
      return delivery.settledAt ?? assert.fail('it was settled');
    });
    broken = false;
    const retry = (ms: number) =>
      host.cairnloop.deliveries.retryRange({ since: new Date(settledAt.getTime() + ms) }, { actor });
    assert.deepEqual(await retry(1), {});
    assert.deepEqual(await retry(0), { conversation_resolved: 1 });
  });
});

describe('the log line about owed callbacks', () => {
  it('is left out if the schema cannot be read, which other calls report', async () => {
    const lines: unknown[] = [];
    const log = { info: (line: unknown) => lines.push(line), warn: (line: unknown) => lines.push(line) };
    const db = { schema: 'cairnloop', run: () => Promise.reject(new Error('away')) };
    await logOwedCallbacks({ config: {}, db, log } as never);
    assert.deepEqual(lines, []);
  });
});

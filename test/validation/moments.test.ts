import assert from 'node:assert/strict';
import { operator, useHosts } from '../support/started-host.js';

describe('a Date outside of the years 1 to 9999', () => {
  const { startHost } = useHosts();
  const outside = [-8.64e15, Date.UTC(-4800, 0), Date.UTC(-1, 0), Date.UTC(10_000, 0), 8.64e15].map(
    (at) => new Date(at),
  );

  it('is refused by every call that takes a moment, with the moment that was found', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations, deliveries, report } = cairnloop;
    const { id } = await conversations.open({});
    const calls: Record<string, (at: Date) => Promise<unknown>> = {
      'conversations.snooze': (until) => conversations.snooze(id, { until, actor: operator }),
      'deliveries.countRetryable': (since) => deliveries.countRetryable({ since }),
      'deliveries.retryRange': (since) => deliveries.retryRange({ since }, { actor: operator }),
      'report since': (since) => report({ since }),
      'report until': (until) => report({ until }),
    };
    for (const [name, call] of Object.entries(calls))
      for (const at of outside)
        await assert.rejects(call(at), (error: Error & { code: string }) => {
          assert.equal(error.code, 'INPUT_INVALID', `${name} ${at.toISOString()}: ${error.message}`);
          assert.match(error.message, /: expected a Date .*found the Date [-+]?\d+-\d\d-\d\dT/, name);
          return true;
        });
  });
});

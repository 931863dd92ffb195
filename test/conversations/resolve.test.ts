import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

describe('resolve', () => {
  const { startHost } = useHosts();
  const resolve = ({ cairnloop }: StartedHost, id: string) =>
    cairnloop.conversations.resolve(id, { resolvedBy: operator });

  for (const table of ['messages', 'deliveries', 'audit_events']) {
    it(`NT6 changes nothing and fires nothing when ${table} cannot be written`, async () => {
      const { notifier, calls } = recordingNotifier();
      const host = await startHost({ notifier });
      const { id } = await host.cairnloop.conversations.open({});
      const before = await host.cairnloop.conversations.get(id);
      await host.database.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON cairnloop.${table} FOR EACH ROW EXECUTE FUNCTION refuse()`);
      await assert.rejects(resolve(host, id), /the disk is full/);
      await host.database.query(`DROP TRIGGER full_disk ON cairnloop.${table}`);
      assert.deepEqual(await host.cairnloop.conversations.get(id), before);
      assert.deepEqual(await host.deliveries('conversation_resolved'), []);
      assert.deepEqual((await host.cairnloop.audit.list({ action: 'conversation.resolved' })).items, []);

      // The worker has seen everything that was committed before this one.
      const other = await host.cairnloop.conversations.open({});
      await resolve(host, other.id);
      await eventually(() => assert.equal(calls.length, 1));
      assert.equal(calls[0]?.conversation.id, other.id);
    });
  }

  it('NT6 fires although every wake-up was lost', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    await host.database.query(
      "CREATE RULE lose AS ON INSERT TO cairnloop.agenda_jobs WHERE now() < now() + interval '1 s' DO INSTEAD NOTHING",
    );
    const { id } = await host.cairnloop.conversations.open({});
    await resolve(host, id);
    await host.database.query('DROP RULE lose ON cairnloop.agenda_jobs');
    await eventually(() => assert.equal(calls.length, 1));
  });

  it('by fifty at once resolves once and owes one callback', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const { id } = await host.cairnloop.conversations.open({});
    const resolved = await Promise.all(Array.from({ length: 50 }, () => resolve(host, id)));
    assert.equal(new Set(resolved.map(({ resolvedAt }) => Number(resolvedAt))).size, 1);
    await eventually(async () => assert.equal((await host.deliveries('conversation_resolved'))[0]?.state, 'done'));
    assert.equal(calls.length, 1);
    const { messages } = await host.cairnloop.conversations.get(id);
    assert.deepEqual(
      messages?.map(({ content }) => content),
      ['Conversation resolved'],
    );
  });

  it('refuses an unknown conversation and invalid input, with a message', async () => {
    const host = await startHost({}, { worker: false });
    for (const id of ['no-such-id', '01890000-0000-7000-8000-000000000000']) {
      await assert.rejects(resolve(host, id), { code: 'CONVERSATION_NOT_FOUND' });
    }
    const { id } = await host.cairnloop.conversations.open({});
    await assert.rejects(host.cairnloop.conversations.resolve(id, {} as never), { code: 'INPUT_INVALID' });
    assert.equal((await host.cairnloop.conversations.get(id)).status, 'open');
  });
});

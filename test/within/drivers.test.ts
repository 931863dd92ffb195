import assert from 'node:assert/strict';
import pg from 'pg';
import { eventNames } from '../../src/telemetry/event-names.js';
import type { TelemetryHandler } from '../../src/telemetry/telemetry.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, type StartedHost, start } from '../support/started-host.js';
import { type Driver, drivers, type HostTransaction } from './drivers.js';

/** What a host throws to have its transaction rolled back. */
class Undo extends Error {}

for (const [name, open] of Object.entries(drivers))
  describe(`within a transaction of ${name}`, () => {
    const { notifier, calls } = recordingNotifier();
    const events: string[] = [];
    let host: StartedHost;
    let driver: Driver;

    before(async () => {
      const database = await createTestDatabase(migrated);
      await database.query('CREATE TABLE public.shop_order (note text)');
      host = await start({ notifier: { ...notifier, onReply: () => undefined } }, database);
      const note: TelemetryHandler = (event) => events.push(event);
      host.cairnloop.telemetry.attach('all', eventNames, note);
      driver = await open(database.url);
    });
    after(async () => {
      await driver.close();
      await host.cairnloop.close();
      await host.database.drop();
    });

    const within = (tx: HostTransaction) => host.cairnloop.within(tx.executor);
    const order = (tx: HostTransaction, note: string) =>
      tx.sql(`INSERT INTO public.shop_order (note) VALUES ('${note}')`);
    const orders = async () => (await host.database.query('SELECT note FROM public.shop_order ORDER BY note')).rows;
    const isThere = (id: string) =>
      host.cairnloop.conversations.get(id).then(
        () => true,
        ({ code }) => code !== 'CONVERSATION_NOT_FOUND',
      );
    const wakeUps = async () => (await host.database.query('SELECT name FROM cairnloop.agenda_jobs')).rows;

    async function undone(work: (tx: HostTransaction) => Promise<unknown>): Promise<void> {
      await assert.rejects(
        driver.transaction(async (tx) => {
          await work(tx);
          throw new Undo();
        }),
        Undo,
      );
    }

    async function solve(tx: HostTransaction, actorId: string): Promise<string> {
      const { conversations } = within(tx);
      const { id } = await conversations.open({ actorId, message: `it's "${actorId}" \\ $1 ?`, tags: ['a', 'b"c'] });
      await conversations.reply(id, { content: 'Done.', actor: operator });
      await conversations.resolve(id, { resolvedBy: operator, metadata: { by: actorId } });
      return id;
    }

    it('LP8 nothing remains after the ROLLBACK: rows of host and Cairnloop, wake-ups, deliveries, telemetry', async () => {
      let id = '';
      await undone(async (tx) => {
        await order(tx, 'undone');
        id = await solve(tx, 'customer-1');
        assert.equal((await within(tx).conversations.get(id)).status, 'resolved');
        assert.equal(await isThere(id), false);
      });
      const control = await driver.transaction((tx) => solve(tx, 'control'));
      await eventually(async () => assert.equal((await wakeUps()).length, 2, 'not woken'));
      await eventually(() => assert.ok(events.includes('cairnloop.conversation.resolved'), 'not told'));
      assert.deepEqual([await isThere(id), await orders()], [false, []]);
      const { items } = await host.cairnloop.deliveries.list();
      assert.deepEqual([...new Set(items.map(({ conversationId }) => conversationId))], [control]);
      assert.equal(events.filter((event) => event === 'cairnloop.conversation.resolved').length, 1);
    });

    it('LP8 after the COMMIT all of it is stored, and workers are woken at once, not by a sweep', async () => {
      await host.database.query('DELETE FROM cairnloop.agenda_jobs');
      events.length = 0;
      const id = await driver.transaction(async (tx) => {
        await order(tx, 'kept');
        const solved = await solve(tx, 'customer-2');
        assert.deepEqual([await wakeUps(), events], [[], []]);
        return solved;
      });
      // No worker runs, and so no sweep: only the commit wakes.
      await eventually(async () => {
        const names = (await wakeUps()).map(({ name: job }) => job);
        assert.ok(names.includes('notify-resolved') && names.includes('reply'), `only ${names}`);
      });
      assert.deepEqual(await orders(), [{ note: 'kept' }]);
      const conversation = await host.cairnloop.conversations.get(id);
      assert.deepEqual(conversation.tags, ['a', 'b"c']);
      assert.equal(conversation.messages?.[0]?.content, `it's "customer-2" \\ $1 ?`);
      await eventually(() =>
        assert.deepEqual(
          events.filter((event) => !/\.(start|stop)$/.test(event)),
          [
            'cairnloop.conversation.opened',
            'cairnloop.message.received',
            'cairnloop.conversation.replied',
            'cairnloop.conversation.resolved',
          ],
        ),
      );
    });

    it('LP8 a savepoint that the host rolls back undoes its calls, and the others stay', async () => {
      events.length = 0;
      const [outer, inner] = await driver.transaction(async (tx) => {
        const kept = await solve(tx, 'outer');
        let lost = '';
        await tx
          .nested(async (nested) => {
            lost = await solve(nested, 'inner');
            throw new Undo();
          })
          .catch((error) => assert.ok(error instanceof Undo, String(error)));
        await assert.rejects(within(tx).conversations.get(lost), { code: 'CONVERSATION_NOT_FOUND' });
        await within(tx).conversations.note(kept, { content: 'after', actor: operator });
        return [kept, lost];
      });
      assert.deepEqual([await isThere(outer as string), await isThere(inner as string)], [true, false]);
      await eventually(() => assert.ok(events.includes('cairnloop.conversation.resolved'), 'not told'));
      assert.equal(events.filter((event) => event === 'cairnloop.conversation.opened').length, 1);
    });

    it('LP8 a call that is refused leaves the transaction usable, a statement of the host that fails does not', async () => {
      const id = await driver.transaction(async (tx) => {
        const { conversations, drafts } = within(tx);
        const solved = await solve(tx, 'refused');
        await assert.rejects(conversations.reply(solved, { content: 'late', actor: operator }), {
          code: 'CONVERSATION_RESOLVED',
        });
        await assert.rejects(drafts.get('none'), { code: 'DRAFT_NOT_FOUND' });
        await assert.rejects(conversations.open({ actorId: '' }), { code: 'INPUT_INVALID' });
        await conversations.note(solved, { content: 'still usable', actor: operator });
        return solved;
      });
      assert.equal((await host.cairnloop.conversations.get(id)).messages?.at(-1)?.content, 'still usable');
      await undone(async (tx) => {
        await assert.rejects(tx.sql('SELECT 1 / 0'));
        await assert.rejects(within(tx).conversations.open({ actorId: 'x' }), { code: 'TRANSACTION_ABORTED' });
      });
    });

    it('LP8 no type parser of the driver and no setting of the session changes a result', async () => {
      const plain = await driver.transaction((tx) => results(tx));
      const restore = spoilParsers();
      try {
        const spoiled = await driver.transaction(async (tx) => {
          await tx.sql(`CREATE SCHEMA evil`);
          await tx.sql(
            `CREATE FUNCTION evil.to_json(anyelement) RETURNS json LANGUAGE sql AS 'SELECT ''{"evil": true}''::json'`,
          );
          for (const setting of hostileSettings) await tx.sql(`SET LOCAL ${setting}`);
          const found = await results(tx);
          // What the host has set is as it was.
          await tx.sql(
            `DO $$ BEGIN ASSERT current_setting('DateStyle') = 'German, DMY' AND current_setting('TimeZone') = 'America/Caracas'; END $$`,
          );
          return found;
        });
        assert.deepEqual(spoiled, plain);
      } finally {
        restore();
      }
    });

    /** What calls return, without what differs from run to run. */
    async function results(tx: HostTransaction): Promise<unknown> {
      const { conversations, audit, outbound } = within(tx);
      const until = new Date('2099-01-02T03:04:05.678Z');
      const { id } = await conversations.open({
        actorId: 'r',
        message: 'Grüße, 你好',
        tags: ['NULL', 'x'],
        metadata: { n: 1.5 },
      });
      const snoozed = await conversations.snooze(id, { until, actor: operator });
      assert.deepEqual(snoozed.snoozedUntil, until);
      await outbound.trigger(id, { templateId: 't', content: 'c', scheduleInSeconds: 0.1 });
      const conversation = await conversations.get(id);
      const listed = await conversations.list({ actorId: 'r', limit: 1 });
      const { items } = await audit.list({ conversationId: id });
      const count = await conversations.count({ actorId: 'r', snoozed: true });
      assert.ok(count > 0 && conversation.createdAt > new Date('2020'), 'times are not times');
      return scrubbed([
        conversation,
        listed.items,
        items.map(({ action, actor, detail }) => ({ action, actor, detail })),
      ]);
    }

    it('LP8 a real worker calls the owed callbacks', async () => {
      await host.cairnloop.worker.start();
      const id = await driver.transaction((tx) => solve(tx, 'called'));
      await eventually(() =>
        assert.ok(
          calls.some(({ conversation }) => conversation.id === id),
          'not called',
        ),
      );
    });
  });

const hostileSettings = [
  `DateStyle = 'German'`,
  `TimeZone = 'America/Caracas'`,
  `IntervalStyle = 'sql_standard'`,
  `extra_float_digits = -15`,
  `standard_conforming_strings = off`,
  `client_encoding = LATIN1`,
  `search_path = evil, pg_catalog`,
];

/** Spoils what pg makes of every type, for this process. */
function spoilParsers(): () => void {
  const oids = [16, 17, 19, 20, 21, 23, 25, 26, 114, 700, 701, 1009, 1043, 1082, 1114, 1184, 1700, 2950, 3802];
  const before = oids.map((oid) => pg.types.getTypeParser(oid));
  for (const oid of oids) pg.types.setTypeParser(oid, (text) => ` ${String(text).toUpperCase()} `);
  return () => {
    for (const [n, oid] of oids.entries()) pg.types.setTypeParser(oid, before[n] as (text: string) => unknown);
  };
}

function scrubbed(value: unknown): unknown {
  const text = JSON.stringify(value, (_, one) => one);
  return JSON.parse(
    text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time'),
  );
}

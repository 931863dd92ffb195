import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { main } from '../../../src/cli/main.js';
import type { Cairnloop } from '../../../src/contracts/cairnloop.js';
import type { SlaPolicy } from '../../../src/contracts/sla-policy-provider.js';
import type { TestDatabase } from '../../support/database.js';
import { stopClock } from '../../support/database-clock.js';
import { memoryIo } from '../../support/memory-io.js';
import { runCli } from '../../support/run-cli.js';
import { operator, policies, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

const high: SlaPolicy = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };
const normal: SlaPolicy = { priority: 'normal', responseMinutes: 240, breachMinutes: 1440 };

/** A provider that keeps its terms in a file; `mode` says how it takes new ones. */
const provider = (mode: 'stores' | 'refuses' | 'forgets') => `
import { readFileSync, writeFileSync } from 'node:fs';
import { err, ok } from 'cairnloop';

const file = new URL('./policies.json', import.meta.url);
const read = () => JSON.parse(readFileSync(file, 'utf8'));

export const slaPolicyProvider = {
  getActivePolicies: () => read(),
  setPolicy(priority, attrs) {
    if ('${mode}' === 'refuses') return err('terms come with the next deploy');
    const others = read().value.filter((policy) => policy.priority !== priority);
    const policy = { ...read().value.find((known) => known.priority === priority), ...attrs, priority };
    if ('${mode}' === 'stores') writeFileSync(file, JSON.stringify(ok([...others, policy])));
    return ok(policy);
  },
};
`;

describe('cairnloop sla', () => {
  const { startHost } = useHosts();
  let cairnloop: Cairnloop;
  let database: TestDatabase;
  let host: TempHost;

  beforeEach(async () => {
    ({ cairnloop, database } = await startHost({ slaPolicyProvider: policies(high, normal) }, { worker: false }));
  });
  afterEach(() => host.remove());

  const makeHost = (mode: 'stores' | 'refuses' | 'forgets', answer: unknown = { ok: true, value: [high, normal] }) => {
    host = tempHost({
      'package.json': { type: 'module' },
      'policies.json': answer as object,
      'provider.js': provider(mode),
      'cairnloop.config.js': `import { defineConfig } from 'cairnloop';
import { slaPolicyProvider } from './provider.js';
export default defineConfig({ database: { url: ${JSON.stringify(database.url)} }, slaPolicyProvider });
`,
    });
  };

  const stored = () => JSON.parse(readFileSync(path.join(host.folder, 'policies.json'), 'utf8')).value;

  const run = async (...args: string[]) => {
    const io = memoryIo(host.folder);
    const exitCode = await main(['sla', ...args], io);
    return { exitCode, out: io.out(), err: io.err() };
  };
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).out);

  const audited = async () => {
    const { rows } = await database.query(
      `SELECT actor, detail FROM cairnloop.audit_events WHERE action = 'sla.policy_changed' ORDER BY id`,
    );
    return rows;
  };

  it('SL6 hands new terms to the provider, and shows what the provider returns afterwards (the binary)', async () => {
    makeHost('stores');
    const set = await runCli(['sla', 'set', 'high', '--response', '30', '--actor', 'ops-1'], { cwd: host.folder });
    assert.equal(set.exitCode, 0, set.stderr);
    assert.match(set.stdout, /high +30 min +240 min/);
    const list = await runCli(['sla', 'list', '--json'], { cwd: host.folder });
    assert.deepEqual(JSON.parse(list.stdout), {
      state: 'active',
      policies: [normal, { ...high, responseMinutes: 30 }],
      rejected: [],
    });
    assert.deepEqual(await audited(), [{ actor: { id: 'ops-1' }, detail: { priority: 'high', responseMinutes: 30 } }]);
  });

  it('SL6 says read-only with the reason where the provider refuses, and nothing has changed', async () => {
    makeHost('refuses');
    const { exitCode, out, err } = await run('set', 'high', '--response', '30');
    assert.deepEqual([exitCode, out], [1, '']);
    assert.match(err, /terms come with the next deploy/);
    assert.match(err, /read-only/);
    assert.deepEqual([stored(), await audited()], [[high, normal], []]);
    const failure = await json('set', 'high', '--response', '30');
    assert.equal(failure.error.code, 'SLA_POLICY_REJECTED');
  });

  it('SL6 reports no success if the provider accepts terms that it does not return afterwards', async () => {
    makeHost('forgets');
    const { exitCode, out } = await run('set', 'high', '--response', '30');
    assert.equal(exitCode, 1);
    assert.match(out, /still\npriority .*\nhigh +60 min +240 min/);
    assert.deepEqual(await json('set', 'high', '--response', '30'), { priority: 'high', stored: false, policy: high });
  });

  it('sets business hours from a file, and refuses terms that are no valid policy', async () => {
    makeHost('stores');
    const calendar = { timeZone: 'Europe/Berlin', hours: { 1: [['09:00', '17:00']] }, holidays: ['2026-12-25'] };
    host.write('hours.json', JSON.stringify(calendar));
    const set = await run('set', 'high', '--calendar', 'hours.json');
    assert.match(set.out, /business hours in Europe\/Berlin, 1 holidays/);
    host.write('hours.json', JSON.stringify({ ...calendar, timeZone: 'Mars/Base' }));
    assert.match((await run('set', 'normal', '--calendar', 'hours.json')).err, /Mars\/Base/);
    assert.match((await run('set', 'high', '--breach', '5')).err, /breachMinutes/);
    assert.match((await run('set', 'high', '--calendar', 'none.json')).err, /^none\.json could not be read: ENOENT/);
    host.write('broken.json', '{');
    assert.match(
      (await run('set', 'high', '--calendar', 'broken.json')).err,
      /^broken\.json could not be read as JSON/,
    );
    const nobody = await run('set', 'high', '--response', '30', '--actor', '');
    assert.deepEqual([nobody.exitCode, /wrong input:\n {2}by\.actor\.id/.test(nobody.err)], [1, true], nobody.err);
    assert.equal((await run('set', 'high')).exitCode, 2);
    assert.equal((await run('set', 'high', '--response', '0')).exitCode, 2);
    assert.deepEqual(stored(), [normal, { ...high, calendar }]);
  });

  it('SL4, SL5 lists why there are no terms, and each refused row by name', async () => {
    makeHost('stores', { ok: true, value: [] });
    assert.match((await run('list')).out, /tracking is off: the slaPolicyProvider returns no policies/);
    host.write('policies.json', JSON.stringify({ ok: false, error: 'down for maintenance' }));
    const down = await run('list');
    assert.deepEqual([down.exitCode, down.out], [1, '']);
    assert.match(down.err, /down for maintenance/);
    host.write('policies.json', JSON.stringify({ ok: true, value: [high, { ...normal, breachMinutes: 0 }] }));
    assert.match((await run('list')).out, /high +60 min.*\nSLA policy not used: normal: breachMinutes/);
    host.write('policies.json', JSON.stringify({ ok: true, value: [high, high] }));
    assert.match(
      (await run('list')).out,
      /^SLA policy not used: high: expected one policy for a priority, found several\n$/,
    );
  });

  const at = (time: string) => stopClock(database, new Date(`2026-03-02T${time}Z`));

  it('explains each start, pause and resumption, and why the clock is due when it is (the binary)', async () => {
    makeHost('stores');
    const { conversations, sla } = cairnloop;
    await at('09:00');
    const { id } = await conversations.open({ actorId: 'cust-7', priority: 'high', message: 'Hello?' });
    await at('09:45');
    await sla.pause(id, { reason: 'waiting for the log file', actor: operator });
    await at('12:00');
    await conversations.receive(id, { content: 'Here it is.' });
    await at('12:10');
    await conversations.reply(id, { content: 'Thanks.', actor: operator });
    await at('13:00');
    await conversations.receive(id, { content: 'And now?' });
    const { stdout, stderr } = await runCli(['sla', 'explain', id], { cwd: host.folder });
    assert.equal(
      stdout,
      `Clock 1 of 2, fulfilled
  2026-03-02 09:00:00 UTC  started for priority "high": answer within 60 min, breach after 240 min; answer due 2026-03-02 10:00:00 UTC, breach 2026-03-02 13:00:00 UTC
  2026-03-02 09:45:00 UTC  paused by Ada (waiting for the log file) with 15 min to answer and 195 min to the breach left; no breach until it is resumed
  2026-03-02 12:00:00 UTC  resumed by cust-7 after a pause of 135 min; answer due 2026-03-02 12:15:00 UTC, breach 2026-03-02 15:15:00 UTC
  2026-03-02 12:10:00 UTC  answered by Ada, in time

Clock 2 of 2, running
  2026-03-02 13:00:00 UTC  started for priority "high": answer within 60 min, breach after 240 min; answer due 2026-03-02 14:00:00 UTC, breach 2026-03-02 17:00:00 UTC
`,
      stderr,
    );
    const { clocks } = await json('explain', id);
    assert.deepEqual(
      clocks.map((clock: { events: { type: string }[] }) => clock.events.map(({ type }) => type)),
      [['started', 'paused', 'resumed', 'ended'], ['started']],
    );
    assert.equal(clocks[0].responseDueAt, '2026-03-02T12:15:00.000Z');
  });

  it('says so for a conversation without clocks and for one that does not exist', async () => {
    makeHost('stores');
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7' });
    assert.match((await run('explain', id)).out, /No clock has started/);
    assert.equal((await json('explain', 'nobody')).error.code, 'CONVERSATION_NOT_FOUND');
  });

  it('replays past conversations under other terms', async () => {
    makeHost('stores');
    const { conversations } = cairnloop;
    await at('09:00');
    const open = () => conversations.open({ actorId: 'cust-7', priority: 'high', message: 'Hello?' });
    const [early, late, silent] = await Promise.all([open(), open(), open()]);
    await at('09:20');
    await conversations.reply(early.id, { content: 'Hello!', actor: operator });
    await at('09:50');
    await conversations.reply(late.id, { content: 'Hello!', actor: operator });
    host.write('stricter.json', JSON.stringify([{ priority: 'high', responseMinutes: 10, breachMinutes: 30 }]));
    const [high] = (await json('simulate', '--policy', 'stricter.json', '--since', '2026-03-01')).priorities;
    assert.deepEqual(high, {
      priority: 'high',
      actual: { met: 2, late: 0, breached: 0, ended: 0, running: 1 },
      proposed: { met: 0, late: 1, breached: 2, ended: 0, running: 0 },
    });
    const { out } = await run('simulate', '--policy', 'stricter.json', '--since', '2026-03-01');
    assert.match(out, /^3 conversation\(s\) since 2026-03-01/);
    assert.match(out, /high +2 -> 0 +0 -> 1 +0 -> 2 /);
    assert.equal((await cairnloop.sla.forConversation(silent.id))?.status, 'active');
    const none = await json('simulate', '--policy', 'stricter.json', '--since', '2026-03-03');
    assert.deepEqual(none.priorities, []);
  });

  it('takes the output of `sla list --json` as a policy file, and names the rows that it refuses', async () => {
    makeHost('stores');
    host.write('now.json', (await run('list', '--json')).out);
    assert.equal((await run('simulate', '--policy', 'now.json')).exitCode, 0);
    host.write('wrong.json', JSON.stringify([{ ...high, breachMinutes: -1 }]));
    const wrong = await run('simulate', '--policy', 'wrong.json');
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.err, /high: breachMinutes/);
    assert.equal((await run('simulate')).exitCode, 2);
    assert.equal((await run('simulate', '--policy', 'now.json', '--since', 'soon')).exitCode, 2);
  });

  it('says what to do if the schema does not exist yet', async () => {
    makeHost('stores');
    await database.query('DROP SCHEMA cairnloop CASCADE');
    const { exitCode, err } = await run('set', 'high', '--response', '30');
    assert.equal(exitCode, 1);
    assert.match(err, /cairnloop migrate/);
    assert.deepEqual(stored(), [high, normal]);
  });
});

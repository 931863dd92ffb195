import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eraseFromAudit } from '../../../src/audit/erase.js';
import { type SealedAuditEvent, verifyAuditChain } from '../../../src/audit/hash-chain.js';
import { toAuditKeys } from '../../../src/audit/keys.js';
import { sealAudit } from '../../../src/audit/seal.js';
import { main } from '../../../src/cli/main.js';
import type { Cairnloop } from '../../../src/contracts/cairnloop.js';
import { openDatabase } from '../../../src/db/connect.js';
import { migrateUp } from '../../../src/db/migrate.js';
import type { TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { memoryIo } from '../../support/memory-io.js';
import { runCli } from '../../support/run-cli.js';
import { operator, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

describe('cairnloop audit', () => {
  const { startHost } = useHosts();
  let cairnloop: Cairnloop;
  let database: TestDatabase;
  let host: TempHost;

  beforeEach(async () => {
    ({ cairnloop, database } = await startHost({}, { worker: false }));
    host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `export default { database: { url: ${JSON.stringify(database.url)} } };\n`,
    });
  });
  afterEach(() => host.remove());

  const run = async (...args: string[]) => {
    const io = memoryIo(host.folder);
    const exitCode = await main(['audit', ...args], io);
    return { exitCode, out: io.out(), err: io.err() };
  };
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).out);

  /** Three events, sealed by a worker as in operation. */
  const sealedConversation = async () => {
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7' });
    await cairnloop.conversations.note(id, { content: 'Hm.', actor: operator });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await cairnloop.worker.start();
    await eventually(async () => assert.equal((await json('verify')).unsealed, 0));
    return id;
  };

  const tamper = async (sql: string) => {
    await database.query('ALTER TABLE cairnloop.audit_events DISABLE TRIGGER USER');
    await database.query(sql);
  };

  it('lists events, newest first, in pages and by filters', async () => {
    const id = await sealedConversation();
    const { items } = await json('list', '--conversation', id, '--action', 'conversation.');
    assert.deepEqual(
      items.map((event: { action: string }) => event.action),
      ['conversation.resolved', 'conversation.noted', 'conversation.opened'],
    );
    const first = await json('list', '--actor', operator.id, '--limit', '1');
    const second = await json('list', '--actor', operator.id, '--cursor', first.nextCursor);
    assert.deepEqual([first.items[0].action, second.items.length], ['conversation.resolved', 1]);
    const { out } = await run('list', '--limit', '1');
    assert.match(out, /conversation\.resolved +Ada .*\nMore: --cursor /);
    assert.match((await run('list', '--action', 'nothing.happened')).out, /No events match/);
    assert.equal((await json('list', '--cursor', 'x')).error.code, 'CURSOR_INVALID');
    assert.equal((await run('list', '--cursor', 'x')).exitCode, 2);
  });

  it('fits the width of a terminal, and no name can reverse the direction of the text', async () => {
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7' });
    const actor = { id: 'op-9', name: `Ada \u202E${'of Lovelace '.repeat(9)}` };
    await cairnloop.conversations.resolve(id, { resolvedBy: actor });
    const io = memoryIo(host.folder);
    io.stdout.columns = 80;
    await main(['audit', 'list'], io);
    const lines = io.out().trimEnd().split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
    assert.match(io.out(), new RegExp(`conversation\\.resolved +Ada of Lovelace.*…\n +${id}`));
    const { out } = await run('list');
    assert.match(out, /conversation\.resolved +Ada (of Lovelace ?){9}/);
    assert.doesNotMatch(out, /\u202E/);
  });

  it('verifies the record that a worker sealed, and finds where it was changed (the binary)', async () => {
    await sealedConversation();
    const intact = await runCli(['audit', 'verify'], { cwd: host.folder });
    assert.equal(intact.exitCode, 0, intact.stderr);
    assert.match(intact.stdout, /intact: 3 sealed event\(s\), end 3:[0-9a-f]{64}\n0 event\(s\) not sealed/);
    await tamper(`UPDATE cairnloop.audit_events SET actor = '{"id": "somebody-else"}' WHERE seq = 2`);
    const broken = await runCli(['audit', 'verify', '--json'], { cwd: host.folder });
    assert.equal(broken.exitCode, 1);
    const { end, broken: found } = JSON.parse(broken.stdout);
    assert.deepEqual([end.seq, found.seq], [1, 2]);
    assert.match((await run('verify')).out, /broken at event 2 \(.*\nThe audit record is intact up to event 1\./);
  });

  it('finds that the newest events were removed, given the end that was known', async () => {
    await sealedConversation();
    const { end } = await json('verify');
    const known = `${end.seq}:${end.hash}`;
    assert.equal((await run('verify', '--expect', known)).exitCode, 0);
    await cairnloop.worker.stop();
    await tamper('DELETE FROM cairnloop.audit_events WHERE seq = 3');
    assert.equal((await run('verify')).exitCode, 1);
    await tamper(`UPDATE cairnloop.audit_chain_end SET (seq, hash) =
      (SELECT seq, hash FROM cairnloop.audit_events WHERE seq = 2)`);
    assert.equal((await run('verify')).exitCode, 0);
    const cut = await run('verify', '--expect', known);
    assert.deepEqual([cut.exitCode, /the record ends at event 2; expected 3/.test(cut.out)], [1, true]);
    assert.equal((await run('verify', '--expect', '3:abc')).exitCode, 2);
  });

  it('prints an anchor that verify accepts later, as text or as a file', async () => {
    await sealedConversation();
    await cairnloop.worker.stop();
    const { out } = await run('anchor');
    assert.match(out, /^3:[0-9a-f]{64}\n3 sealed event\(s\) at \d{4}-\d\d-\d\dT.*Z, not signed\n$/);
    const anchor = await json('anchor');
    assert.deepEqual([anchor.seq, anchor.count, anchor.keyId, `3:${anchor.hash}`], [3, 3, null, out.split('\n')[0]]);
    const files = {
      'anchor.txt': out,
      'anchor.json': JSON.stringify(anchor, null, 2),
      'anchors.jsonl': `${JSON.stringify(anchor)}\n${JSON.stringify(anchor)}\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(host.folder, name), text);
      const { levels, intact } = await json('verify', '--anchor', name);
      assert.deepEqual([intact, levels.anchor.status], [true, 'holds'], name);
    }
    assert.equal((await run('verify', '--anchor', `3:${anchor.hash}`)).exitCode, 0);
    const other = await json('verify', '--anchor', `3:${'0'.repeat(64)}`);
    assert.deepEqual([other.intact, other.broken.level, other.levels.anchor.status], [false, 'anchor', 'broken']);
    for (const [text, words] of [
      [`${JSON.stringify(anchor)}\n{"seq": 3}\n`, /found "\{"seq": 3\}"/],
      ['', /found none/],
    ] as const) {
      writeFileSync(path.join(host.folder, 'anchors.jsonl'), text);
      const wrong = await run('verify', '--anchor', 'anchors.jsonl');
      assert.deepEqual([wrong.exitCode, words.test(wrong.err)], [2, true], wrong.err);
    }
    assert.equal((await run('verify', '--anchor', 'not-there.json')).exitCode, 2);
  });

  it('says what each level of verification proves, and prints no part of the key', async () => {
    await sealedConversation();
    assert.match(
      (await run('verify')).out,
      /What is proven:\n {2}chain {3}holds .*\n {2}anchor {2}unused .*\n {2}key {5}unused /,
    );
    await cairnloop.worker.stop();
    const secret = 'not-to-be-printed-'.repeat(3);
    const audit = { key: secret };
    const write = (name: string, config: object) => {
      const text = JSON.stringify({ database: { url: database.url }, ...config });
      writeFileSync(path.join(host.folder, name), `export default ${text};\n`);
    };
    write('keyed.config.js', { audit });
    const verifyKeyed = () => run('verify', '--config', 'keyed.config.js');
    const unsigned = await verifyKeyed();
    assert.equal(unsigned.exitCode, 1);
    assert.match(
      unsigned.out,
      /^The chain is consistent, but its signatures were not checked: .*\n(.*\n)+ {2}key {5}missing .*not signed/,
    );
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
    await sealAudit(db, toAuditKeys(audit)).finally(() => db.close());
    const signed = await verifyKeyed();
    assert.deepEqual([signed.exitCode, /key {5}holds /.test(signed.out)], [0, true]);
    assert.match((await run('anchor')).out, /signed with key [0-9a-f]{16}\n$/);
    const missing = await run('verify');
    assert.deepEqual([missing.exitCode, /key {5}missing .*not in the config/.test(missing.out)], [1, true]);
    for (const { out, err } of [unsigned, signed, missing]) assert.doesNotMatch(out + err, /not-to-be/);
  });

  it('says which parts of the record were erased', async () => {
    const id = await sealedConversation();
    await cairnloop.worker.stop();
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 1 });
    const by = { id: 'op-9' };
    await db.transaction((tx) => eraseFromAudit(tx, { conversationIds: [id], by })).finally(() => db.close());
    assert.match((await run('list', '--action', 'conversation.opened')).out, /conversation\.opened +erased +/);
    const { items } = await json('list', '--action', 'conversation.opened');
    assert.deepEqual([items[0].actor, items[0].erased], [{ id: 'erased' }, ['actor']]);
    assert.match((await run('list', '--action', 'audit.')).out, /audit\.erased +op-9/);
    assert.equal((await run('verify')).exitCode, 0);
    assert.match((await run('export')).out, /"erased":\["actor"\]/);
  });

  it('exports lines that can be checked without the database, or one JSON list', async () => {
    await sealedConversation();
    await cairnloop.worker.stop();
    await cairnloop.conversations.open({ actorId: 'cust-8' });
    const { out, err } = await run('export');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ seq, action }) => [seq, action]),
      [
        [1, 'conversation.opened'],
        [2, 'conversation.noted'],
        [3, 'conversation.resolved'],
        [null, 'conversation.opened'],
      ],
    );
    assert.deepEqual(verifyAuditChain(lines.slice(0, 3) as SealedAuditEvent[]).end.seq, 3);
    assert.equal(err, '4 event(s) exported\n');
    assert.deepEqual(await json('export'), lines);
  });

  it('exports an empty record as an empty list', async () => {
    assert.deepEqual(await json('export'), []);
    assert.equal((await run('export')).out, '');
  });

  it('says what to do if the schema does not exist yet', async () => {
    await database.query('DROP SCHEMA cairnloop CASCADE');
    assert.equal((await json('verify')).error.code, 'MIGRATIONS_PENDING');
    await migrateUp({ url: database.url, schema: 'cairnloop' });
    assert.equal((await run('verify')).exitCode, 0);
  });
});

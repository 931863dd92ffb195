import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { main } from '../../../src/cli/main.js';
import type { Cairnloop } from '../../../src/contracts/cairnloop.js';
import { memoryIo } from '../../support/memory-io.js';
import { operator, useHosts } from '../../support/started-host.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

describe('cairnloop customer', () => {
  const { startHost } = useHosts();
  let cairnloop: Cairnloop;
  let host: TempHost;

  beforeEach(async () => {
    const started = await startHost({}, { worker: false });
    ({ cairnloop } = started);
    host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.js': `export default { database: { url: ${JSON.stringify(started.database.url)} } };\n`,
    });
    const { id } = await cairnloop.conversations.open({
      actorId: 'cust-7',
      subject: 'Parcel',
      message: 'Where is it?',
    });
    await cairnloop.conversations.reply(id, { content: 'On its way.', actor: operator });
    await cairnloop.conversations.open({ actorId: 'cust-70', message: 'Another one' });
  });
  afterEach(() => host.remove());

  const run = async (args: string[], answers?: Record<string, unknown>) => {
    const io = memoryIo(host.folder, answers);
    const exitCode = await main(['customer', ...args], io);
    return { exitCode, out: io.out(), err: io.err(), asked: io.asked };
  };
  const count = () => cairnloop.conversations.count();

  it('CD1 export prints one JSON document of the customer and nothing else on stdout', async () => {
    for (const args of [
      ['export', 'cust-7'],
      ['export', 'cust-7', '--json'],
    ]) {
      const { exitCode, out, err } = await run(args);
      assert.equal(exitCode, 0, err);
      assert.equal(err, '1 conversation exported\n');
      const document = JSON.parse(out);
      assert.deepEqual(
        document.conversations.map((one: { subject: string }) => one.subject),
        ['Parcel'],
      );
      const { exportedAt: _, ...printed } = document;
      const { exportedAt: __, ...returned } = await cairnloop.customers.export('cust-7');
      assert.deepEqual(printed, returned);
    }
  });

  it('CD1 export --output writes a file that only its owner may read, and never overwrites one', async () => {
    const { exitCode, out } = await run(['export', 'cust-7', '--output', 'cust-7.json']);
    assert.deepEqual([exitCode, out], [0, '1 conversation exported to cust-7.json\n']);
    const file = path.join(host.folder, 'cust-7.json');
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).conversations.length, 1);
    assert.equal(statSync(file).mode & 0o077, 0);
    const failed = await run(['export', 'cust-7', '--output', 'no/such/folder.json', '--json']);
    assert.deepEqual([failed.exitCode, JSON.parse(failed.out).error.code], [1, 'WRITE_FAILED']);
    assert.deepEqual(
      readdirSync(host.folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('erase --dry-run counts and erases nothing', async () => {
    const { exitCode, out } = await run(['erase', 'cust-7', '--dry-run', '--json']);
    const { dryRun, conversations, messages, drafts, deliveries, auditEvents } = JSON.parse(out);
    assert.deepEqual([exitCode, dryRun, conversations, messages, drafts, deliveries], [0, true, 1, 2, 0, 0]);
    assert.ok(auditEvents > 0);
    const text = await run(['erase', 'cust-7', '--dry-run']);
    assert.match(
      text.out,
      /^Would erase what is stored about "cust-7": 1 conversation, 2 messages, 0 drafts, \d audit events, 0 deliveries\.\n$/,
    );
    assert.equal(await count(), 2);
  });

  it('erase without --yes and without a terminal exits 2, says what it would erase, and erases nothing', async () => {
    for (const args of [
      ['erase', 'cust-7'],
      ['erase', 'cust-7', '--json'],
    ]) {
      const { exitCode, out, err } = await run(args);
      assert.equal(exitCode, 2);
      assert.match(out + err, /1 conversation, 2 messages/);
      assert.match(out + err, /--yes/);
    }
    assert.equal(await count(), 2);
  });

  it('erase asks on a terminal, naming the counts, and erases only after a yes', async () => {
    const no = await run(['erase', 'cust-7'], { 'Would erase': false });
    assert.deepEqual([no.exitCode, await count()], [130, 2]);
    assert.match(no.asked[0] ?? '', /1 conversation, 2 messages.*Erase it for good\?/);
    const yes = await run(['erase', 'cust-7', '--reason', 'Request 4711'], { 'Would erase': true });
    assert.deepEqual([yes.exitCode, await count()], [0, 1], yes.err);
    const [line] = (await cairnloop.audit.list({ action: 'customer.erased' })).items;
    assert.match(line?.actor.id ?? '', /^cli:/);
    assert.equal(line?.detail.reason, 'Request 4711');
  });

  it('erase --yes --json prints the counts alone', async () => {
    const { exitCode, out, err } = await run(['erase', 'cust-7', '--yes', '--json']);
    assert.deepEqual([exitCode, err], [0, ''], out);
    const { dryRun, conversations, messages } = JSON.parse(out);
    assert.deepEqual([dryRun, conversations, messages], [false, 1, 2]);
    assert.equal(await count(), 1);
  });
});

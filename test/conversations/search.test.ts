import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/connect.js';
import { migrateDown, migrateUp } from '../../src/db/migrate.js';
import type { Runtime } from '../../src/runtime.js';
import { findQueuePage } from '../../src/workspace/queries/queue.js';
import { type StartedHost, useHosts } from '../support/started-host.js';

/** What people write, and what they look for to find it again. */
const finds: [written: string, searches: string[]][] = [
  ['Mail me at zoe.bronte+help@mail.example.com please', ['zoe.bronte+help@mail.example.com', 'bronte', 'zoe.bro']],
  ['0196f0c2-7a3e-7b1c-8d2f-0a1b2c3d4e5f', ['0196f0c2-7a3e-7b1c-8d2f-0a1b2c3d4e5f', '0196f0c2-7a3e', '0A1B2C3D4E5F']],
  ['It is about order-4711, which is late', ['order-4711', '4711', 'order 4711', '#4711']],
  ['See INV/2024/0815 for the sum', ['INV/2024/0815', '0815', 'inv 2024', '2024/08']],
  ['I attached invoice.pdf twice', ['invoice.pdf', 'invoice', 'pdf', 'INVOICE.PDF']],
  ['Broken since v1.2.3 came out', ['v1.2.3', 'v1.2']],
  ['You charged 1,299.00 EUR instead of -12.50', ['1,299.00', '1,299', '-12.50', '12.5']],
  ['Call +49 (30) 901820-44 or 555.0199', ['+49 (30) 901820-44', '901820', '+49 30 901820 44', '555.0199', '0199']],
  [
    'https://shop.example.com:8443/cart/checkout?step=3&ref=a_b#pay fails',
    ['https://shop.example.com:8443/cart/checkout?step=3&ref=a_b#pay', 'shop.example.com', 'checkout', 'example.com'],
  ],
  ['C:\\Users\\ada\\report_final.docx and /var/log/app.log', ['report_final.docx', 'ada\\report', '/var/log/app.log']],
  ['auth0|abc_def:7', ['auth0|abc_def:7', 'abc_def']],
  ['मुझे हिन्दी में सहायता चाहिए।', ['हिन्दी', 'सहायता', 'चाहिए']],
  ['ที่อยู่ ใบกำกับภาษี ผิด', ['ใบกำกับภาษี', 'ที่อยู่']],
  ['أَهْلًا، كَيْفَ الحال؟', ['كَيْفَ', 'أَهْلًا', 'الحال']],
  ['Zoe\u0308s Cafe\u0301 in Ko\u0308ln', ['Zoës', 'café', 'KÖLN', 'Ko\u0308ln']],
  ['Zoë’s “Straße” — geändert…', ['zoë', 'Straße', 'geändert', 'gea\u0308ndert', "Zoë's"]],
  ['Ελληνικά, русский; 日本語。価格', ['ελληνικά', 'РУССКИЙ', '日本語', '価格']],
  ['soft\u00adhyphen and zero\u200bwidth ❤️ love', ['softhyphen', 'zerowidth', '❤️ love', 'love']],
];

const findsNot: [written: string, search: string][] = [
  ['order-4711', 'order-4712'],
  ['order-4711', '711'],
  ['zoe@example.com', 'zoe@example.org'],
  ['हिन्दी', 'हन्द'],
  ['Anything at all', '!!!'],
  ['Anything at all', '%'],
];

describe('search', () => {
  const { startHost } = useHosts();

  /** The ways to look, each answering the subjects that it found. */
  const waysOf = (host: StartedHost, runtime: Runtime) => ({
    list: async (search: string) =>
      (await host.cairnloop.conversations.list({ search, limit: 200 })).items.map((c) => c.id),
    workspace: async (search: string) =>
      (await findQueuePage(runtime, { filter: 'open', search, cursor: null })).rows.map((row) => row.id),
  });

  const withRuntime = async (host: StartedHost, work: (runtime: Runtime) => Promise<void>) => {
    const db = openDatabase({ url: host.database.url, schema: 'cairnloop', poolSize: 2 });
    await work({ db } as unknown as Runtime).finally(db.close);
  };

  const places = {
    subject: (written: string) => ({ subject: written }),
    'actor id': (written: string) => ({ actorId: written }),
    message: (written: string) => ({ message: written }),
  };
  for (const [place, opened] of Object.entries(places)) {
    it(`finds what people look for in a ${place}, in lists, counts and the workspace`, async () => {
      const host = await startHost({}, { worker: false });
      await withRuntime(host, async (runtime) => {
        const { conversations } = host.cairnloop;
        const ways = waysOf(host, runtime);
        for (const [written, searches] of finds) {
          const { id } = await conversations.open(opened(written));
          for (const search of searches) {
            for (const [way, look] of Object.entries(ways))
              assert.ok((await look(search)).includes(id), `${way}: ${search} in ${written}`);
            assert.equal(await conversations.count({ search }), (await ways.list(search)).length);
          }
        }
        for (const [written, search] of findsNot) {
          const { id } = await conversations.open(opened(written));
          for (const [way, look] of Object.entries(ways))
            assert.ok(!(await look(search)).includes(id), `${way}: ${search} in ${written}`);
        }
      });
    });
  }

  it('takes what people type for words and never for a query', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ subject: 'Fifty percent (50%)' });
    const searches = ["'", '%', '_', '!!', "a' OR 1=1", '(((', '& | !', '\\', "\\'", '🪨', 'a:*', '<->', '\ud800'];
    for (const search of searches) assert.equal(await cairnloop.conversations.count({ search }), 0, search);
    assert.deepEqual(
      (await cairnloop.conversations.list({ search: '50' })).items.map((found) => found.id),
      [id],
    );
    for (const nothing of ['', '  ', '\0']) assert.equal(await cairnloop.conversations.count({ search: nothing }), 1);
  });

  it('holds words of any length', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const long = 'x1'.repeat(4000);
    const { id } = await cairnloop.conversations.open({ message: `${long} and ${'語'.repeat(4000)}` });
    for (const search of [long.slice(0, 200), 'x1x1', '語語', long.slice(0, 150)])
      assert.deepEqual(
        (await cairnloop.conversations.list({ search })).items.map((found) => found.id),
        [id],
      );
  });

  it('goes by its indexes', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await cairnloop.conversations.open({ subject: 'Invoice 7', message: 'Hello' });
    const { rows } = await database.query(
      `EXPLAIN SELECT FROM cairnloop.messages
       WHERE role <> 'system' AND cairnloop.search_vector(left(content, 20000)) @@ cairnloop.search_query('hello')`,
    );
    assert.match(JSON.stringify(rows), /messages_words/);
  });

  it('finds what was written before its migration was applied', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await cairnloop.conversations.open({ message: 'About order-4711' });
    const options = { url: database.url, schema: 'cairnloop' };
    assert.ok((await migrateDown(options, '0008-search')).includes('0008-search'));
    await migrateUp(options);
    assert.equal(await cairnloop.conversations.count({ search: '4711' }), 1);
  });
});

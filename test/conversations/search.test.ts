import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/connect.js';
import { migrateDown, migrateUp } from '../../src/db/migrate.js';
import type { Runtime } from '../../src/runtime.js';
import { findQueuePage } from '../../src/workspace/queries/queue.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

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
  ['Order 4711 (order-4712)', ['711', '47', 'rder', '-4712', '4712)']],
  ['导出的 CSV 文件乱码，请修复', ['乱码', '文件乱', 'CSV 文件', '的', '文件乱码，请', '出的']],
  ['請求書の金額が違います', ['金額', '請求書の金額', '違います', 'の金', '金額が違']],
  ['ＡＢＣ－１２３のﾃﾞｰﾀ', ['abc-123', 'データ', 'ｃ-１２', '123のデ', 'データ']],
  ['ไม่สามารถดาวน์โหลดใบแจ้งหนี้ได้', ['ดาวน์โหลด', 'ใบแจ้งหนี้', 'สามารถดาวน์โหลดใบ']],
  ['환불을요청했습니다', ['요청', '환불', '환불을요청했습니다'.normalize('NFD'), '습니']],
  ['Der Rechnungsempfängerwechsel', ['empfänger', 'EMPFANGER', 'wechsel', 'rechnungsempfangerwechsel', 'gerw']],
  ['Straßenfest in GROẞBRITANNIEN', ['strassen', 'STRASSENFEST', 'großbrit', 'ßen']],
  ['ΟΔΥΣΣΕΎΣ και Ὀδυσσεύς', ['οδυσσεύς', 'οδυσσευσ', 'δυσσ', 'ΣΣΕΥΣ']],
  ['ISPARTA, İstanbul, ışık', ['isparta', 'ıspar', 'istanbul', 'İSTANBUL', 'isik', 'IŞIK']],
  ['Œuvre, ﬁnancé, Ærøskøbing, Łódź', ['oeuvre', 'financé', 'ﬁn', 'aeroskobing', 'lodz', 'ŁÓDŹ', 'Ero']],
  ['שָׁלוֹם עֲלֵיכֶם', ['שלום', 'עליכם', 'שָׁלוֹם', 'לום']],
  ['الطَّلَب رقم ٤٧١١ لِلأحمد', ['الطلب', '4711', '٤٧١١', 'طلب', 'احمد']],
  ['Ёжик, ЕЖИК; Київ', ['ежик', 'ЁЖИК', 'київ', 'КИЇВ', 'жик']],
  ['Tiếng Việt: Đơn hàng', ['tieng viet', 'đơn hàng', 'don hang', 'VIỆT']],
  ['Հայերեն ՀԱՅ, ᲗᲑᲘᲚᲘᲡᲘ თბილისი, 𐐔𐐇𐐝', ['հայ', 'თბილისი', 'თბილ', '𐐼𐐯𐑅']],
  ['ⅷ ½ ㎏ ①②③', ['viii', 'kg', '123']],
  ['soft\u00adhyphen and zero\u200bwidth ❤️ love', ['softhyphen', 'zerowidth', '❤️ love', 'love']],
];

const findsNot: [written: string, search: string][] = [
  ['order-4711', 'order-4712'],
  ['乱丸码', '乱码'],
  ['ハナ', 'バナ'],
  ['Donaudampfschiff', 'donaudampfer'],
  // Each twelve letters of it are somewhere in the text, and all of it nowhere.
  ['abcdefghijkl bcdefghijklm', 'abcdefghijklm'],
  ['一二三 二三四', '一二三四'],
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

  it('reads search text as words, never as query syntax', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ subject: 'Fifty percent (50%)' });
    const operators = ["'a':*", 'a & !b', '!(a | b)', 'a <2> b', "a\\'b:ABCD", '$1', '$$', '?', ':name'];
    for (const search of operators) assert.equal(await cairnloop.conversations.count({ search }), 0, search);
    const searches = ["'", '%', '_', '!!', "a' OR 1=1", '(((', '& | !', '\\', "\\'", '🪨', 'a:*', '<->', '\ud800'];
    for (const search of searches) assert.equal(await cairnloop.conversations.count({ search }), 0, search);
    assert.deepEqual(
      (await cairnloop.conversations.list({ search: '50' })).items.map((found) => found.id),
      [id],
    );
    for (const nothing of ['', '  ', '\0']) assert.equal(await cairnloop.conversations.count({ search: nothing }), 1);
  });

  it('finds words of any length', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const long = 'x1'.repeat(4000);
    const { id } = await cairnloop.conversations.open({ message: `${long} and ${'語'.repeat(4000)}` });
    for (const search of [long.slice(0, 200), 'x1x1', '語語', long.slice(0, 150)])
      assert.deepEqual(
        (await cairnloop.conversations.list({ search })).items.map((found) => found.id),
        [id],
      );
  });

  it('uses its indexes', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await cairnloop.conversations.open({ subject: 'Invoice 7', message: 'Hello' });
    const { rows } = await database.query(
      `EXPLAIN SELECT FROM cairnloop.searched_texts
       WHERE cairnloop.search_parts(text) @@ cairnloop.search_parts_query('hello')`,
    );
    const plan = JSON.stringify(rows);
    for (const index of ['messages_parts', 'conversation_texts_parts', 'bulk_envelopes_parts'])
      assert.ok(plan.includes(index), `${index} in ${plan}`);
  });

  it('finds conversations by their tags, with words of the subject and the actor id', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({
      subject: 'Late',
      actorId: 'cust_9',
      tags: ['Rückerstattung', 'vip'],
    });
    await cairnloop.conversations.open({ subject: 'Late', actorId: 'cust_8' });
    for (const search of ['erstattung', 'RUCKERSTATTUNG', 'vip late', 'cust_9 vip'])
      assert.deepEqual(
        (await cairnloop.conversations.list({ search })).items.map((found) => found.id),
        [id],
        search,
      );
  });

  it('follows changes of subject, actor id and tags, and drops a deleted conversation', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ subject: 'Before', tags: ['early'] });
    await database.query(`update cairnloop.conversations set subject = 'After', tags = '{late}'`);
    const found = [];
    for (const search of ['before', 'early', 'after', 'late'])
      found.push(await cairnloop.conversations.count({ search }));
    assert.deepEqual(found, [0, 0, 1, 1]);
    await database.query('delete from cairnloop.conversations where id = $1', [id]);
    assert.equal((await database.query('select * from cairnloop.conversation_texts')).rowCount, 0);
  });

  it('finds every recipient of a bulk send by its text', async () => {
    const { cairnloop } = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const ids = [];
    for (const n of [1, 2, 3]) ids.push((await cairnloop.conversations.open({ subject: `Number ${n}` })).id);
    const content = 'Unsere Lagerräumung beginnt';
    await cairnloop.outbound.bulkTrigger(ids, { content, templateId: 'sale', actor: operator });
    const found = (await cairnloop.conversations.list({ search: 'räumung' })).items.map((item) => item.id);
    assert.deepEqual(found.sort(), ids.sort());
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

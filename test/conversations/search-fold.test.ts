import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated, type StartedHost, start } from '../support/started-host.js';

/** One letter after the other of many scripts, with what stands between words. */
const letters = fc.oneof(
  fc.constantFrom(...'abcxyzABCXYZ0189'),
  fc.constantFrom(...'äßéñøłıİŒﬁÅẞ', 'e\u0301', 'o\u0308'),
  fc.constantFrom(...'λόγοςΣΆжЖёЁіїհՀ'),
  fc.constantFrom(...'乱码文件金額のデータ語'),
  fc.constantFrom(...'ภาษาไทยขอคืน한국어환불'),
  fc.constantFrom(...'שלוםمرحباحमदद', '\u05b8', '\u064e'),
  fc.constantFrom(...'ＡＢ１２ｶﾞ①㎏'),
  fc.constantFrom('\u{20000}', '\u{10400}', '🪨', '\u200d', '\u00ad'),
  fc.constantFrom(...'  .-_%\\\'"/@:&|!()*<>'),
);
const texts = fc.array(letters, { minLength: 1, maxLength: 60 }).map((parts) => parts.join(''));

describe('case and accent folding in search', () => {
  let host: StartedHost;
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(migrated);
    host = await start({}, database);
  });
  after(async () => {
    await host.cairnloop.close();
    await database.drop();
  });

  const fold = async (given: readonly string[]): Promise<string[]> => {
    const { rows } = await database.query(
      'select cairnloop.search_fold(text) as folded from unnest($1::text[]) with ordinality given (text, place) order by place',
      [given],
    );
    return rows.map((row) => row.folded);
  };

  const found = async (search: string): Promise<string[]> => {
    const { items } = await host.cairnloop.conversations.list({ search, limit: 200 });
    return items.map((item) => item.id);
  };

  it('finds a text by any part of it, and only texts that hold every word', async function () {
    this.timeout(120_000);
    const written = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(), fc.integer({ min: 2, max: 30 }), async (text, from, length) => {
        const [folded = ''] = await fold([text]);
        if (written.size > 150 || !/\S/.test(text)) return;
        const { id } = await host.cairnloop.conversations.open({ message: text });
        written.set(id, folded);
        const signs = [...folded];
        const start = from % Math.max(1, signs.length - 1);
        const search = signs
          .slice(start, start + length)
          .join('')
          .trim();
        if (search === '') return;
        const ids = await found(search);
        assert.ok(ids.includes(id), `"${search}" in "${text}"`);
        for (const other of ids)
          for (const word of search.split(' ')) assert.ok(written.get(other)?.includes(word), `"${word}" in ${other}`);
      }),
      { numRuns: 150 },
    );
  });

  it('finds a single letter by the beginning of a word', async () => {
    const { id } = await host.cairnloop.conversations.open({ subject: 'Quittung ζητώ 箱' });
    for (const search of ['q', 'Ζ', '箱']) assert.ok((await found(search)).includes(id), search);
  });

  it('is idempotent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 20, maxLength: 50 }), async (given) => {
        const once = await fold(given);
        assert.deepEqual(await fold(once), once);
      }),
      { numRuns: 20 },
    );
  });

  it('treats every Unicode letter alike in upper and lower case, composed and decomposed', async () => {
    const all: string[] = [];
    for (let code = 0x80; code < 0x1f000; code += 1) {
      const letter = String.fromCodePoint(code);
      if (/\p{L}/u.test(letter) && [...letter.toLowerCase()].length === 1) all.push(letter);
    }
    const folded = await fold(all);
    const forms = [(letter: string) => letter.toLowerCase(), (letter: string) => letter.normalize('NFD')];
    for (const form of forms) {
      const other = await fold(all.map(form));
      assert.deepEqual(
        all.filter((_, n) => folded[n] !== other[n]),
        [],
      );
    }
  });

  it('bounds the cost of one text: of a long word, and of letters that expand', async () => {
    for (const text of [
      'a1'.repeat(500_000),
      '\ufdfa'.repeat(20_000),
      '\u{10400}'.repeat(20_000),
      '語'.repeat(20_000),
    ]) {
      const { id } = await host.cairnloop.conversations.open({ message: text });
      assert.ok((await found([...text].slice(0, 30).join(''))).includes(id), text.slice(0, 4));
    }
  });

  it('refuses a search of ten thousand characters in lists, with its limit', async () => {
    await assert.rejects(host.cairnloop.conversations.list({ search: 'x'.repeat(10_000) }), { code: 'INPUT_INVALID' });
  });
});

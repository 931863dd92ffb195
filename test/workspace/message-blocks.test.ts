import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { splitIntoMessageBlocks } from '../../src/workspace/message-blocks.js';
import { splitAtSearchHits, splitSearchIntoWords } from '../../src/workspace/search-hits.js';

const shape = (text: string) =>
  splitIntoMessageBlocks(text).map(({ kind, folded }) => `${kind}${folded ? ' folded' : ''}`);

describe('the parts of a message', () => {
  const cases: [string, string, string[]][] = [
    ['plain words', 'Hello\n\nIt fails.', ['text']],
    [
      'an answer above a quotation',
      'Yes.\n\nOn Tue, 3 Mar 2026 at 10:12, Ada <a@b.test> wrote:\n> Does it?\n> Ada',
      ['text', 'quote folded'],
    ],
    [
      'an introduction over two lines',
      'Ja.\nAm Di., 3. März 2026 um 10:12 Uhr schrieb Ada\n<a@b.test>:\n> Geht es?',
      ['text', 'quote folded'],
    ],
    ['answers between quotations', '> First?\nYes.\n> Second?\nNo.', ['quote', 'text', 'quote', 'text']],
    ['a long quotation between', `${'> line\n'.repeat(9)}No.`, ['quote folded', 'text']],
    ['a signature', 'Thanks\n-- \nZoe\nExample Ltd', ['text', 'signature folded']],
    ['a signature above a quotation', 'Thanks\n--\nZoe\n> Hello', ['text', 'signature folded', 'quote folded']],
    ['a rule above many lines, which is no signature', `Thanks\n--\n${'line\n'.repeat(30)}`, ['text']],
    [
      'an earlier message without marks',
      'See below.\n-----Original Message-----\nFrom: Ada\nHello',
      ['text', 'quote folded'],
    ],
    ['code between fences', 'Try\n```\n> not a quote\n-- \n```\nthen', ['text', 'code', 'text']],
    ['a fence that nothing closes', 'Try\n```\ncode', ['text']],
    ['a quotation and nothing else', '> Hello\n> there', ['quote']],
    ['an introduction that nothing follows', 'On Tuesday, Ada wrote:\nnothing', ['text']],
  ];
  for (const [what, text, expected] of cases) {
    it(`${what}: ${expected.join(', ')}`, () => assert.deepEqual(shape(text), expected));
  }

  it('joined again they equal the message', () => {
    const line = fc.oneof(
      fc.constantFrom('```', '~~~', '> a', '-- ', '--', '', 'On Monday at 9, Ada wrote:', '-----Original Message-----'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join('\n');
        assert.equal(
          splitIntoMessageBlocks(text)
            .map((block) => block.text)
            .join('\n'),
          text,
        );
      }),
    );
  });
});

describe('the hits of a search', () => {
  const hits = (text: string, search: string) =>
    splitAtSearchHits(text, splitSearchIntoWords(search))
      .filter(({ hit }) => hit)
      .map((part) => part.text);

  it('are found in any case and with any accents, and the rest stays as it is', () => {
    assert.deepEqual(hits('Der Export für ZOË schlägt fehl, export', 'export zoe'), ['Export', 'ZOË', 'export']);
    assert.deepEqual(hits('a İ b', 'b x'), []);
    for (const text of ['Straße İstanbul ﬁ 👍🏽 é', 'plain'])
      assert.equal(
        splitAtSearchHits(text, splitSearchIntoWords('str pl is 👍'))
          .map((part) => part.text)
          .join(''),
        text,
      );
  });
});

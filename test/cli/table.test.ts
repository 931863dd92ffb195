import assert from 'node:assert/strict';
import fc from 'fast-check';
import { singleLine } from '../../src/cli/single-line-text.js';
import { formatTable } from '../../src/cli/table.js';

const rows = [
  ['id', 'who', 'state', 'why'],
  ['1', 'Ada Countess of Lovelace', 'pending', 'ECONNREFUSED while it called the CRM'],
  ['22', 'Bo', 'discarded', ''],
];
const free = [1, 3];

describe('cli/table', () => {
  it('cuts nothing without a width', () => {
    assert.deepEqual(formatTable(rows).split('\n'), [
      'id  who                       state      why',
      '1   Ada Countess of Lovelace  pending    ECONNREFUSED while it called the CRM',
      '22  Bo                        discarded',
    ]);
    assert.equal(formatTable(rows, { width: 80, free }), formatTable(rows));
  });

  it('cuts the longest of its free columns to fit', () => {
    assert.deepEqual(formatTable(rows, { width: 64, free }).split('\n'), [
      'id  who                       state      why',
      '1   Ada Countess of Lovelace  pending    ECONNREFUSED while it …',
      '22  Bo                        discarded',
    ]);
  });

  it('wraps onto a second line if cutting is not enough', () => {
    assert.deepEqual(formatTable(rows, { width: 36, free }).split('\n'), [
      'id  who                    state',
      '    why',
      '1   Ada Countess of Love…  pending',
      '    ECONNREFUSED while it called th…',
      '22  Bo                     discarded',
    ]);
  });

  it('has no line longer than any width, and keeps cells whole that must not be cut', () => {
    const cell = fc.string({ maxLength: 20, unit: fc.constantFrom('a', 'B', '7') });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1 }),
        fc.integer({ min: 24 }),
        (some, width) => {
          const text = formatTable(some, { width, free });
          assert.ok(text.split('\n').every((line) => line.length <= width));
          for (const [first, , third] of some) assert.ok(text.includes(first) && text.includes(third));
        },
      ),
    );
  });

  it('prints any text without changing columns or the direction of text', () => {
    assert.equal(singleLine('Ada \u202egnp.exe\u202c\u2066x\u2069'), 'Ada gnp.exe x');
    assert.equal(singleLine('a\u001b[2Jb\r\n\tc\u009bd\u061c'), 'a [2Jb c d');
    assert.equal(singleLine('שלום 👩‍💻'), 'שלום 👩‍💻');
    assert.equal(singleLine('12345👍', 7), '12345👍');
    assert.equal(singleLine('12345👍8', 7), '12345…');
    assert.equal(formatTable([['\u202ea']]), 'a');
  });
});

import assert from 'node:assert/strict';
import { castParametersFromText, toParameterText } from '../../src/within/portable.js';

describe('portable statements', () => {
  const values: [value: unknown, text: string | null][] = [
    [undefined, null],
    [null, null],
    ['', ''],
    ["it's \\ $1 {}", "it's \\ $1 {}"],
    [1.5, '1.5'],
    [10n, '10'],
    [true, 'true'],
    [new Date('2026-02-03T04:05:06.007Z'), '2026-02-03T04:05:06.007Z'],
    [{ a: [1, null], b: 'x' }, '{"a":[1,null],"b":"x"}'],
    [[], '{}'],
    [['a"b', 'c\\d', 'NULL', '', 'e,f', null, 1], '{"a\\"b","c\\\\d","NULL","","e,f",NULL,"1"}'],
  ];
  for (const [value, text] of values)
    it(`send ${typeof value} ${JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one))} as a text`, () => {
      assert.equal(toParameterText(value), text);
    });

  it('cast each parameter on the server, and touch nothing in quotes or comments', () => {
    assert.equal(
      castParametersFromText(`SELECT $1, '$1', "$2" FROM x WHERE a = $2::uuid -- $1\n AND b = $12 /* $2 */`, [
        'pg_catalog.text',
        'pg_catalog.uuid',
        ...Array(9),
        'pg_catalog._text',
      ]),
      `SELECT ($1::text::pg_catalog.text), '$1', "$2" FROM x WHERE a = ($2::text::pg_catalog.uuid)::uuid -- $1\n AND b = ($12::text::pg_catalog._text) /* $2 */`,
    );
  });
});

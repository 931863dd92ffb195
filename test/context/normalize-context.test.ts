import assert from 'node:assert/strict';
import vm from 'node:vm';
import fc from 'fast-check';
import {
  type ContextValue,
  maxContextCharacters,
  maxContextEntries,
  maxContextValues,
  toContextSections,
} from '../../src/context/normalize-context.js';

const plain = (text: string): ContextValue => ({ kind: 'text', text, presentation: 'plain' });
const empty: ContextValue = { kind: 'text', text: '—', presentation: 'empty' };

/** What one value becomes inside a section. */
function shown(value: unknown): ContextValue | undefined {
  return toContextSections({ Facts: { fact: value } })[0]?.entries[0]?.value;
}

describe('context/normalize-context', () => {
  it('CP7 an empty map has no sections', () => {
    assert.deepEqual(toContextSections({}), []);
  });

  it('CP8 makes top-level keys the headers, in order, and nested maps label and value rows', () => {
    const sections = toContextSections({
      'User Details': { name: 'Ann', lifetime_value: '$120' },
      activePlan: { tier: 'pro', limits: { seats: 5 } },
      Nothing: {},
    });
    assert.deepEqual(sections, [
      {
        header: 'User Details',
        entries: [
          { label: 'Name', value: plain('Ann') },
          { label: 'Lifetime value', value: plain('$120') },
        ],
      },
      {
        header: 'activePlan',
        entries: [
          { label: 'Tier', value: plain('pro') },
          {
            label: 'Limits',
            value: {
              kind: 'group',
              entries: [{ label: 'Seats', value: { kind: 'text', text: '5', presentation: 'number' } }],
            },
          },
        ],
      },
      { header: 'Nothing', entries: [{ label: '', value: empty }] },
    ]);
  });

  it('CP8 groups facts without a section under Details, at the position of the first', () => {
    const sections = toContextSections({ Plan: { tier: 'pro' }, firstName: 'Ann', Tags: ['a'], vip: true });
    assert.deepEqual(
      sections.map(({ header, entries }) => [header, entries.map(({ label }) => label)]),
      [
        ['Plan', ['Tier']],
        ['Details', ['First name', 'Vip']],
        ['Tags', ['']],
      ],
    );
  });

  it('CP8 shows six levels and marks deeper values', () => {
    let deep: unknown = 'bottom';
    for (let level = 6; level > 1; level -= 1) deep = { [`level${level}`]: deep };
    assert.match(JSON.stringify(toContextSections({ Section: { level1: deep } })), /bottom/);
    const tooDeep = JSON.stringify(toContextSections({ Section: { level1: { more: deep } } }));
    assert.doesNotMatch(tooDeep, /bottom/);
    assert.match(tooDeep, /"kind":"truncated","reason":"nested deeper than 6 levels"/);
  });

  it('CP8 cuts cycles, and shows a value that occurs twice both times', () => {
    const ann: Record<string, unknown> = { name: 'Ann' };
    ann.friend = ann;
    assert.deepEqual(toContextSections({ Ann: ann })[0]?.entries[1]?.value, {
      kind: 'truncated',
      reason: 'contains itself',
    });
    const city = { name: 'Bonn' };
    const [section] = toContextSections({ Address: { home: city, work: city } });
    assert.deepEqual(section?.entries[0]?.value, section?.entries[1]?.value);
  });

  it('CP9 shows every scalar', () => {
    assert.deepEqual(shown('Ann'), plain('Ann'));
    assert.deepEqual(shown(1.5), { kind: 'text', text: '1.5', presentation: 'number' });
    assert.deepEqual(shown(9007199254740993n), { kind: 'text', text: '9007199254740993', presentation: 'number' });
    assert.deepEqual(shown(10n ** 100n), {
      kind: 'text',
      text: 'a number of more than 100 digits',
      presentation: 'number',
    });
    assert.deepEqual(shown(false), { kind: 'text', text: 'No', presentation: 'boolean' });
    assert.deepEqual(shown(new Date(0)), {
      kind: 'text',
      text: '1970-01-01 00:00 UTC',
      presentation: 'date',
      iso: '1970-01-01T00:00:00.000Z',
    });
    for (const nothing of [null, undefined, '', '  ', [], {}]) assert.deepEqual(shown(nothing), empty);
  });

  it('CP9 shows lists of scalars, lists of maps as blocks, and mixed lists', () => {
    assert.deepEqual(shown(['a', 'b']), { kind: 'list', items: [plain('a'), plain('b')] });
    assert.deepEqual(shown([{ orderId: 'A1' }, { orderId: 'A2' }]), {
      kind: 'blocks',
      blocks: [[{ label: 'Order id', value: plain('A1') }], [{ label: 'Order id', value: plain('A2') }]],
    });
    assert.deepEqual(shown(['a', { b: 'c' }]), {
      kind: 'list',
      items: [plain('a'), { kind: 'group', entries: [{ label: 'B', value: plain('c') }] }],
    });
    assert.deepEqual(shown(new Set(['a'])), { kind: 'list', items: [plain('a')] });
    assert.deepEqual(shown(new Map([[{}, 'a']])), {
      kind: 'group',
      entries: [{ label: 'an object', value: plain('a') }],
    });
  });

  it('CP9 names a value that it cannot show', () => {
    class Account {
      secret = 'x';
    }
    const unsupported = (what: string) => ({ kind: 'unsupported', what });
    assert.deepEqual(
      shown(() => 1),
      unsupported('a function'),
    );
    assert.deepEqual(shown(Symbol('x')), unsupported('a symbol'));
    assert.deepEqual(shown(new Date(Number.NaN)), unsupported('an invalid date'));
    assert.deepEqual(shown(new Account()), unsupported('an instance of Account'));
    assert.deepEqual(shown(Promise.resolve(1)), unsupported('an instance of Promise'));
    assert.deepEqual(shown(new URL('https://x.test/a')), {
      kind: 'text',
      text: 'https://x.test/a',
      presentation: 'link',
      href: 'https://x.test/a',
    });
  });

  it('CP9 recognizes links, mail addresses and dates', () => {
    assert.deepEqual(shown('https://x.test/?a=1&b=2'), {
      kind: 'text',
      text: 'https://x.test/?a=1&b=2',
      presentation: 'link',
      href: 'https://x.test/?a=1&b=2',
    });
    assert.deepEqual(shown('ann+x@mail.test'), {
      kind: 'text',
      text: 'ann+x@mail.test',
      presentation: 'email',
      href: 'mailto:ann%2Bx@mail.test',
    });
    assert.deepEqual(shown('2026-01-05'), {
      kind: 'text',
      text: '2026-01-05',
      presentation: 'date',
      iso: '2026-01-05',
    });
    assert.deepEqual(shown('2026-01-05T10:00:00+02:00'), {
      kind: 'text',
      text: '2026-01-05T10:00:00+02:00',
      presentation: 'date',
      iso: '2026-01-05T08:00:00.000Z',
    });
    for (const text of ['2026-13-45', '20260105', '12', 'a@b', 'a?cc=b@c.test@d.test'])
      assert.deepEqual(shown(text), plain(text));
  });

  it('CP10 keeps headers as given and humanizes labels', () => {
    const [section] = toContextSections({ lifetime_value: { lifetimeValue: 1, userID: 2 } });
    assert.equal(section?.header, 'lifetime_value');
    assert.deepEqual(
      section?.entries.map(({ label }) => label),
      ['Lifetime value', 'User ID'],
    );
  });

  it('CP11 never links what a browser could take for a script', () => {
    const hostile = [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\tscript:alert(1)',
      'java\nscript:alert(1)',
      '\u0001javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:x',
      'ht\ttps://x.test/',
      'https://x.test/\njavascript:alert(1)',
      'https://bank.test@evil.test/',
      'https://x.test/"onmouseover="alert(1)',
      'file:///etc/passwd',
      '//evil.test/',
      'https:evil.test',
      'mailto:a@b.test\r\nBcc:c@d.test',
      '"><svg onload=alert(1)>@x.test',
    ];
    for (const text of hostile) {
      const value = shown(text);
      assert.ok(value?.kind === 'text' && value.presentation === 'plain', JSON.stringify(value));
    }
  });

  it('CP11 treats __proto__ and constructor as ordinary keys', () => {
    const map = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}');
    assert.deepEqual(
      toContextSections(map).map(({ header }) => header),
      ['__proto__', 'constructor'],
    );
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('survives getters that throw, revoked proxies and objects of another realm', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const getter = Object.defineProperty({}, 'boom', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const cannot = { kind: 'unsupported', what: 'a value that cannot be read' };
    assert.deepEqual(shown(proxy), cannot);
    assert.deepEqual(shown(getter), { kind: 'group', entries: [{ label: 'Boom', value: cannot }] });
    assert.deepEqual(shown(vm.runInNewContext('({ a: new Date(0) })')), shown({ a: new Date(0) }));
  });

  it('drops NUL, control characters and lone surrogates', () => {
    assert.deepEqual(shown('a\u0000b\u001b\ud800\nc'), plain('ab\ufffd\nc'));
  });

  it('says how much of long texts, lists and maps it omitted', () => {
    assert.deepEqual(shown('x'.repeat(5010)), { ...plain('x'.repeat(5000)), leftOut: 10 });
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]));
    const group = shown(many);
    assert.ok(group?.kind === 'group');
    assert.equal(group.entries.length, maxContextEntries + 1);
    assert.deepEqual(group.entries.at(-1)?.value, { kind: 'truncated', reason: '99800 more' });
    assert.deepEqual(toContextSections(many).at(-1), {
      header: 'More',
      entries: [{ label: '', value: { kind: 'truncated', reason: '99800 more' } }],
    });
    const blocks = shown(Array.from({ length: 300 }, () => ({ a: 1 })));
    assert.ok(blocks?.kind === 'blocks');
    assert.deepEqual(blocks.blocks.at(-1)?.[0]?.value, { kind: 'truncated', reason: '100 more' });
  });

  it('stays small for a map that expands exponentially', () => {
    let laughs: unknown = 'ha'.repeat(2000);
    for (let level = 0; level < 6; level += 1) laughs = { list: Array.from({ length: 1000 }, () => laughs) };
    assert.ok(size({ Laughs: laughs }) < bound);
  });

  it('CP6 gives bounded plain data for anything, and never throws', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      maxDepth: 8,
    });
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), anything), anything), (map) => {
        const sections = toContextSections(map);
        assert.deepEqual(JSON.parse(JSON.stringify(sections)), sections);
        assert.ok(size(map) < bound);
      }),
      { numRuns: 500 },
    );
  });
});

/** Characters of data, with room for the names of its fields. */
const bound = maxContextCharacters * 4 + maxContextValues * 200;

function size(map: unknown): number {
  return JSON.stringify(toContextSections(map)).length;
}

import assert from 'node:assert/strict';
import { maxSlaTermMinutes, validateSlaPolicies } from '../../src/sla/validate-policies.js';

const high = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };
const berlin = {
  timeZone: 'Europe/Berlin',
  hours: {
    '1': [
      ['09:00', '12:00'],
      ['12:00', '24:00'],
    ],
  },
};

function reasonFor(row: unknown): string {
  const { policies, rejected } = validateSlaPolicies([row]);
  assert.deepEqual(policies, [], 'the row was not rejected');
  assert.equal(rejected.length, 1);
  return `${rejected[0]?.priority}: ${rejected[0]?.reason}`;
}

describe('sla/validate-policies', () => {
  it('keeps valid rows, as copies without other properties', () => {
    const normal = { priority: 'normal', responseMinutes: maxSlaTermMinutes, breachMinutes: maxSlaTermMinutes };
    const given = [
      { ...high, id: 7 },
      { ...normal, calendar: null },
    ];
    assert.deepEqual(validateSlaPolicies(given), { policies: [high, normal], rejected: [] });
  });

  it('SL5 rejects each wrong row by name and keeps the others', () => {
    const { policies, rejected } = validateSlaPolicies([
      high,
      { priority: 'low', responseMinutes: 10, breachMinutes: 5 },
      { priority: 'odd', responseMinutes: 0, breachMinutes: 5 },
    ]);
    assert.deepEqual(policies, [high]);
    assert.deepEqual(
      rejected.map((row) => row.priority),
      ['low', 'odd'],
    );
  });

  for (const [found, responseMinutes] of [
    ['0', 0],
    ['-1', -1],
    ['1.5', 1.5],
    ['NaN', Number.NaN],
    ['1000000000000', 1e12],
    ['"60"', '60'],
    ['undefined', undefined],
    ['a bigint', 60n],
  ] as const) {
    it(`SL5 rejects responseMinutes ${found}`, () => {
      const row = { ...high, responseMinutes };
      assert.match(reasonFor(row), new RegExp(`^high: responseMinutes: expected whole minutes .* found ${found}$`));
    });
  }

  it('SL5 rejects a breach before the response', () => {
    assert.match(
      reasonFor({ ...high, breachMinutes: 59 }),
      /^high: breachMinutes: expected at least .*60.*, found 59$/,
    );
  });

  it('SL5 rejects both policies of a priority that occurs twice', () => {
    const { policies, rejected } = validateSlaPolicies([high, { ...high, breachMinutes: 90 }]);
    assert.deepEqual(policies, []);
    assert.deepEqual(
      rejected.map((row) => row.priority),
      ['high', 'high'],
    );
  });

  it('names a row without a usable priority by its position, for any other priorities', () => {
    const named = { ...high, priority: 'row 2' };
    const { policies, rejected } = validateSlaPolicies([named, null, { ...high, priority: ' high' }]);
    assert.deepEqual(policies, [named]);
    assert.deepEqual(
      rejected.map((row) => row.priority),
      ['row 2', 'row 3'],
    );
  });

  it('rejects a priority that no conversation can have', () => {
    for (const priority of ['', 'a\0b', '\ud800', 'x'.repeat(501), 7]) {
      assert.match(reasonFor({ ...high, priority }), /^row 1: priority: expected text/);
    }
  });

  it('handles a value that is no list and rows that throw', () => {
    assert.match(validateSlaPolicies({ high })?.rejected[0]?.reason ?? '', /expected a list, found an object/);
    const hostile = Object.defineProperty({}, 'priority', {
      get() {
        throw new Error('no');
      },
    });
    assert.match(reasonFor(hostile), /^row 1: .* throws when it is read/);
  });

  it('keeps a calendar as a copy', () => {
    const { policies } = validateSlaPolicies([{ ...high, calendar: { ...berlin, holidays: ['2028-02-29'] } }]);
    assert.deepEqual(policies[0]?.calendar, { ...berlin, holidays: ['2028-02-29'] });
    assert.notEqual(policies[0]?.calendar?.hours, berlin.hours);
  });

  for (const [title, calendar, reason] of [
    ['no calendar', 'nine to five', /calendar: expected an object/],
    ['an unknown zone', { ...berlin, timeZone: 'Mars/Base' }, /timeZone: .* found "Mars\/Base"/],
    ['no hours', { timeZone: 'UTC' }, /hours: .* found undefined/],
    ['a weekday by name', { ...berlin, hours: { Mon: [] } }, /hours: expected weekdays .* found "Mon"/],
    ['every day closed', { ...berlin, hours: { '1': [] } }, /hours: .*every day closed/],
    ['hours that are no list', { ...berlin, hours: { '1': '09:00-17:00' } }, /hours\.1: expected a list/],
    [
      'a time that is none',
      { ...berlin, hours: { '1': [['9:00', '17:00']] } },
      /hours\.1: .*found \["9:00", "17:00"\]/,
    ],
    ['24:00 as a beginning', { ...berlin, hours: { '1': [['24:00', '24:00']] } }, /hours\.1: expected intervals such/],
    ['closing before opening', { ...berlin, hours: { '1': [['17:00', '09:00']] } }, /hours\.1: .*ends after it begins/],
    [
      'intervals that overlap',
      {
        ...berlin,
        hours: {
          '2': [
            ['09:00', '12:00'],
            ['11:59', '13:00'],
          ],
        },
      },
      /hours\.2: .*do not overlap/,
    ],
    ['a holiday that is no date', { ...berlin, holidays: ['2026-02-29'] }, /holidays: .*found "2026-02-29"/],
    ['holidays that are no list', { ...berlin, holidays: '2026-12-25' }, /holidays: expected a list/],
  ] as const) {
    it(`rejects a calendar with ${title}`, () => {
      assert.match(reasonFor({ ...high, calendar }), reason);
    });
  }
});

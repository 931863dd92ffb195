import assert from 'node:assert/strict';
import { parsePastTime } from '../../src/cli/since.js';
import { isCairnloopError } from '../../src/foundation/errors.js';

describe('--since', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  const read = (text: string) => parsePastTime('--since', text, now).toISOString();

  it('takes a duration, a day or a time of day in UTC, in any time zone', () => {
    const zone = process.env.TZ;
    try {
      for (const here of ['America/New_York', 'Asia/Tokyo', 'UTC']) {
        process.env.TZ = here;
        assert.equal(read('36h'), '2026-03-09T00:00:00.000Z');
        assert.equal(read('2026-03-01'), '2026-03-01T00:00:00.000Z');
        for (const text of ['2026-03-10T11:30', '2026-03-10T11:30:00', '2026-03-10T11:30:00.0Z'])
          assert.equal(read(text), '2026-03-10T11:30:00.000Z');
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('refuses text that is no time, a time in the future, and a date that does not exist', () => {
    const wrong = [
      'soon',
      '',
      '2026-03-11',
      '2026-02-30',
      '2025-02-29',
      '2026-13-01',
      '2026-03-01T25:00',
      '2026-03-01T',
      '1y',
    ];
    for (const text of wrong)
      assert.throws(
        () => read(text),
        (error) => isCairnloopError(error) && error.code === 'USAGE',
        text,
      );
  });
});

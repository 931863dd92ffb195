import assert from 'node:assert/strict';
import type { BusinessCalendar } from '../../src/contracts/sla-policy-provider.js';
import { explainSlaClockEvents } from '../../src/sla/explain-clock.js';

const at = (time: string) => new Date(`2026-01-09T${time}Z`);
const ann = { id: 'op-1', name: 'Ann' };
const terms = { responseMinutes: 60, breachMinutes: 240 };
const due = (response: string, breach: string) => ({ responseDueAt: at(response), breachAt: at(breach) });

describe('sla/explain-clock', () => {
  it('lists each start, pause and resumption with the resulting due times', () => {
    const lines = explainSlaClockEvents([
      { type: 'started', at: at('10:00'), priority: 'high', terms, ...due('11:00', '14:00') },
      { type: 'paused', at: at('10:45'), by: ann, reason: 'waiting for the customer' },
      { type: 'resumed', at: at('12:00'), by: { id: 'cust-7' }, ...due('12:15', '15:15') },
      { type: 'ended', at: at('13:00'), endedBy: 'answered', by: ann },
    ]);
    assert.deepEqual(lines, [
      '2026-01-09 10:00:00 UTC  started for priority "high": answer within 60 min, breach after 240 min; answer due 2026-01-09 11:00:00 UTC, breach 2026-01-09 14:00:00 UTC',
      '2026-01-09 10:45:00 UTC  paused by Ann (waiting for the customer) with 15 min to answer and 195 min to the breach left; no breach until it is resumed',
      '2026-01-09 12:00:00 UTC  resumed by cust-7 after a pause of 75 min; answer due 2026-01-09 12:15:00 UTC, breach 2026-01-09 15:15:00 UTC',
      '2026-01-09 13:00:00 UTC  answered by Ann, late (due by 2026-01-09 12:15:00 UTC), before the breach',
    ]);
  });

  it('names the business hours, with times in their zone', () => {
    const calendar = {
      timeZone: 'Europe/Berlin',
      hours: {
        '1': [
          ['09:00', '12:00'],
          ['13:00', '17:00'],
        ],
        '5': [['09:00', '17:00']],
      },
      holidays: ['2026-01-06'],
    } satisfies BusinessCalendar;
    const [line] = explainSlaClockEvents([
      {
        type: 'started',
        at: at('15:30'),
        priority: 'high',
        terms: { ...terms, calendar },
        responseDueAt: new Date('2026-01-12T08:30Z'),
        breachAt: new Date('2026-01-12T13:30Z'),
      },
    ]);
    assert.equal(
      line,
      '2026-01-09 16:30:00 Europe/Berlin  started for priority "high": answer within 60 min, breach after 240 min, counting only Mon 09:00-12:00 and 13:00-17:00, Fri 09:00-17:00 in Europe/Berlin, closed on 1 holiday(s); answer due 2026-01-12 09:30:00 Europe/Berlin, breach 2026-01-12 14:30:00 Europe/Berlin',
    );
  });

  it('describes every way to end', () => {
    const end = (endedBy: 'answered' | 'resolved' | 'breached' | 'tracking_off', time: string) =>
      explainSlaClockEvents([
        { type: 'started', at: at('10:00'), priority: 'high', terms, ...due('11:00', '14:00') },
        { type: 'ended', at: at(time), endedBy },
      ])[1]?.split('  ')[1];
    assert.equal(end('answered', '10:30'), 'answered, in time');
    assert.equal(end('resolved', '10:30'), 'ended when the conversation was resolved, in time');
    assert.equal(end('breached', '14:00'), 'breached: nobody had answered by 2026-01-09 14:00:00 UTC');
    assert.equal(end('tracking_off', '14:00'), 'ended without a breach, as the provider had switched tracking off');
  });

  it('is empty if no clock started', () => {
    assert.deepEqual(explainSlaClockEvents([]), []);
    assert.deepEqual(
      explainSlaClockEvents([{ type: 'resumed', at: at('10:00'), by: ann, ...due('11:00', '14:00') }]),
      [],
    );
  });
});

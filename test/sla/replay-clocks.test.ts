import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SlaPolicy } from '../../src/contracts/sla-policy-provider.js';
import { type ReplayedSlaClock, replaySlaClocks, type SlaClockAffectingEvent } from '../../src/sla/replay-clocks.js';
import { type History, histories, offsetOf, policyLists, time, toEvents } from './histories.js';

const high: SlaPolicy = { priority: 'high', responseMinutes: 10, breachMinutes: 30 };

function replay(
  events: [minute: number, type: 'customer' | 'answer' | 'note' | 'pause' | 'resume' | 'resolve' | 'reopen'][],
) {
  const history = events.map(([offset, type]) => ({ type, at: time(offset) }));
  return replaySlaClocks(history, { priority: 'high', policies: [high], until: time(1000) });
}

const summary = (clocks: ReplayedSlaClock[]) => clocks.map((clock) => [offsetOf(clock.startedAt), clock.endedBy]);

describe('sla/replay-clocks', () => {
  it('SL2 starts at the first unanswered customer message; only an answer meets it', () => {
    assert.deepEqual(
      summary(
        replay([
          [0, 'customer'],
          [5, 'customer'],
          [6, 'note'],
          [7, 'answer'],
        ]),
      ),
      [[0, 'answered']],
    );
    assert.deepEqual(
      summary(
        replay([
          [0, 'customer'],
          [6, 'note'],
        ]),
      ),
      [[0, 'breached']],
    );
  });

  it('SL2 starts no second clock for a customer whose clock has breached, and a fresh one after an answer', () => {
    const events = [
      [0, 'customer'],
      [40, 'customer'],
      [50, 'answer'],
      [60, 'customer'],
      [61, 'resolve'],
      [70, 'customer'],
    ] as const;
    assert.deepEqual(summary(replay(events.map(([m, t]) => [m, t]))), [
      [0, 'breached'],
      [60, 'resolved'],
      [70, 'breached'],
    ]);
  });

  it('a customer message resumes a paused clock', () => {
    const [clock] = replay([
      [0, 'customer'],
      [20, 'pause'],
      [100, 'customer'],
    ]);
    assert.deepEqual(clock?.completedAt, time(110));
  });

  it('SL3, SL4 keeps the terms of its start, and ends silently once tracking is off', () => {
    const history: SlaClockAffectingEvent[] = [
      { type: 'customer', at: time(0) },
      { type: 'policies', at: time(1), policies: [{ ...high, breachMinutes: 500 }] },
      { type: 'answer', at: time(40) },
      { type: 'customer', at: time(50) },
      { type: 'policies', at: time(60), policies: [] },
    ];
    const clocks = replaySlaClocks(history, { priority: 'high', policies: [high], until: time(2000) });
    assert.deepEqual(
      clocks.map((c) => [c.endedBy, c.status, c.completedAt]),
      [
        ['breached', 'breached', time(30)],
        ['tracking_off', 'fulfilled', time(550)],
      ],
    );
  });

  it('F20 equals a clock that ticks every minute, for any history', () => {
    fc.assert(
      fc.property(histories, policyLists, (history, policies) => {
        const until = history.length === 0 ? 0 : Math.max(...history.map((event) => event.offset)) + 50;
        const clocks = replaySlaClocks(toEvents(history), { priority: 'high', policies, until: time(until) });
        const actual = clocks.map((clock) => ({
          startedAt: offsetOf(clock.startedAt),
          endedBy: clock.endedBy,
          completedAt: offsetOf(clock.completedAt),
          responseDueAt: reached(clock, time(until)),
        }));
        assert.deepEqual(actual, tickingClocks(history, policies, until));
      }),
      { numRuns: 1000 },
    );
  }).timeout(120_000);
});

/** When the response target came up, where it did before the clock ended or was held for good. */
function reached({ responseDueAt, completedAt, pausedAt }: ReplayedSlaClock, until: Date): number | null {
  const stoppedAt = Math.min(Number(pausedAt ?? until), Number(completedAt ?? until));
  return responseDueAt.getTime() <= stoppedAt ? offsetOf(responseDueAt) : null;
}

interface TickingClock {
  startedAt: number;
  responseLeft: number;
  breachLeft: number;
  calendar: boolean;
  held: boolean;
  endedBy: string | null;
  completedAt: number | null;
  responseDueAt: number | null;
}

/** The same rules told by a clock that counts its minutes down instead of knowing when it is due. */
function tickingClocks(history: History, initial: readonly SlaPolicy[], until: number) {
  const clocks: TickingClock[] = [];
  let policies = initial;
  let current = 'high';
  let [open, waiting, counted] = [true, false, false];
  const running = () => clocks.find((clock) => clock.endedBy === null);
  const end = (endedBy: string, now: number) => Object.assign(running() ?? {}, { endedBy, completedAt: now });

  const happen = (event: History[number], now: number) => {
    if (event.type === 'policies') policies = event.policies ?? [];
    if (event.type === 'priority') current = event.priority ?? current;
    if (event.type === 'archive') {
      end('archived', now);
      [open, waiting, counted] = [false, false, false];
    }
    if (event.type === 'reopen') open = true;
    if (event.type === 'pause' && running()) (running() as TickingClock).held = true;
    if ((event.type === 'resume' || event.type === 'customer') && running()) (running() as TickingClock).held = false;
    if ((event.type === 'answer' || event.type === 'resolve') && open) {
      end(event.type === 'answer' ? 'answered' : 'resolved', now);
      [open, waiting, counted] = [event.type === 'answer', false, false];
    }
    if (event.type !== 'customer') return;
    open = true;
    const policy = policies.find(({ priority }) => priority === current);
    if (policy && !running() && !(waiting && counted)) {
      counted = true;
      clocks.push({
        startedAt: now,
        responseLeft: policy.responseMinutes,
        breachLeft: policy.breachMinutes,
        calendar: policy.calendar !== undefined,
        held: false,
        endedBy: null,
        completedAt: null,
        responseDueAt: null,
      });
    }
    waiting = true;
  };

  const tick = (clock: TickingClock, now: number) => {
    const at = time(now);
    const isOpen = at.getUTCDay() % 6 !== 0 && at.getUTCHours() >= 9 && at.getUTCHours() < 17;
    if (clock.calendar && !isOpen) return;
    if (--clock.responseLeft === 0) clock.responseDueAt = now + 1;
    clock.breachLeft -= 1;
  };

  for (let now = 0; now <= until; now += 1) {
    if (running()?.breachLeft === 0 && !running()?.held) end(policies.length > 0 ? 'breached' : 'tracking_off', now);
    for (const event of history.filter(({ offset }) => offset === now)) happen(event, now);
    const clock = running();
    if (clock && !clock.held && now < until) tick(clock, now);
  }
  return clocks.map(({ startedAt, endedBy, completedAt, responseDueAt }) => ({
    startedAt,
    endedBy,
    completedAt,
    responseDueAt,
  }));
}

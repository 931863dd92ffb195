import assert from 'node:assert/strict';
import { toSlaClockOutcome } from '../../src/sla/outcome.js';

describe('the outcome of a clock', () => {
  const due = new Date('2030-01-01T10:00:00Z');
  const at = (minutes: number) => new Date(due.getTime() + minutes * 60_000);
  const went = (
    endedBy: Parameters<typeof toSlaClockOutcome>[0]['endedBy'],
    completed: number | null,
    paused: number | null = null,
  ) =>
    toSlaClockOutcome({
      endedBy,
      completedAt: completed === null ? null : at(completed),
      pausedAt: paused === null ? null : at(paused),
      responseDueAt: due,
    });

  it('is met up to the response target, late after it, and neither if it breached or tracking was turned off', () => {
    assert.deepEqual([went('answered', -1), went('answered', 0), went('resolved', 1)], ['met', 'met', 'late']);
    assert.deepEqual(
      [went('breached', 5), went('tracking_off', -5), went(null, null)],
      ['breached', 'ended', 'running'],
    );
    assert.deepEqual([went('answered', 30, -1), went('answered', 30, 1)], ['met', 'late']);
  });
});

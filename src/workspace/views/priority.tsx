import type { FC } from 'hono/jsx';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate, translateWithElements } from '../translate.js';

/**
 * Returns the level of a priority, which decides its shape. Hosts name their priorities; only common names have a
 * level.
 */
export function priorityLevel(priority: string): 'urgent' | 'high' | 'low' | 'normal' | 'other' {
  if (/^(?:urgent|critical|p0)$/i.test(priority)) return 'urgent';
  if (/^(?:high|p1)$/i.test(priority)) return 'high';
  if (/^(?:low|p[34])$/i.test(priority)) return 'low';
  return /^(?:normal|medium|p2)$/i.test(priority) ? 'normal' : 'other';
}

const usual: Partial<Record<string, WorkspaceTextKey>> = {
  urgent: 'priorityUrgent',
  high: 'priorityHigh',
  normal: 'priorityNormal',
  low: 'priorityLow',
};

/** Translates the common names of priorities; returns the host's own names unchanged. */
export function priorityName(priority: string): string {
  const key = Object.hasOwn(usual, priority) ? usual[priority] : undefined;
  return key ? translate(key) : priority;
}

const bars = { urgent: 4, high: 3, normal: 2, low: 1, other: 2 };

/** A priority as a shape, because colour is reserved for SLA clocks. */
export const PriorityMark: FC<{ priority: string; named?: boolean }> = ({ priority, named = false }) => {
  const level = priorityLevel(priority);
  return (
    <span
      class={`priority priority-${level}`}
      title={named ? undefined : translate('priorityIs', { priority: priorityName(priority) })}
    >
      <svg class="priority-bars" viewBox="0 0 16 14" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3].map((bar) => (
          <rect
            x={bar * 4}
            y={9 - bar * 3}
            width="3"
            height={5 + bar * 3}
            rx="1"
            class={bar < bars[level] ? 'bar-on' : 'bar-off'}
          />
        ))}
      </svg>
      {named ? (
        <bdi>{priorityName(priority)}</bdi>
      ) : (
        <span class="sr">
          {' '}
          {translateWithElements('priorityIs', { priority: <bdi>{priorityName(priority)}</bdi> })}
        </span>
      )}
    </span>
  );
};

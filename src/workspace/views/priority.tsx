import type { FC } from 'hono/jsx';

/** Priorities are the host's own words; those that everybody uses have a shape. */
export function priorityLevel(priority: string): 'urgent' | 'high' | 'low' | 'normal' | 'other' {
  if (/^(?:urgent|critical|p0)$/i.test(priority)) return 'urgent';
  if (/^(?:high|p1)$/i.test(priority)) return 'high';
  if (/^(?:low|p[34])$/i.test(priority)) return 'low';
  return /^(?:normal|medium|p2)$/i.test(priority) ? 'normal' : 'other';
}

const bars = { urgent: 4, high: 3, normal: 2, low: 1, other: 2 };

/** Shows a priority by shape, because colours are for clocks. */
export const PriorityMark: FC<{ priority: string; named?: boolean }> = ({ priority, named = false }) => {
  const level = priorityLevel(priority);
  return (
    <span class={`priority priority-${level}`} title={named ? undefined : `Priority: ${priority}`}>
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
        <bdi>{priority}</bdi>
      ) : (
        <span class="sr">
          {' '}
          Priority: <bdi>{priority}</bdi>
        </span>
      )}
    </span>
  );
};

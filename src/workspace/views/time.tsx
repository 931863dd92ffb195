/** Times: the server writes them in UTC, the page's script in the operator's own zone. */
import type { FC } from 'hono/jsx';
import { type ClockTone, clockTone, shortSpan, spanInWords } from '../clock-state.js';
import type { Clock } from '../model.js';
import { Icon } from './bits.js';
import type { IconName } from './icon-paths.js';

const formats = {
  time: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  moment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type TimeFormat = keyof typeof formats;

/** Of another year than this one, a moment says which. */
function inUtc(at: Date, format: TimeFormat): string {
  const year = format === 'moment' && at.getUTCFullYear() !== new Date().getUTCFullYear();
  const options = year ? { ...formats.moment, year: 'numeric' as const } : formats[format];
  const text = at.toLocaleString('en-GB', { ...options, timeZone: 'UTC' });
  return format === 'day' ? text : `${text} UTC`;
}

/** A moment; hovering shows it in full. */
export const Moment: FC<{ at: Date; as?: TimeFormat }> = ({ at, as = 'moment' }) => (
  <time datetime={at.toISOString()} data-time={as} title={at.toUTCString()}>
    {inUtc(at, as)}
  </time>
);

/** How long ago something was, which the page's script keeps up to date. */
export const Age: FC<{ at: Date; now: Date }> = ({ at, now }) => (
  <time datetime={at.toISOString()} data-age title={at.toUTCString()}>
    {shortSpan(now.getTime() - at.getTime())}
  </time>
);

const toneIcons: Record<ClockTone, IconName> = {
  calm: 'timer',
  soon: 'timer',
  breached: 'triangle-alert',
  paused: 'pause',
  met: 'circle-check',
};

const toneTexts: Record<Exclude<ClockTone, 'calm' | 'soon'>, string> = {
  breached: 'Breached',
  paused: 'Paused',
  met: 'Met',
};

/** The clock as a chip: what is left while it runs, else how it stands. */
export const ClockChip: FC<{ clock: Clock; now: Date }> = ({ clock, now }) => {
  const tone = clockTone(clock, now);
  const runs = tone === 'calm' || tone === 'soon';
  return (
    <span class={`chip clock clock-${tone}`}>
      <Icon name={toneIcons[tone]} />
      <span class="sr">SLA: </span>
      {runs ? (
        <time
          datetime={clock.breachAt.toISOString()}
          data-countdown={clock.startedAt.toISOString()}
          title={`Breaches at ${clock.breachAt.toUTCString()}`}
        >
          {shortSpan(clock.breachAt.getTime() - now.getTime())}
        </time>
      ) : (
        toneTexts[tone]
      )}
    </span>
  );
};

/** The clock in words, for whoever has to act on it. */
export const ClockSentence: FC<{ clock: Clock; now: Date }> = ({ clock, now }) => {
  switch (clockTone(clock, now)) {
    case 'met':
      return (
        <p>
          Met
          {clock.completedAt ? (
            <>
              {' '}
              at <Moment at={clock.completedAt} />
            </>
          ) : null}
          .
        </p>
      );
    case 'breached':
      return (
        <p>
          Breached at <Moment at={clock.completedAt ?? clock.breachAt} />; the customer still waits.
        </p>
      );
    case 'paused':
      return (
        <p>
          Paused
          {clock.pausedAt ? (
            <>
              {' '}
              since <Moment at={clock.pausedAt} />
            </>
          ) : null}
          ; it cannot breach meanwhile.
        </p>
      );
    default:
      return (
        <p>
          <ResponseDue clock={clock} now={now} />; breaches at <Moment at={clock.breachAt} />.
        </p>
      );
  }
};

const ResponseDue: FC<{ clock: Clock; now: Date }> = ({ clock, now }) => {
  const left = clock.responseDueAt.getTime() - now.getTime();
  const span = (
    <time datetime={clock.responseDueAt.toISOString()} data-left title={clock.responseDueAt.toUTCString()}>
      {spanInWords(Math.abs(left))}
    </time>
  );
  return left > 0 ? (
    <>Reply due in {span}</>
  ) : (
    <>
      Reply was due <strong>{span} ago</strong>
    </>
  );
};

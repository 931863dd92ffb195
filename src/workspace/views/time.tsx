/** Times: the server writes them in UTC, the page's script in the operator's own zone. */
import type { FC } from 'hono/jsx';
import { type ClockTone, clockTone, nextTarget, shortSpan, spanInWords } from '../clock-state.js';
import type { Clock } from '../model.js';
import { Icon } from './elements.js';
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

const toneIcons: Record<ChipTone, IconName> = {
  calm: 'timer',
  soon: 'timer',
  breached: 'triangle-alert',
  missed: 'timer',
  paused: 'pause',
  met: 'circle-check',
};

/** A breach that nobody waits behind any more is one of the past. */
type ChipTone = ClockTone | 'missed';

const toneTexts: Record<Exclude<ChipTone, 'calm' | 'soon'>, string> = {
  breached: 'Breached',
  missed: 'Missed',
  paused: 'Paused',
  met: 'Met',
};

/** The clock as a chip: what comes next while it runs, else how it stands. */
export const ClockChip: FC<{ clock: Clock; now: Date; waiting: boolean }> = ({ clock, now, waiting }) => {
  const stands = clockTone(clock, now);
  if (stands === 'calm' || stands === 'soon') return <RunningChip clock={clock} now={now} />;
  const tone = stands === 'breached' && clock.status === 'breached' && !waiting ? 'missed' : stands;
  return (
    <span class={`chip clock clock-${tone}`}>
      <Icon name={toneIcons[tone]} />
      <span class="sr">SLA: </span>
      {toneTexts[tone]}
    </span>
  );
};

const RunningChip: FC<{ clock: Clock; now: Date }> = ({ clock, now }) => {
  const { what, at, tone } = nextTarget(clock, now);
  return (
    <span class={`chip clock clock-${tone}`}>
      <Icon name={toneIcons[tone]} />
      <span class="sr">SLA: </span>
      <time
        datetime={clock.breachAt.toISOString()}
        data-countdown={clock.startedAt.toISOString()}
        data-due={clock.responseDueAt.toISOString()}
        title={`Breaches at ${clock.breachAt.toUTCString()}`}
      >
        {`${targetWords[what]} ${shortSpan(at.getTime() - now.getTime())}`}
      </time>
    </span>
  );
};

const targetWords = { reply: 'Reply due in', breach: 'Breaches in' };

/** What has happened between customer and team since a clock ended. */
export type Since = 'waiting' | 'answered' | 'closed' | 'none';

/** The clock in words, for whoever has to act on it. */
export const ClockSentence: FC<{ clock: Clock; now: Date; since: Since }> = ({ clock, now, since }) => {
  switch (clockTone(clock, now)) {
    case 'met':
      return (
        <p>
          Met
          <When before="at" at={clock.completedAt} />
          {since === 'waiting' ? '; the customer has written since.' : '.'}
        </p>
      );
    case 'breached':
      return (
        <p>
          Breached
          <When before="at" at={clock.completedAt ?? clock.breachAt} />
          {afterBreach[since]}
        </p>
      );
    case 'paused':
      return (
        <p>
          Paused
          <When before="since" at={clock.pausedAt} />; it cannot breach meanwhile.
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

const afterBreach: Record<Since, string> = {
  waiting: '; the customer still waits.',
  answered: '; the customer was answered since.',
  closed: '.',
  none: '.',
};

const When: FC<{ before: string; at: Date | null }> = ({ before, at }) =>
  at ? (
    <>
      {` ${before} `}
      <Moment at={at} />
    </>
  ) : null;

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

/** Times on pages: the server renders UTC, the page's script converts to the operator's time zone. */
import type { FC } from 'hono/jsx';
import {
  formatLongDuration,
  formatShortDuration,
  nextSlaDeadline,
  type SlaClockTone,
  slaClockTone,
} from '../clock-state.js';
import type { SlaClock } from '../model.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { currentLocalizedTexts, translate, translateWithElements } from '../translate.js';
import { Icon } from './elements.js';
import type { IconName } from './icon-paths.js';

const formats = {
  time: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  moment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type TimeFormat = keyof typeof formats;

/** Formats a time in UTC, with the year unless it is the current one. */
function inUtc(at: Date, format: TimeFormat): string {
  const year = format === 'moment' && at.getUTCFullYear() !== new Date().getUTCFullYear();
  const options = year ? { ...formats.moment, year: 'numeric' as const } : formats[format];
  const text = at.toLocaleString(currentLocalizedTexts().locale, { ...options, timeZone: 'UTC' });
  return format === 'day' ? text : `${text} UTC`;
}

const inFull = (at: Date) =>
  `${at.toLocaleString(currentLocalizedTexts().locale, { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' })} UTC`;

/** A date and time; the tooltip shows it in full. */
export const DateTimeLabel: FC<{ at: Date; as?: TimeFormat }> = ({ at, as = 'moment' }) => (
  <time datetime={at.toISOString()} data-time={as} title={inFull(at)}>
    {inUtc(at, as)}
  </time>
);

/** How long ago a moment was; the page's script keeps it current. */
export const AgeLabel: FC<{ at: Date; now: Date }> = ({ at, now }) => (
  <time datetime={at.toISOString()} data-age title={inFull(at)}>
    {formatShortDuration(now.getTime() - at.getTime())}
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

/** The tone of a clock's label; `missed` is a breach after which the team has answered. */
type ChipTone = SlaClockTone | 'missed';

const toneTexts: Record<Exclude<ChipTone, 'calm' | 'soon'>, WorkspaceTextKey> = {
  breached: 'clockBreached',
  missed: 'clockMissed',
  paused: 'clockPaused',
  met: 'clockMet',
};

/** An SLA clock as a short label: its next deadline if it runs, else its state. */
export const SlaClockChip: FC<{ clock: SlaClock; now: Date; waiting: boolean }> = ({ clock, now, waiting }) => {
  const stands = slaClockTone(clock, now);
  if (stands === 'calm' || stands === 'soon') return <RunningChip clock={clock} now={now} />;
  const tone = stands === 'breached' && clock.status === 'breached' && !waiting ? 'missed' : stands;
  return (
    <span class={`chip clock clock-${tone}`}>
      <Icon name={toneIcons[tone]} />
      <span class="sr">{translate('slaLabel')} </span>
      {translate(toneTexts[tone])}
    </span>
  );
};

const RunningChip: FC<{ clock: SlaClock; now: Date }> = ({ clock, now }) => {
  const { what, at, tone } = nextSlaDeadline(clock, now);
  return (
    <span class={`chip clock clock-${tone}`}>
      <Icon name={toneIcons[tone]} />
      <span class="sr">{translate('slaLabel')} </span>
      <time
        datetime={clock.breachAt.toISOString()}
        data-countdown={clock.startedAt.toISOString()}
        data-due={clock.responseDueAt.toISOString()}
        title={translate('breachesAt', { time: inFull(clock.breachAt) })}
      >
        {translate(targetWords[what], { span: formatShortDuration(at.getTime() - now.getTime()) })}
      </time>
    </span>
  );
};

const targetWords = { reply: 'replyDueIn', breach: 'breachesIn' } as const;

/** The state of a conversation after its SLA clock ended. */
export type ConversationStateAfterSlaClock = 'waiting' | 'answered' | 'closed' | 'none';

/** The state of an SLA clock as a sentence. */
export const SlaClockSentence: FC<{ clock: SlaClock; now: Date; since: ConversationStateAfterSlaClock }> = ({
  clock,
  now,
  since,
}) => {
  switch (slaClockTone(clock, now)) {
    case 'met':
      return (
        <p>
          {clock.completedAt
            ? translateWithElements('metAt', { time: <DateTimeLabel at={clock.completedAt} /> })
            : translate('clockMet')}
          {since === 'waiting' ? translate('writtenSince') : '.'}
        </p>
      );
    case 'breached':
      return (
        <p>
          {translateWithElements('breachedAt', { time: <DateTimeLabel at={clock.completedAt ?? clock.breachAt} /> })}
          {afterBreach[since] ? translate(afterBreach[since]) : '.'}
        </p>
      );
    case 'paused':
      return (
        <p>
          {clock.pausedAt
            ? translateWithElements('pausedSince', { time: <DateTimeLabel at={clock.pausedAt} /> })
            : translate('clockPaused')}
          {translate('pausedHint')}
        </p>
      );
    default:
      return (
        <p>
          {translateWithElements('dueThenBreach', {
            due: <ResponseDue clock={clock} now={now} />,
            time: <DateTimeLabel at={clock.breachAt} />,
          })}
        </p>
      );
  }
};

const afterBreach: Record<ConversationStateAfterSlaClock, WorkspaceTextKey | null> = {
  waiting: 'stillWaits',
  answered: 'answeredSince',
  closed: null,
  none: null,
};

const ResponseDue: FC<{ clock: SlaClock; now: Date }> = ({ clock, now }) => {
  const left = clock.responseDueAt.getTime() - now.getTime();
  const span = (
    <time datetime={clock.responseDueAt.toISOString()} data-left title={inFull(clock.responseDueAt)}>
      {formatLongDuration(Math.abs(left))}
    </time>
  );
  return left > 0
    ? translateWithElements('replyDueIn', { span })
    : translateWithElements('replyWasDue', { span: <strong>{translateWithElements('ago', { span })}</strong> });
};

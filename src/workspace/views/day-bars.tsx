import type { FC } from 'hono/jsx';
import { translate } from '../translate.js';

/** One day of a stacked bar chart. */
export interface DailyBar {
  /** The date, as `YYYY-MM-DD`. */
  day: string;
  parts: { value: number; class: string }[];
}

const size = { width: 360, height: 120, top: 17, bottom: 17 };
const plotHeight = size.height - size.top - size.bottom;

/** A stacked bar chart over days, as an SVG that the stylesheet colours; `summary` is its accessible name. */
export const DailyBarChart: FC<{ bars: readonly DailyBar[]; summary: string; inWords(value: number): string }> = ({
  bars,
  summary,
  inWords,
}) => {
  const highest = Math.max(...bars.map(totalOf), 0);
  const step = size.width / Math.max(bars.length, 1);
  return (
    <svg class="plot" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={summary}>
      <line class="plot-axis" x1="0" x2={size.width} y1={size.height - size.bottom} y2={size.height - size.bottom} />
      {bars.map((bar, at) => (
        <Bar bar={bar} x={at * step} step={step} highest={highest} />
      ))}
      <text class="plot-label" x="0" y="11">
        {highest > 0 ? inWords(highest) : translate('nothing')}
      </text>
      <text class="plot-label" x="0" y={size.height - 4}>
        {bars[0]?.day ?? ''}
      </text>
      <text class="plot-label plot-label-end" x={size.width} y={size.height - 4}>
        {bars.at(-1)?.day ?? ''}
      </text>
    </svg>
  );
};

interface BarProps {
  bar: DailyBar;
  x: number;
  step: number;
  highest: number;
}

const Bar: FC<BarProps> = ({ bar, x, step, highest }) => {
  let y = size.height - size.bottom;
  return (
    <>
      {bar.parts
        .filter(({ value }) => value > 0)
        .map(({ value, class: className }) => {
          const height = (value / highest) * plotHeight;
          y -= height;
          return (
            <rect
              class={className}
              x={(x + step * 0.1).toFixed(2)}
              y={y.toFixed(2)}
              width={(step * 0.8).toFixed(2)}
              height={height.toFixed(2)}
            />
          );
        })}
    </>
  );
};

function totalOf({ parts }: DailyBar): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}

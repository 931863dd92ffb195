/** Formats a duration as `45 s`, `12 min`, `5.2 h` or `3.1 d`; null as a dash. Pure. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${oneDecimal(seconds / 3600)} h` : `${oneDecimal(seconds / 86_400)} d`;
}

/** Formats a share from 0 to 1 as a percentage such as `96.2 %`; null as a dash. Pure. */
export function formatPercent(share: number | null): string {
  return share === null ? '–' : `${oneDecimal(share * 100)} %`;
}

function oneDecimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

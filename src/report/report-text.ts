/** `45 s`, `12 min`, `5.2 h` or `3.1 d`; a dash for null. Pure. */
export function formatSpan(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${oneDecimal(seconds / 3600)} h` : `${oneDecimal(seconds / 86_400)} d`;
}

/** `96.2 %`; a dash for null. Pure. */
export function formatPercent(share: number | null): string {
  return share === null ? '–' : `${oneDecimal(share * 100)} %`;
}

function oneDecimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

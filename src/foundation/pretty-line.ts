/** Fields of a log line that are not printed as `key=value` on a terminal. */
const hidden = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'v']);

const labels: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/**
 * Formats a JSON log line of pino for people: `12:00:01 INFO  delivery done deliveryId=7 attempt=1`. Pure; never
 * throws.
 */
export function formatLogLine(json: string): string {
  try {
    const line = JSON.parse(json);
    const fields = Object.entries(line).filter(([key]) => !hidden.has(key));
    const time = new Date(line.time).toTimeString().slice(0, 8);
    const label = (labels[line.level] ?? String(line.level)).padEnd(5);
    return `${[time, label, line.msg ?? '', ...fields.map(([key, value]) => `${key}=${shown(value)}`)].join(' ')}\n`;
  } catch {
    return json;
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}

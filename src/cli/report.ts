import type { CliIo } from './io.js';

/** A command's result as text and as JSON; progress goes to stderr. */
export interface Report {
  text: string;
  json: unknown;
  /** Default 0. */
  exitCode?: number;
}

/** Writes the result to stdout, and nothing else. Times become ISO-8601, bigints decimal text. */
export function writeReport(report: Report, io: CliIo, asJson: boolean): void {
  const text = asJson ? toJson(report.json) : report.text;
  if (text) io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** A failure as `{ error: { code, message, hint } }` on stdout with `--json`, else as two lines on stderr. */
export function writeFailure(failure: { code: string; message: string; hint: string }, io: CliIo, asJson: boolean) {
  if (asJson) io.stdout.write(`${toJson({ error: failure })}\n`);
  else io.stderr.write(`${failure.message}\n${failure.hint}\n`);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner), 2);
}

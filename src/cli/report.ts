import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliIo } from './io.js';

/** A command's result as text and as JSON; progress goes to stderr. */
export interface CommandReport {
  text: string;
  json: unknown;
  /** Exit code of the process. Default 0. */
  exitCode?: number;
}

/** Writes the result to stdout, and nothing else. Times become ISO-8601, bigints decimal text. */
export function writeCommandReport(report: CommandReport, io: CliIo, asJson: boolean): void {
  const text = asJson ? toJson(report.json) : report.text;
  if (!text) return;
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  if (asJson || !io.stdout.styled) io.stdout.write(whole);
  else io.stdout.styled(whole);
}

/**
 * Writes a failure as `{ error: { code, message, hint } }` to stdout with `--json`, else as message and hint to stderr.
 * On a terminal, a third line names the section of the docs that describes the code.
 */
export function writeFailureReport(
  failure: { code: string; message: string; hint: string },
  io: CliIo,
  asJson: boolean,
) {
  if (asJson) return void io.stdout.write(`${toJson({ error: failure })}\n`);
  io.stderr.write(`${failure.message}\n${failure.hint}\n`);
  if (io.stderr.isTTY && !withoutSection.has(failure.code)) io.stderr.write(`See ${sectionOf(failure.code, io.cwd)}\n`);
}

/**
 * Error codes without a reference to the docs: their section would repeat the hint, or, for `UNEXPECTED`, there is
 * none.
 */
const withoutSection = new Set(['USAGE', 'CANCELLED', 'UNEXPECTED']);

const errorsPage = fileURLToPath(new URL('../../docs/errors.md', import.meta.url));

/**
 * The section of an error code in the installed docs/errors.md. The path is relative if it is below the working
 * directory.
 */
function sectionOf(code: string, cwd: string): string {
  const near = path.relative(cwd, errorsPage);
  return `${near.startsWith('..') ? errorsPage : near}#${code.toLowerCase()}`;
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner), 2);
}

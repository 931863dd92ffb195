/** `blocked` keeps Cairnloop from doing its work, `check` wants a person to look, `ok` is as it should be. */
export type Level = 'ok' | 'check' | 'blocked';

export interface Finding {
  level: Level;
  /** Stable: names what was looked at, e.g. `MIGRATIONS`. */
  code: string;
  /** What was expected and found, and why it matters. One line, no secret. */
  message: string;
  /** The command or edit that mends it; null where there is nothing to mend. */
  fix: string | null;
}

/** How many findings there are of each level. */
export type Summary = Record<Level, number>;

export function summarize(findings: readonly Finding[]): Summary {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  return { ok: count('ok'), check: count('check'), blocked: count('blocked') };
}

/** One line a finding; the last line sums up. */
export function findingsText(findings: readonly Finding[]): string {
  const { ok, check, blocked } = summarize(findings);
  const lines = findings.map(({ level, code, message, fix }) => {
    return `[${level}] ${code}: ${message}${fix === null ? '' : ` Fix: ${fix}`}`;
  });
  return [...lines, `${ok} ok, ${check} to check, ${blocked} blocked`].join('\n');
}

/** A finding's words may come from a host's error of many lines. */
export function onOneLine(finding: Finding): Finding {
  return { ...finding, message: oneLine(finding.message), fix: finding.fix === null ? null : oneLine(finding.fix) };
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

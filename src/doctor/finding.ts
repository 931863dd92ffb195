/** `blocked`: Cairnloop cannot work; `check`: a person should look at it; `ok`: nothing is wrong. */
export type FindingLevel = 'ok' | 'check' | 'blocked';

export interface Finding {
  level: FindingLevel;
  /** The stable code of the check, e.g. `MIGRATIONS`. */
  code: string;
  /** What the check expected and found, and why it matters. One line without secrets. */
  message: string;
  /** The command or edit that fixes the problem; null if nothing is wrong. */
  fix: string | null;
  /** Why the check could not be made; {@link formatFindings} groups findings by it. */
  notChecked?: string;
}

/** How many findings there are of each level. */
export type FindingSummary = Record<FindingLevel, number>;

export function summarizeFindings(findings: readonly Finding[]): FindingSummary {
  const count = (level: FindingLevel) => findings.filter((finding) => finding.level === level).length;
  return { ok: count('ok'), check: count('check'), blocked: count('blocked') };
}

/** Prints one line for each finding, one for all checks that could not be made for the same reason, and a summary. */
export function formatFindings(findings: readonly Finding[]): string {
  const { ok, check, blocked } = summarizeFindings(findings);
  const lines = findings.flatMap((finding) => {
    const { level, code, message, fix, notChecked } = finding;
    const alike = findings.filter((one) => notChecked !== undefined && one.notChecked === notChecked);
    if (alike.length < 2) return [`[${level}] ${code}: ${message}${fix === null ? '' : ` Fix: ${fix}`}`];
    const codes = alike.map((one) => one.code).join(', ');
    return alike[0] === finding ? [`[${level}] not checked, as ${notChecked}: ${codes}`] : [];
  });
  return [...lines, `${ok} ok, ${check} to check, ${blocked} blocked`].join('\n');
}

/** Puts a finding's texts on one line each: they may contain a host's error of many lines. */
export function toSingleLineFinding(finding: Finding): Finding {
  return {
    ...finding,
    message: withoutLineBreaks(finding.message),
    fix: finding.fix === null ? null : withoutLineBreaks(finding.fix),
  };
}

function withoutLineBreaks(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

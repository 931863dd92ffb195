import { readFileSync } from 'node:fs';
import { CairnloopError, type ErrorCode } from '../../src/foundation/errors.js';
import { errorSamples } from './error-samples.js';
import { escaped, repositoryFile } from './reference-page.js';

const introduction = `# Errors

Every expected failure is a \`CairnloopError\`: \`code\` is stable, \`message\` says what was expected and what was found,
\`hint\` says what to do next. Commands print message and hint, with \`--json\` the code too, and exit with
status 1 unless an entry says otherwise.
Parts in \`<…>\` vary; an entry with several texts shows each. [Troubleshooting](troubleshooting.md) begins with what you see.

Written by \`npm run docs\` from \`src/foundation/errors.ts\`; a test compares them.
`;

/** Where more is said about the codes of a section, by its title. */
export const morePages: Readonly<Record<string, string>> = {
  'Errors of the config file and of the `.env` file': '[configuration](configuration.md)',
  'Errors of the database, of transactions of the host and of migrations':
    '[production](production.md), and for `TRANSACTION_…` [in your transaction](transactions.md)',
  'Errors of calls about conversations, and of any wrong input': '[life cycle](life-cycle.md)',
  'Errors of drafts, and of optional packages that are not installed': '[drafts](drafts.md)',
  'Errors of webhooks that `webhookNotifier` sends': '[webhooks](webhooks.md)',
  'Errors of outbound messages': '[outbound messages](life-cycle.md#outbound-messages)',
  'Errors of SLA policies and SLA clocks': '[SLA](sla.md)',
  'Errors of calls about deliveries': '[deliveries](deliveries.md)',
  'Errors of the worker, of the servers and of their options':
    '[operations](operations.md) and, for mounts, [workspace](workspace.md#where-to-mount)',
  'Errors of telemetry and metrics': '[telemetry and metrics](telemetry.md)',
  'Errors of the embedded Postgres': '[quickstart](quickstart.md#without-a-database-of-your-own)',
  'Errors of the command line and of the files that it reads or writes': '[commands](cli.md)',
};

/** The catalog's comments, such as `// Errors of outbound messages`, and the codes below each. */
export function errorSections(): { title: string; codes: ErrorCode[] }[] {
  const source = readFileSync(repositoryFile('src/foundation/errors.ts'), 'utf8');
  const catalog = source.slice(source.indexOf('const catalog = {'), source.indexOf('} satisfies Record'));
  return catalog
    .split(/^ {2}\/\/ /m)
    .slice(1)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      codes: [...section.matchAll(/^ {2}([A-Z_]+): \(/gm)].map(([, code]) => code as ErrorCode),
    }));
}

/** docs/errors.md. */
export function renderErrors(): string {
  const sections = errorSections();
  const list = sections.flatMap(({ codes }) => codes.map((code) => `[${code}](#${code.toLowerCase()})`));
  const parts = sections.map(
    ({ title, codes }) => `## ${title}\n\nMore: ${morePages[title]}.\n\n${codes.map(entry).join('\n')}`,
  );
  return `${introduction}\n${list.join(' · ')}\n\n${parts.join('\n')}`;
}

function entry(code: ErrorCode): string {
  const errors = errorSamples[code].map((details) => new CairnloopError(code, details as never));
  const texts = errors.map(({ message, hint }) => `\`\`\`text\n${message}\n\`\`\`\n\n${escaped(hint)}\n`);
  const exitCode = errors[0]?.exitCode ?? 1;
  const status = exitCode === 1 ? '' : `Exit status ${exitCode}.\n\n`;
  return `### ${code}\n\n${status}${texts.join('\n')}`;
}

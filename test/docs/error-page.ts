import { readFileSync } from 'node:fs';
import { CairnloopError, type ErrorCode } from '../../src/foundation/errors.js';
import { errorSamples } from './error-samples.js';
import { escaped, repositoryFile } from './reference-page.js';

const introduction = `# Errors

Every expected failure is a \`CairnloopError\`: \`code\` is stable, \`message\` says what was expected and what was found,
\`hint\` says what to do next. Commands print all three and exit with status 1 unless an entry says otherwise.
Parts in \`<…>\` vary; an entry with several texts shows each. \`isCairnloopError(error)\` recognises these errors.

Written by \`npm run docs\` from \`src/foundation/errors.ts\`; a test compares them.
`;

/** The catalogue's comments `// Drafts` and the codes below each. */
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
  const parts = sections.map(({ title, codes }) => `## ${title}\n\n${codes.map(entry).join('\n')}`);
  return `${introduction}\n${list.join(' · ')}\n\n${parts.join('\n')}`;
}

function entry(code: ErrorCode): string {
  const errors = errorSamples[code].map((details) => new CairnloopError(code, details as never));
  const texts = errors.map(({ message, hint }) => `\`\`\`text\n${message}\n\`\`\`\n\n${escaped(hint)}\n`);
  const exitCode = errors[0]?.exitCode ?? 1;
  const status = exitCode === 1 ? '' : `Exit status ${exitCode}.\n\n`;
  return `### ${code}\n\n${status}${texts.join('\n')}`;
}

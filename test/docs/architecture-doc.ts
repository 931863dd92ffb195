import { readFileSync } from 'node:fs';
import { layers } from '../support/layers.js';

export const architectureFile = new URL('../../docs/architecture.md', import.meta.url);

/** The document with its table of layers as the architecture test has them. */
export function withLayers(text: string): string {
  const rows = Object.entries(layers).map(
    ([layer, names]) => `| ${layer} | ${names.map((name) => `\`${name}\``).join(', ')} |`,
  );
  const table = ['| layer | folders and files of `src/` |', '|---|---|', ...rows].join('\n');
  return text.replace(/<!-- layers -->[\s\S]*?<!-- end -->/, `<!-- layers -->\n${table}\n<!-- end -->`);
}

/** The files of each trace, in order, relative to `src`. */
export function traces(text = readFileSync(architectureFile, 'utf8')): Record<string, string[]> {
  const blocks = text.matchAll(/<!-- trace: (?<name>.+?) -->(?<body>[\s\S]*?)<!-- end -->/g);
  return Object.fromEntries(
    [...blocks].map(({ groups }) => [
      groups?.name ?? '',
      [...(groups?.body ?? '').matchAll(/^\d+\. `src\/([^`]+)`/gm)].map(([, file]) => file ?? ''),
    ]),
  );
}

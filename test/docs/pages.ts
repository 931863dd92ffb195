/** README and the pages of docs as their tests read them: blocks of code, headings, links. */
import { readdirSync, readFileSync } from 'node:fs';
import { repositoryFile } from './reference-page.js';

export interface Page {
  /** From the repository's root, with `/`. */
  file: string;
  text: string;
}

/** README and every page under docs. */
export function docPages(): Page[] {
  const below = readdirSync(repositoryFile('docs'), { recursive: true, encoding: 'utf8' });
  const pages = below.map((file) => `docs/${file.replaceAll('\\', '/')}`).filter((file) => file.endsWith('.md'));
  return ['README.md', ...pages.sort()].map(readPage);
}

export function readPage(file: string): Page {
  return { file, text: readFileSync(repositoryFile(file), 'utf8') };
}

export interface Block {
  file: string;
  /** Of the line with the fence, from 1. */
  line: number;
  language: string;
  /** What follows the language: `file=notifier.ts`, `config`. */
  info: string;
  code: string;
}

const fence = /^( *)```(\S*) *(.*)\n([\s\S]*?)^\1```$/gm;

export function blocksOf({ file, text }: Page): Block[] {
  return [...text.matchAll(fence)].map(({ index, 2: language = '', 3: info = '', 4: code = '' }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    language,
    info: info.trim(),
    code,
  }));
}

/** The text without its blocks of code, which keep their lines. */
export function proseOf({ text }: Page): string {
  return text.replace(fence, (block) => block.replace(/[^\n]/g, ''));
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...proseOf(page).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
      const slug = slugOf(heading);
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}

/** Whether an entry of `files` in package.json takes a file into the package. */
export function isPacked(file: string): boolean {
  const { files }: { files: string[] } = JSON.parse(readFileSync(repositoryFile('package.json'), 'utf8'));
  return files.some((entry) => !entry.startsWith('!') && packedPattern(entry).test(file));
}

/** What an entry takes along: a file, all of a folder, or what a pattern names. */
function packedPattern(entry: string): RegExp {
  const escaped = entry.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('**/', '(?:.+/)?').replace(/(?<!\.)\*/g, '[^/]*')}(?:/|$)`);
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { sourceFiles } from '../support/source-files.js';

/**
 * Words that read as if translated, with the field's own word. See "Plain words" in CONTRIBUTING.md. A migration that was
 * published keeps its text.
 */
const refused: [pattern: RegExp, instead: string][] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bsparing(ly)?\b|\bspares\b/i, 'skip, avoid'],
  [/\bjust now\b/i, 'leave it out'],
  [/\bby whatever\b/i, 'any, for any reason'],
  [/\bunless told\b/i, 'by default'],
  [/^(Answers|Tells) /, 'Returns, Calls, Publishes'],
  [/\banswers (how|whether|what) /i, 'returns'],
  [/\bupto\b|\be\.g\.:/i, 'up to, e.g.'],
];

const comments = /\/\*\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm;

describe('words that the style guide refuses', () => {
  it('are in no comment of the source', () => {
    const found = sourceFiles()
      .filter(({ path }) => !path.startsWith('db/migrations/0'))
      .flatMap(({ path, text }) => [...text.matchAll(comments)].flatMap(([comment]) => wrongIn(path, plain(comment))));
    assert.deepEqual(found, []);
  });

  it('are in no message of the error catalogue', () => {
    const { text } = sourceFiles().find(({ path }) => path === 'foundation/errors.ts') ?? { text: '' };
    const strings = [...text.matchAll(/'[^'\n]+'|`[^`]+`/g)].map(([string]) => string);
    assert.ok(strings.length > 100);
    assert.deepEqual(
      strings.flatMap((string) => wrongIn('foundation/errors.ts', string)),
      [],
    );
  });

  it('are not in README and docs', () => {
    const root = new URL('../../', import.meta.url);
    const pages = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'));
    const found = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)].flatMap((path) =>
      readFileSync(new URL(path, root), 'utf8')
        .split('\n')
        .flatMap((line) => wrongIn(path, line)),
    );
    assert.deepEqual(found, []);
  });
});

/** A comment as one line of text. */
function plain(comment: string): string {
  return comment.replace(/\s*\n\s*(\*(?!\/)|\/\/)?\s?/g, ' ').replace(/^\s*(\/\*\*|\/\/)\s*|\s*\*\/$/g, '');
}

function wrongIn(path: string, text: string): string[] {
  return refused.flatMap(([pattern, instead]) =>
    pattern.test(text) ? [`${path}: "${pattern.exec(text)?.[0]}", say: ${instead} (${text.slice(0, 80)})`] : [],
  );
}

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { sourceFiles } from '../support/source-files.js';

/**
 * Words that read as if translated, with the field's own word. See "Plain words" in CONTRIBUTING.md. A migration that was
 * published keeps its text.
 */
const refused: [pattern: RegExp, instead: string][] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bsparing(ly)?\b|\bspares\b/i, 'skip, avoid'],
  [/\bjust now\b/i, 'leave it out'],
  [/\bwhatever\b/i, 'any, for any reason, regardless of'],
  [/\bunless told\b/i, 'by default'],
  [/^(Answers|Tells|Told) /, 'Returns, Calls, Publishes'],
  [/\btells\b|\b(is|are|was|were|be|not) told\b/i, 'notifies, calls, shows, distinguishes'],
  [/\banswer(s|ed) (how|whether|what|no row|err\b|ok\b|null|undefined|nothing|\d{3}\b)/i, 'returns, responds with'],
  [/\bupto\b|\be\.g\.:/, 'up to, e.g.'],
];

/** An instruction to a model, whose words were tested with models. */
const prompt = 'ai/draft-prompt.ts';

const comments = /\/\*\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm;
const literals = /'(?:[^'\\\n]|\\.)*'|`[^`]*`/g;

describe('words that the style guide refuses', () => {
  const sources = sourceFiles().filter(({ path }) => !path.startsWith('db/migrations/0') && path !== prompt);

  it('are in no comment of the source', () => {
    const found = sources.flatMap(({ path, text }) =>
      [...text.matchAll(comments)].flatMap(([comment]) => wrongIn(path, plain(comment))),
    );
    assert.deepEqual(found, []);
  });

  it('are in no message, help text or hint of the source', () => {
    const sentences = sources.flatMap(({ path, text }) => sentencesOf(text).map((sentence) => ({ path, sentence })));
    assert.ok(sentences.length > 1000);
    const found = sentences.flatMap(({ path, sentence }) => wrongIn(path, sentence));
    assert.deepEqual(found, []);
  });

  it('are in no title of a test', () => {
    const titles = testTitles();
    assert.ok(titles.length > 1000);
    const found = titles.flatMap(({ path, title }) => wrongIn(path, title));
    assert.deepEqual(found, []);
  });

  it('are not in README, docs, templates and examples', () => {
    const found = pages().flatMap((path) =>
      readFileSync(new URL(path, root), 'utf8')
        .split('\n')
        .flatMap((line) => wrongIn(path, line)),
    );
    assert.deepEqual(found, []);
  });
});

const root = new URL('../../', import.meta.url);

/** Texts for people. The CHANGELOG keeps what a version said, and the acceptance list its sentences. */
function pages(): string[] {
  const inFolder = (folder: string, pattern: RegExp) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name) && !/node_modules|(^|[\\/])dist[\\/]/.test(name))
      .map((name) => `${folder}/${name.split(sep).join('/')}`);
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'create-cairnloop/README.md',
    ...inFolder('docs', /(?<!acceptance)\.md$/),
    ...inFolder('templates', /\.(hbs|ts|js)$/),
    ...inFolder('examples', /\.(md|ts|js)$/),
  ];
}

/** String literals of four words and more that are no SQL. */
function sentencesOf(source: string): string[] {
  const code = source.replace(comments, '');
  return [...code.matchAll(literals)]
    .map(([literal]) => literal.slice(1, -1))
    .filter((text) => text.trim().split(/\s+/).length >= 4 && !/\b(SELECT|INSERT|UPDATE|DELETE|WHERE)\b/.test(text));
}

function testTitles(): { path: string; title: string }[] {
  const folder = new URL('test/', root);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  return files.flatMap((path) =>
    [...readFileSync(new URL(path.split(sep).join('/'), folder), 'utf8').matchAll(titlePattern)].map(({ groups }) => ({
      path,
      title: groups?.title ?? '',
    })),
  );
}

const titlePattern = /\b(?:it|describe)(?:\.skip)?\(\s*(?<quote>['`])(?<title>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>/g;

/** A comment as one line of text. */
function plain(comment: string): string {
  return comment.replace(/\s*\n\s*(\*(?!\/)|\/\/)?\s?/g, ' ').replace(/^\s*(\/\*\*|\/\/)\s*|\s*\*\/$/g, '');
}

function wrongIn(path: string, text: string): string[] {
  return refused.flatMap(([pattern, instead]) =>
    pattern.test(text) ? [`${path}: "${pattern.exec(text)?.[0]}", say: ${instead} (${text.slice(0, 80)})`] : [],
  );
}

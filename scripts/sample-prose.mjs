/**
 * Picks comments, messages and names at random, to be read by somebody who does not have their files open:
 * `node scripts/sample-prose.mjs [seed] [--where]`. The same seed picks the same samples; `--where` prints their
 * places.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { where: { type: 'boolean' } } });
const seed = Number(positionals[0] ?? 1);
const root = fileURLToPath(new URL('../src/', import.meta.url));

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  // The text of a published migration must not change.
  .filter((file) => /\.tsx?$/.test(file) && !/migrations[\\/]\d/.test(file))
  .sort()
  .map((file) => ({ file: file.split(path.sep).join('/'), text: readFileSync(path.join(root, file), 'utf8') }));

const kinds = {
  comments: { count: 20, pick: /^[ \t]*\/\*\*[\s\S]*?\*\/|(?:^[ \t]*\/\/[^\n]*\n)+/gm, read: plainComment },
  messages: { count: 10, pick: /'(?:[^'\n\\]|\\.)+'|"(?:[^"\n\\]|\\.)+"|`(?:[^`\\]|\\.)+`/g, read: messageOf },
  names: { count: 10, pick: /^export (?:async )?((?:function|const|interface|type|class) \w+)/gm, read: nameOf },
};

const random = randomFrom(seed);
for (const [kind, { count, pick, read }] of Object.entries(kinds)) {
  const found = files.flatMap(({ file, text }) =>
    // Ignore comments: an apostrophe in one would look like the beginning of a literal.
    [...(kind === 'messages' ? withoutComments(text) : text).matchAll(pick)].map((match) => ({
      text: read(match),
      file,
      line: lineAt(text, match.index),
    })),
  );
  const picked = shuffled(found.filter((one) => one.text)).slice(0, count);
  console.log(`\n${kind} (${picked.length} of ${found.filter((one) => one.text).length}, seed ${seed})`);
  for (const [index, one] of picked.entries())
    console.log(`${index + 1}. ${one.text}${values.where ? `  [src/${one.file}:${one.line}]` : ''}`);
}

function withoutComments(text) {
  return text.replace(/\/\*\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}

function plainComment([comment]) {
  return comment
    .replace(/^\s*\/\*\*|\s*\*\/$/g, '')
    .replace(/(?:^|\n)\s*(?:\*|\/\/)?\s?/g, ' ')
    .trim();
}

/** A literal of at least four words that is neither SQL nor markup; undefined for any other. */
function messageOf([literal]) {
  const text = literal.slice(1, -1).replace(/\s+/g, ' ').trim();
  const isSql = /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|WHERE|AND|FROM|CASE|JOIN)\b|::|\$\{s\}/.test(text);
  const isMarkup = /[<>]|=>|--cl-|^\W|\b(import|export)\b|: \{/.test(text);
  return !isSql && !isMarkup && text.split(' ').length >= 4 ? text : undefined;
}

function nameOf([, name]) {
  return name;
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}

function shuffled(items) {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** The seeded random number generator mulberry32. */
function randomFrom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

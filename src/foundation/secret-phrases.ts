import { name, type Pattern, quote, quoted, redactedMark, separator } from './secret-words.js';

/** Matches a word with a letter and a digit, in quotes or not: a credential in a sentence, but no name or path. */
const credential = `(?=[^\\s"'\`]*\\d)(?=[^\\s"'\`]*[a-z])(?![/(\\[{<\\\\]|\\w+:/)[^\\s"'\`,;)\\]}]{8,}`;

/** The name of a secret and its value where no separator stands between them: in lists, statements, sentences, forms. */
export const secretPhrases: readonly Pattern[] = [
  // A list of texts, or an object with one.
  [
    new RegExp(
      `(${name}s?${separator})(?=\\[[^\\[\\]{}]*${quote}|\\{[^\\[\\]{}]*[:=>]\\s*${quote})[\\[{][^\\[\\]{}]*(?:[\\]}]|$)`,
      'gi',
    ),
    `$1${redactedMark}`,
  ],
  // SQL, and what Postgres says of a key in any language: `(token)=(…)`.
  [
    /(\b(?:password|identified\s+(?:with\s+\S+\s+)?(?:by|as)(?:\s+password)?)\s+)'(?:[^']|'')*'?/gi,
    `$1${redactedMark}`,
  ],
  [
    new RegExp(`(\\([^=\\n]{0,200}?${name}[^=\\n]{0,100}\\)=\\()[^\\n]*?(?=\\)(?:[\\s«»"'”.,;]|$)|\\n|$)`, 'gi'),
    `$1${redactedMark}`,
  ],
  // "Incorrect API key provided: …", "password '…' was refused", "the token … has expired"
  [
    new RegExp(`(${name}s?(?:[ \\t]+(?:provided|given|was|is|of))?:?[ \\t]+(${quote}?))${credential}\\2`, 'gi'),
    `$1${redactedMark}$2`,
  ],
  // A field of a page, and a part of a posted form.
  [
    new RegExp(
      `(<input\\b(?=[^>]*\\b(?:type|name|id)\\s*=\\s*["']?[\\w.-]*${name})[^>]*?\\bvalue\\s*=\\s*)(?:${quoted}|[^\\s>]+)`,
      'gi',
    ),
    `$1${redactedMark}`,
  ],
  [new RegExp(`(\\bname="[^"\\n]*${name}"(?:\\r?\\n[^\\r\\n]+)*\\r?\\n\\r?\\n)[^\\r\\n]+`, 'gi'), `$1${redactedMark}`],
];

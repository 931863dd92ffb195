/** The table of docs/acceptance.md: statements stand there in words, their tests are found by their titles. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const documentFile = path.join(root, 'docs/acceptance.md');

/** One statement's number, and the title that claims to prove it. */
export interface Claim {
  statement: string;
  /** Relative to the root of the repository, with `/`. */
  file: string;
  title: string;
}

const title = /^[ \t]*(?:it|describe)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gm;
const numbers = /^[A-Z]{1,2}\d{1,2}(?:,? [A-Z]{1,2}\d{1,2})*(?= )/;

/** What the titles of one test file claim; one that is skipped claims nothing. */
export function claimsOf(file: string, source: string): Claim[] {
  return [...source.matchAll(title)].flatMap(([, , words = '']) =>
    (numbers.exec(words)?.[0] ?? '')
      .split(/,? /)
      .filter((statement) => statement !== '')
      .map((statement) => ({ statement, file, title: words })),
  );
}

/** What all tests claim. */
export function readClaims(): Claim[] {
  return readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll(path.sep, '/')}`)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => claimsOf(file, readFileSync(path.join(root, file), 'utf8')));
}

const row = /^\| ([A-Z]{1,2}\d{1,2}) \| (.*) \|[^|]*\|$/gm;

/** The numbers of the statements in the document, in its order. */
export function statementsIn(document: string): string[] {
  return [...document.matchAll(row)].map(([, statement = '']) => statement);
}

/** The document with its last column as the claims have it. */
export function withProofs(document: string, claims: readonly Claim[]): string {
  return document.replace(row, (_, statement: string, words: string) => {
    const files = new Set(claims.filter((claim) => claim.statement === statement).map(({ file }) => file));
    const proofs = [...files].map((file) => `\`${file}\``);
    return `| ${statement} | ${words} | ${proofs.join(', ') || '**missing**'} |`;
  });
}

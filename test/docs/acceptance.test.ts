import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { claimsOf, documentFile, readClaims, statementsIn, withProofs } from './acceptance-table.js';

const counts = { G: 5, CP: 12, NT: 17, AP: 10, SL: 7, OP: 5, TL: 5, CL: 7, LP: 9, PT: 6, OA: 5, CD: 5 };

const open: string[] = [];

describe('docs/acceptance', () => {
  const document = readFileSync(documentFile, 'utf8');
  const claims = readClaims();

  it('lists every acceptance statement once, in order', () => {
    const all = Object.entries(counts).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, index) => `${group}${index + 1}`),
    );
    assert.deepEqual(
      statementsIn(document),
      all.filter((statement) => !open.includes(statement)),
    );
  });

  it('every statement has a test whose title begins with its number', () => {
    const proven = new Set(claims.map(({ statement }) => statement));
    const missing = statementsIn(document).filter((statement) => !proven.has(statement));
    assert.deepEqual(missing, [], `no test title begins with ${missing.join(', ')}`);
  });

  it('no test title begins with an unknown number', () => {
    const known = new Set(statementsIn(document));
    const isFaultOrLoad = (statement: string) => /^F([1-9]|1\d|2[0-5])$/.test(statement);
    const unknown = claims.filter(({ statement }) => !known.has(statement) && !isFaultOrLoad(statement));
    assert.deepEqual(unknown, []);
  });

  it('the table is up to date; `npm run docs` writes it', () => {
    assert.equal(document, withProofs(document, claims));
  });

  it('finds titles in every notation, and ignores skipped tests', () => {
    const source = [
      "  it('AP1 one', () => {",
      '  it(`AP2, CP10 SL4 three`, () => {',
      '  it(\n    "CL1 it\'s on a line of its own",\n',
      "describe('NT3 a group', () => {",
      "  it.skip('AP3 skipped', () => {",
      "  it('says AP4 in the middle', () => {",
      "  // it('AP5 commented out', () => {",
      "  it('AP66x none', () => {",
    ].join('\n');
    assert.deepEqual(
      claimsOf('test/x.test.ts', source).map(({ statement }) => statement),
      ['AP1', 'AP2', 'CP10', 'SL4', 'CL1', 'NT3'],
    );
  });
});

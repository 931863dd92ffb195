import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../docs/decisions/', import.meta.url));
const records = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
const numberOf = (name: string) => name.slice(0, 4);

describe('decision records', () => {
  it('have a number each, in the name of the file and in its title', () => {
    assert.ok(records.length > 10);
    const numbers = records.map(numberOf);
    const repeated = numbers.filter((number, index) => numbers.indexOf(number) !== index);
    assert.deepEqual(repeated, []);
    const untitled = records.filter(
      (name) => !readFileSync(`${folder}${name}`, 'utf8').startsWith(`# ${numberOf(name)}: `),
    );
    assert.deepEqual(untitled, []);
  });

  it('are listed once each in docs/decisions/README.md, by number', () => {
    const listed = [...readFileSync(`${folder}README.md`, 'utf8').matchAll(/^\| \[(\d{4})\]\(([^)]+)\) \| \S/gm)];
    assert.deepEqual(
      listed.map(([, number, name]) => [number, name]),
      records.sort().map((name) => [numberOf(name), name]),
    );
  });
});

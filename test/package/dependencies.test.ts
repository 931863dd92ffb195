import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const manifest: Record<'dependencies' | 'peerDependencies', Record<string, string>> & {
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
} = json('package.json');
const lock: Record<string, { license?: string; dependencies?: Record<string, string> }> =
  json('package-lock.json').packages;
const document = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');

/** What a host may be made to install at most, as `npm install cairnloop` does. */
const most = { packages: 90, megabytes: 60 };

interface Row {
  name: string;
  reason: string;
  licence: string;
  packages: number;
  megabytes: number;
  replacement: string;
}

/** The rows of the first table, whose names stand in code. */
const rows: Row[] = [
  ...document.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| (\d+) \| ([\d.]+) \| ([^|]+) \|$/gm),
].map(([, name = '', reason = '', licence = '', packages, megabytes, replacement = '']) => ({
  name,
  reason,
  licence,
  packages: Number(packages),
  megabytes: Number(megabytes),
  replacement,
}));

/** A dependency as Node finds it: beside the package, then in each folder above. */
function place(name: string, from: string): string {
  const at = `${from ? `${from}/` : ''}node_modules/${name}`;
  if (lock[at]) return at;
  assert.notEqual(from, '', `${name} is not in package-lock.json`);
  const above = from.lastIndexOf('/node_modules/');
  return place(name, above < 0 ? '' : from.slice(0, above));
}

/** A package and all that it brings; what only some platforms have is left out. */
function closure(at: string, seen = new Set<string>()): Set<string> {
  if (seen.has(at)) return seen;
  seen.add(at);
  for (const name of Object.keys(lock[at]?.dependencies ?? {})) closure(place(name, at), seen);
  return seen;
}

function bytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .reduce((sum, entry) => {
      const at = join(folder, entry.name);
      return sum + (entry.isDirectory() ? bytes(at) : statSync(at).size);
    }, 0);
}

/** As a disk counts: whole blocks for each file. */
function onDisk(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .reduce((sum, entry) => {
      const at = join(folder, entry.name);
      return sum + (entry.isDirectory() ? onDisk(at) + 4096 : Math.ceil(statSync(at).size / 4096) * 4096);
    }, 0);
}

const megabytes = (folders: Iterable<string>) =>
  [...folders].reduce((sum, folder) => sum + bytes(join(root, folder)), 0) / 1e6;

describe('docs/dependencies.md', () => {
  it('gives for every dependency, and no other package, its reason and what would replace it', () => {
    assert.deepEqual(
      rows.map(({ name }) => name),
      Object.keys(manifest.dependencies),
    );
    for (const { name, reason, replacement } of rows)
      for (const words of [reason, replacement]) assert.ok(words.trim().length > 15, `${name}: ${words}`);
  });

  it('names the optional peers, none of which is installed by default', () => {
    const peers = Object.keys(manifest.peerDependencies);
    for (const name of peers) {
      assert.ok(document.includes(`| \`${name}\` |`), name);
      assert.equal(manifest.peerDependenciesMeta[name]?.optional, true, name);
    }
  });

  for (const { name, licence, ...stated } of rows) {
    it(`states the licence, the packages and the size of ${name}`, () => {
      const at = place(name, '');
      assert.equal(licence.trim(), lock[at]?.license);
      const all = closure(at);
      assert.equal(stated.packages, all.size);
      const size = megabytes(all);
      assert.ok(Math.abs(size - stated.megabytes) <= Math.max(0.1, size * 0.2), `${size.toFixed(1)} MB`);
    });
  }

  it(`a host installs at most ${most.packages} packages and ${most.megabytes} MB`, () => {
    const all = new Set(Object.keys(manifest.dependencies).flatMap((name) => [...closure(place(name, ''))]));
    // Besides this package itself, the two that npm takes along where they can be had: pg-cloudflare and uglify-js.
    for (const name of ['pg-cloudflare', 'uglify-js']) all.add(`node_modules/${name}`);
    const own = ['assets', 'bin', 'commonjs', 'dist', 'skills', 'templates'];
    const size = [...all, ...own].reduce((sum, folder) => sum + onDisk(join(root, folder)), 0) / 2 ** 20;
    assert.ok(all.size + 1 <= most.packages, `${all.size + 1} packages`);
    assert.ok(size <= most.megabytes, `${size.toFixed(1)} MB`);
    const [, packages, stated] = /\*\*(\d+) packages and (\d+) MB\*\*/.exec(document) ?? [];
    assert.equal(Number(packages), all.size + 1);
    assert.ok(Math.abs(size - Number(stated)) <= 2, `${size.toFixed(1)} MB`);
  });
});

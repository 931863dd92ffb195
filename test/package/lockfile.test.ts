import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface LockedPackage {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock: Record<string, LockedPackage> = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
).packages;

/** As Node looks it up: beside the package, then in each folder above. */
function isLocked(name: string, from: string): boolean {
  const above = from.lastIndexOf('/node_modules/');
  if (lock[`${from ? `${from}/` : ''}node_modules/${name}`]?.version) return true;
  if (from === '') return false;
  return isLocked(name, above < 0 ? '' : from.slice(0, above));
}

describe('package-lock.json', () => {
  it('locks the programs of every platform, or `npm ci` refuses on a clean clone', () => {
    const missing = Object.entries(lock).flatMap(([from, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(name, from)),
    );
    assert.deepEqual(missing, []);
    assert.ok(isLocked('@biomejs/cli-darwin-arm64', 'node_modules/@biomejs/biome'));
  });
});

import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { readInstallationFacts } from '../../src/doctor/read-installation.js';
import { packageVersion } from '../../src/foundation/package-version.js';
import { tempHost } from '../support/temp-host.js';

describe('doctor/read-installation', () => {
  it('finds one copy if the host links to it, and its pinned packages', () => {
    const host = tempHost({ 'package.json': {}, 'pnpm-lock.yaml': '' });
    const found = readInstallationFacts(host.folder);
    assert.equal(found.copies.length, 1);
    assert.deepEqual([found.isDependency, found.isOwn, found.packageManager], [true, true, 'pnpm']);
    assert.ok(found.pinned.some(({ name }) => name === 'agenda'));
    assert.ok(found.pinned.every(({ expected, found }) => expected === found));
    host.remove();
  });

  it('finds a copy nested under another package, also a scoped one', () => {
    const host = tempHost({
      'package.json': {},
      'node_modules/@acme/support/package.json': { version: '1.0.0' },
      'node_modules/@acme/support/node_modules/cairnloop/package.json': { version: '0.0.1' },
    });
    const { copies } = readInstallationFacts(host.folder);
    assert.deepEqual(copies.map((copy) => copy.version).sort(), ['0.0.1', packageVersion]);
    host.remove();
  });

  it('finds a copy beside a package that is linked, as pnpm links them', () => {
    const host = tempHost({
      'package.json': {},
      'node_modules/.pnpm/acme@1.0.0/node_modules/acme/package.json': { version: '1.0.0' },
      'node_modules/.pnpm/acme@1.0.0/node_modules/cairnloop/package.json': { version: '0.0.1' },
    });
    const linked = path.join(host.folder, 'node_modules/acme');
    symlinkSync(path.join(host.folder, 'node_modules/.pnpm/acme@1.0.0/node_modules/acme'), linked, 'dir');
    assert.equal(readInstallationFacts(host.folder).copies.length, 2);
    host.remove();
  });
});

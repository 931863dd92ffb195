import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packed } from '../hosts/packed.js';

describe('the packed package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-pack-'));
  let tarball: Buffer;
  before(async () => {
    tarball = readFileSync(await packed(folder));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has types at every entry that each resolution of TypeScript finds, and that fit the code', async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
    assert.ok(result.types, 'no types were found');
    assert.deepEqual(result.problems, []);
    const entries = Object.entries(result.entrypoints);
    assert.ok(entries.length > 6);
    for (const [entry, { resolutions }] of entries) {
      const found = Object.values(resolutions).filter(
        ({ resolution }) => resolution?.isTypeScript || resolution?.isJson,
      );
      assert.equal(found.length, 4, `${entry}: node10, node16 from CommonJS and from ES modules, bundler`);
    }
  });

  it('has a package.json in which publint finds nothing', async () => {
    const data = new Uint8Array(tarball).buffer;
    const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
    assert.ok(pkg?.exports);
  });
});

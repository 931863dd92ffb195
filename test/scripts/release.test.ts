import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';
// @ts-expect-error: plain JavaScript without types
import { isNewer, mayRelease, releaseChangelog, releaseNotes } from '../../scripts/release-changelog.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const changelog = '# Changelog\n\n## Unreleased\n\n- Replies are delivered.\n\n## 0.1.0\n\n- First.\n';

describe('the release script', () => {
  it('moves the Unreleased entries under the new version and leaves an empty section', () => {
    assert.equal(
      releaseChangelog(changelog, '0.2.0', '2026-01-31'),
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-01-31)\n\n- Replies are delivered.\n\n## 0.1.0\n\n- First.\n',
    );
  });

  it('refuses an empty Unreleased section, and a changelog without one', () => {
    assert.equal(releaseChangelog('# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n- First.\n', '0.2.0', ''), null);
    assert.equal(releaseChangelog('# Changelog\n\n## 0.1.0\n\n- First.\n', '0.2.0', ''), null);
  });

  it('takes a newer version only', () => {
    assert.deepEqual(
      ['0.1.0', '0.1.1', '0.0.9', '1.0.0', '0.2', 'v0.2.0'].map((version) => isNewer(version, '0.1.0')),
      [false, true, false, true, false, false],
    );
  });

  it('accepts the version of package.json too, until it is tagged', () => {
    assert.deepEqual(
      [mayRelease('0.2.0', '0.2.0', ['v0.1.0']), mayRelease('0.2.0', '0.2.0', ['v0.1.0', 'v0.2.0'])],
      [true, false],
    );
    assert.equal(mayRelease('0.1.9', '0.2.0', []), false);
  });

  it('uses the section of the version as release notes', () => {
    const released = releaseChangelog(changelog, '0.2.0', '2026-01-31');
    assert.equal(releaseNotes(released, '0.2.0'), '- Replies are delivered.');
    assert.deepEqual([releaseNotes(released, '0.3.0'), releaseNotes(changelog, '0.2.0')], [null, null]);
  });

  it('refuses a tag that differs from the version of the packages', async () => {
    const check = (tag: string) =>
      execa(process.execPath, ['scripts/release.mjs', 'check', tag], { cwd: root, reject: false });
    const { exitCode, stderr } = await check('v9.9.9');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^Expected the tag v\d+\.\d+\.\d+ of package\.json, found "v9\.9\.9"\./);
  });
});

describe('the release workflow', () => {
  const { on, permissions, jobs } = parse(readFileSync(`${root}.github/workflows/release.yml`, 'utf8'));
  const commands: string = jobs.publish.steps.map(({ run = '' }) => run).join('\n');

  it('publishes a tag with provenance, and has permission to write only the release', () => {
    assert.deepEqual(on, { push: { tags: ['v*'] } });
    assert.deepEqual(permissions, { contents: 'read' });
    assert.deepEqual(jobs.publish.permissions, { contents: 'write', 'id-token': 'write' });
    const published = commands.match(/npm publish .*/g) ?? [];
    assert.equal(published.length, 2);
    for (const command of published) assert.match(command, /--provenance/);
  });

  it('checks the tag and runs every test before it publishes', () => {
    const places = ['scripts/release.mjs check', 'npm ci', 'npm test', 'npm run sbom', 'npm publish'].map((command) =>
      commands.indexOf(command),
    );
    assert.ok(!places.includes(-1));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });
});

describe('npm run sbom', () => {
  it('lists every dependency with its version, and no development dependency', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-sbom-'));
    const file = path.join(folder, 'bill.json');
    await execa(process.execPath, ['scripts/sbom.mjs', file], { cwd: root });
    const bill = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    assert.equal(bill.bomFormat, 'CycloneDX');
    const { dependencies, devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    const named = (name: string) => bill.components.some((one: { purl: string }) => one.purl.includes(purlOf(name)));
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => !named(name)),
      [],
    );
    assert.deepEqual(
      ['mocha', 'koa', 'tsx'].filter((name) => name in devDependencies && named(name)),
      [],
    );
  });
});

const purlOf = (name: string) => `pkg:npm/${name.replace('@', '%40')}@`;

import assert from 'node:assert/strict';
// @ts-expect-error: plain JavaScript without types
import { isNewer, releaseChangelog } from '../../scripts/release-changelog.mjs';

const changelog = '# Changelog\n\n## Unreleased\n\n- Replies are delivered.\n\n## 0.1.0\n\n- First.\n';

describe('the release script', () => {
  it('moves what is unreleased under the new version and leaves an empty section', () => {
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
});

/**
 * Prepares a release: `node scripts/release.mjs 0.2.0`. Refuses a dirty tree, a version that is not newer and an empty
 * Unreleased section; moves that section under the version, sets package.json, commits and tags. It publishes nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { isNewer, releaseChangelog } from './release-changelog.mjs';

const git = (...words) => execFileSync('git', words, { encoding: 'utf8' }).trim();
const stop = (message) => {
  console.error(message);
  process.exit(1);
};

const [version] = process.argv.slice(2);
const { version: current } = JSON.parse(readFileSync('package.json', 'utf8'));
if (!version || !isNewer(version, current))
  stop(`Expected a version newer than ${current}, found ${version ? `"${version}"` : 'nothing'}.`);
if (git('status', '--porcelain') !== '') stop('The working tree has changes. Commit or stash them first.');

const changed = releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10));
if (changed === null) stop('Nothing stands under Unreleased in CHANGELOG.md. Say what a user notices, then release.');
writeFileSync('CHANGELOG.md', changed);
execFileSync('npm', ['version', version, '--no-git-tag-version'], { stdio: 'inherit' });
git('add', 'CHANGELOG.md', 'package.json', 'package-lock.json');
git('commit', '-m', `Release ${version}`);
git('tag', '-a', `v${version}`, '-m', `Cairnloop ${version}`);
console.log(`Release ${version} is committed and tagged. Push it with: git push --follow-tags`);

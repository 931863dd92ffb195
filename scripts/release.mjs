/**
 * `node scripts/release.mjs 0.2.0` prepares a release: refuses a dirty tree, a version that is not newer and an empty
 * Unreleased section; moves that section under the version, sets the versions, commits and tags. It publishes nothing.
 *
 * `node scripts/release.mjs check v0.2.0` is for the release workflow: refuses a tag that is not the version of both
 * packages, and prints the section of the changelog as the notes of the release.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mayRelease, releaseChangelog, releaseNotes } from './release-changelog.mjs';

/** The package.json files of both packages, which are released with the same version. */
const manifests = ['package.json', 'create-cairnloop/package.json'];

const git = (...words) => execFileSync('git', words, { encoding: 'utf8' }).trim();
const versionIn = (manifest) => JSON.parse(readFileSync(manifest, 'utf8')).version;
const changelog = () => readFileSync('CHANGELOG.md', 'utf8');
const stop = (message) => {
  console.error(message);
  process.exit(1);
};

const [first, tag] = process.argv.slice(2);
if (first === 'check') check(tag);
else prepare(first);

function check(tag) {
  for (const manifest of manifests) {
    const version = versionIn(manifest);
    if (tag !== `v${version}`)
      stop(`Expected the tag v${version} of ${manifest}, found ${tag ? `"${tag}"` : 'nothing'}.`);
  }
  const notes = releaseNotes(changelog(), versionIn('package.json'));
  if (notes === null) stop(`CHANGELOG.md has no section "## ${versionIn('package.json')} (date)" with a line in it.`);
  console.log(notes);
}

function prepare(version) {
  const current = versionIn('package.json');
  if (!version || !mayRelease(version, current, git('tag', '--list').split('\n')))
    stop(`Expected a version newer than ${current}, found ${version ? `"${version}"` : 'nothing'}.`);
  if (git('status', '--porcelain') !== '') stop('The working tree has changes. Commit or stash them first.');

  const changed = releaseChangelog(changelog(), version, new Date().toISOString().slice(0, 10));
  if (changed === null) stop('CHANGELOG.md has no entries under Unreleased. Say what a user notices, then release.');
  writeFileSync('CHANGELOG.md', changed);
  const setVersion = ['version', version, '--no-git-tag-version', '--allow-same-version'];
  execFileSync('npm', setVersion, { stdio: 'inherit' });
  execFileSync('npm', [...setVersion, '--prefix', 'create-cairnloop'], { stdio: 'inherit' });
  git('add', 'CHANGELOG.md', 'package-lock.json', ...manifests);
  git('commit', '-m', `Release ${version}`);
  git('tag', '-a', `v${version}`, '-m', `Cairnloop ${version}`);
  console.log(`Release ${version} is committed and tagged. Push it with: git push --follow-tags`);
}

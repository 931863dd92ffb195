/** Moves the entries under Unreleased below the heading of a version; null if there are none. Pure. */
export function releaseChangelog(text, version, date) {
  const [, before, unreleased, after] = /^([\s\S]*?## Unreleased\n)([\s\S]*?)((?=\n## )[\s\S]*|)$/.exec(text) ?? [];
  if (unreleased === undefined || !/^- /m.test(unreleased)) return null;
  return `${before}\n## ${version} (${date})\n${unreleased}${after}`;
}

/** Whether a version is newer than another; both are three numbers. */
export function isNewer(version, current) {
  const [next, last] = [version, current].map((text) => /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number));
  if (!next || !last) return false;
  const at = next.findIndex((part, index) => part !== last[index]);
  return at >= 0 && next[at] > last[at];
}

/** Whether a version may be released: a newer one, or that of package.json while it has no tag. */
export function mayRelease(version, current, tags) {
  return isNewer(version, current) || (version === current && !tags.includes(`v${version}`));
}

/** The release notes of a version, which are its section of the changelog; null if there is none. Pure. */
export function releaseNotes(text, version) {
  const heading = `## ${version.replaceAll('.', '\\.')} \\(\\d{4}-\\d\\d-\\d\\d\\)\n`;
  const [, notes] = new RegExp(`^${heading}([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(text) ?? [];
  return notes === undefined || !/^- /m.test(notes) ? null : notes.trim();
}

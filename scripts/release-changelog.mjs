/** Moves what stands under Unreleased below a heading of its own; null where nothing stands there. Pure. */
export function releaseChangelog(text, version, date) {
  const [, before, unreleased, after] = /^([\s\S]*?## Unreleased\n)([\s\S]*?)((?=\n## )[\s\S]*|)$/.exec(text) ?? [];
  if (unreleased === undefined || !/^- /m.test(unreleased)) return null;
  return `${before}\n## ${version} (${date})\n${unreleased}${after}`;
}

/** Whether a version follows another, both as three numbers. */
export function isNewer(version, current) {
  const [next, last] = [version, current].map((text) => /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number));
  if (!next || !last) return false;
  const at = next.findIndex((part, index) => part !== last[index]);
  return at >= 0 && next[at] > last[at];
}

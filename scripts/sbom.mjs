/** Writes the bill of materials of what a host installs, as CycloneDX: `npm run sbom [-- file]`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const { version, dependencies: own } = JSON.parse(readFileSync('package.json', 'utf8'));
const file = process.argv[2] ?? `cairnloop-${version}.cdx.json`;
const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'library'];
const bill = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));

// `--omit dev` of npm leaves out dependencies that a development dependency names as its peer, such as pg.
const root = bill.metadata.component['bom-ref'];
const named = new Map(bill.components.map((component) => [component['bom-ref'], component]));
const leadsTo = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
const isOwn = (ref) => fullName(named.get(ref)) in own;
leadsTo.set(root, leadsTo.get(root).filter(isOwn));
const kept = reachable(root);
bill.components = bill.components.filter((component) => kept.has(component['bom-ref']));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, ...rest }) => ({ ref, ...rest, dependsOn: leadsTo.get(ref).filter((other) => kept.has(other)) }));
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
console.log(`${bill.components.length} components in ${file}`);

function fullName(component) {
  return component?.purl ? decodeURIComponent(component.purl.replace(/^pkg:npm\//, '').replace(/@[^@]*$/, '')) : '';
}

function reachable(from, seen = new Set([from])) {
  for (const ref of leadsTo.get(from) ?? []) {
    if (seen.has(ref)) continue;
    seen.add(ref);
    reachable(ref, seen);
  }
  return seen;
}

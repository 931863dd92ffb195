import path from 'node:path';
import { findConfigFile } from '../config/load-config.js';
import { findTsconfig, readTsconfig } from '../config/tsconfig.js';
import { readBuildTool } from '../host-project/build-tool.js';
import { isFile, isFolder } from '../host-project/folders.js';
import type { HostBuildFacts } from './facts.js';

/**
 * Reads whether the host's build works with the config where it is. The TypeScript compiler is loaded only for a host
 * with a tsconfig.
 */
export async function readHostBuildFacts(root: string, configFile: string | undefined): Promise<HostBuildFacts> {
  const config = path
    .relative(root, findConfigFile({ cwd: root, file: configFile }))
    .split(path.sep)
    .join('/');
  const facts = { config, tool: readBuildTool(root, config), shadow: findShadow(root) };
  if (!isFile(path.join(root, 'tsconfig.json')) || !config.endsWith('ts')) return { ...facts, strayConfig: null };
  const { readTscBuild } = await import('../host-project/read-tsc-build.js');
  return { ...facts, strayConfig: readTscBuild(root).stray(config) };
}

/**
 * Finds the source that `import 'cairnloop'` resolves to in place of the package: `baseUrl`, or a path for `*`, is
 * tried first.
 */
function findShadow(root: string): HostBuildFacts['shadow'] {
  const tsconfig = findTsconfig(root);
  if (tsconfig === undefined) return null;
  const { options } = readTsconfig(tsconfig);
  const base = options.baseUrl ?? (options.pathsBasePath as string | undefined) ?? path.dirname(tsconfig);
  const targets = ['cairnloop', '*'].flatMap((pattern) => options.paths?.[pattern] ?? []);
  const places = [
    ...targets.map((target) => target.replace('*', 'cairnloop')),
    ...(options.baseUrl ? ['cairnloop'] : []),
  ];
  const shadow = places.map((place) => path.resolve(base, place)).find((place) => isShadow(place));
  const relative = (to: string) => path.relative(root, to).split(path.sep).join('/');
  return shadow === undefined ? null : { folder: relative(shadow), tsconfig: relative(tsconfig) };
}

function isShadow(place: string): boolean {
  if (place.includes(`${path.sep}node_modules${path.sep}`)) return false;
  return isFolder(place) || ['.ts', '.tsx', '.js', '.mjs'].some((extension) => isFile(place + extension));
}

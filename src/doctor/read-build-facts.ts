import path from 'node:path';
import { findConfigFile } from '../config/load-config.js';
import { isFile } from '../project/folders.js';
import type { BuildFacts } from './facts.js';

/** Whether `tsc` can take the config where it is. Only a host of TypeScript pays for the compiler. */
export async function readBuildFacts(root: string, configFile: string | undefined): Promise<BuildFacts> {
  const config = path.relative(root, findConfigFile({ cwd: root, file: configFile }));
  if (!isFile(path.join(root, 'tsconfig.json')) || !config.endsWith('ts')) return { strayConfig: null };
  const { readBuild } = await import('../project/read-build.js');
  return { strayConfig: readBuild(root).stray(config.split(path.sep).join('/')) };
}

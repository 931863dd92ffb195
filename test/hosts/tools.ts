/** Programs of npm packages that tests on demand run with, such as other versions of Node. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const folder = fileURLToPath(new URL('../../node_modules/.tools', import.meta.url));

/** A version of Node as npm installs it, beside others. */
export const nodePackage = (major: number | string) => `node${major}@npm:node@${major}`;

/** The folder of the `node` that {@link nodePackage} names, to be put into PATH. */
export const nodeFolder = (modules: string, major: number | string) => path.join(modules, `node${major}/bin`);

/** Installs them beside those of earlier runs, and returns the `node_modules` that they are in. */
export async function installTools(packages: readonly string[]): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  await execa('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  return path.join(folder, 'node_modules');
}

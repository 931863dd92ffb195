import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Packs the built package into a folder, as `npm publish` would, but for the scripts that build it. */
export async function packed(folder: string): Promise<string> {
  const script = path.join(root, 'scripts/packed-manifest.mjs');
  await execa(process.execPath, [script]);
  try {
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await execa('npm', args, { cwd: root });
    const answer = JSON.parse(stdout);
    const [entry] = Array.isArray(answer) ? answer : Object.values<{ filename: string }>(answer);
    return path.join(folder, entry.filename);
  } finally {
    await execa(process.execPath, [script, 'restore']);
  }
}

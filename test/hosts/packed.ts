import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Packs the built package into a folder, as `npm publish` would, but for the scripts that build it. */
export async function packed(folder: string): Promise<string> {
  // From a copy: the package.json that is packed differs from the checkout's, which other tests read meanwhile.
  const copy = mkdtempSync(path.join(tmpdir(), 'cairnloop-packing-'));
  try {
    const { files } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { files: string[] };
    const packed = files.filter((pattern) => !pattern.startsWith('!')).map((pattern) => pattern.split('/')[0] ?? '');
    for (const name of new Set(['package.json', 'scripts', ...packed]))
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    await execa(process.execPath, [path.join(copy, 'scripts/packed-manifest.mjs')]);
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await execa('npm', args, { cwd: copy });
    const answer = JSON.parse(stdout);
    const [entry] = Array.isArray(answer) ? answer : Object.values<{ filename: string }>(answer);
    return path.join(folder, entry.filename);
  } finally {
    rmSync(copy, { recursive: true, force: true, maxRetries: 3 });
  }
}

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
const nodeModules = path.join(packageRoot, 'node_modules');

export interface TempHost {
  folder: string;
  /** Writes a file under the folder, with the folders above it. */
  write(file: string, text: string): void;
  remove(): void;
}

/**
 * A host project in a temporary folder: `files` by relative path (objects become JSON). Its `node_modules` links
 * `cairnloop` to this package and `links` to packages of this repository's own `node_modules`, so that
 * `import 'cairnloop'` and `tsc` work without an install.
 */
export function tempHost(
  files: Record<string, string | object>,
  links: readonly string[] = ['@types/node', 'pg', '@types/pg'],
): TempHost {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-host-')));
  const write = (file: string, text: string) => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  for (const [file, content] of Object.entries(files)) {
    write(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  link(folder, 'cairnloop', packageRoot);
  for (const name of links) link(folder, name, path.join(nodeModules, name));
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function link(folder: string, name: string, target: string): void {
  const at = path.join(folder, 'node_modules', name);
  mkdirSync(path.dirname(at), { recursive: true });
  symlinkSync(target, at, 'dir');
}

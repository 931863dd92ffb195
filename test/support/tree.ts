import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Every file of a folder with its text, mode and link target, `node_modules` left out: equal trees are equal objects. */
export function treeOf(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const at = path.join(entry.parentPath, entry.name);
    const relative = path.relative(folder, at);
    if (/(^|\/)node_modules(\/|$)/.test(relative)) continue;
    const mode = lstatSync(at).mode.toString(8);
    const content = entry.isFile() ? readFileSync(at, 'utf8') : entry.isSymbolicLink() ? readlinkSync(at) : '';
    files[relative] = `${mode} ${content}`;
  }
  return files;
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

export interface Import {
  /** A file under `src` such as `db/connect.ts`, or a package such as `node:fs`. */
  target: string;
  /** Gone at run time. */
  isType: boolean;
  /** Inside a function: loaded when that runs. */
  isLazy: boolean;
}

export interface SourceFile {
  /** Under `src`, with `/`. */
  path: string;
  text: string;
  imports: Import[];
}

/** Every file under `src` with what it imports. */
export function sourceFiles(): SourceFile[] {
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  const all = new Set(paths.map(slashed));
  return [...all].sort().map((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    return { path, text, imports: importsOf(path, text, all) };
  });
}

const statements = /^(?:import|export)\s+(?<type>type\s)?(?:[^'"`;]*?\sfrom\s+)?'(?<name>[^']+)';$/gm;
const calls = /\bimport\('(?<name>[^']+)'\)/g;

function importsOf(path: string, text: string, all: ReadonlySet<string>): Import[] {
  const found = (pattern: RegExp, isLazy: boolean) =>
    [...text.matchAll(pattern)].map(({ groups }) => ({
      target: targetOf(path, groups?.name ?? '', all),
      isType: groups?.type !== undefined,
      isLazy,
    }));
  return [...found(statements, false), ...found(calls, true)];
}

function targetOf(path: string, name: string, all: ReadonlySet<string>): string {
  if (!name.startsWith('.')) return name;
  const target = slashed(normalize(join(dirname(path), name)));
  const file = [target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx')].find((candidate) =>
    all.has(candidate),
  );
  if (!file) throw new Error(`${path} imports ${name}, which is no file`);
  return file;
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

/** Loads a host's `.env` files for the command line. The host's server loads them in its own way. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { findTrustedFolders } from './trusted-folders.js';

/**
 * Loads a host's `.env` files into `process.env`. Variables that exist already win, then files nearer to the host, then
 * more specific names. Returns the files that were read, nearest first. @throws CairnloopError ENV_FILE_UNREADABLE
 */
export function loadEnvFiles(host: string): string[] {
  const files = findEnvFiles(host);
  const expands = hostReadsEnvFilesByMode(host);
  const values: NodeJS.Dict<string> = Object.assign({}, ...files.map(readEnvFile).reverse());
  const lookUp = (name: string, depth = 0): string => {
    const given = process.env[name] ?? values[name] ?? '';
    return depth > 5 || process.env[name] !== undefined ? given : expanded(given, (inner) => lookUp(inner, depth + 1));
  };
  for (const [name, value] of Object.entries(values)) process.env[name] ??= expands ? lookUp(name) : value;
  return files;
}

/** The value that a `.env` file gives a variable; undefined if it gives none or cannot be read. */
export function readEnvValue(file: string, name: string): string | undefined {
  try {
    return readEnvFile(file)[name];
  } catch {
    return undefined;
  }
}

/** The `.env` files in the host's folder, then those in the root of its monorepo. */
export function findEnvFiles(host: string): string[] {
  const folders = [host, ...workspaceRoots(host)];
  return folders.flatMap((folder) => namesFor(host).map((name) => path.join(folder, name))).filter(isFile);
}

/** Parses a `.env` file. @throws CairnloopError ENV_FILE_UNREADABLE */
function readEnvFile(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(inPlainForm(decoded(readFileSync(file))));
  } catch (cause) {
    throw new CairnloopError('ENV_FILE_UNREADABLE', { file, reason: errorText(cause, 200) }, { cause });
  }
}

/** Rewrites what dotenv reads and Node does not: indented lines, `KEY: value`, and line ends without a line feed. */
function inPlainForm(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(assignment, '$1=$2');
}

/** Matches an assignment with all lines of a quoted value, because those are no assignments of their own. */
const assignment =
  /^[ \t]*((?:export[ \t]+)?[\w.-]+)(?:[ \t]*=|:(?=[ \t]))([ \t]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)|.*)/gm;

/** Decodes UTF-8 and UTF-16, with or without a byte order mark, because Windows editors write them all. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding = first === 0xfe && second === 0xff ? 'utf-16be' : isUtf16(bytes) ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes.length > 1 && bytes[1] === 0);
}

function namesFor(host: string): string[] {
  const mode = process.env.NODE_ENV || 'development';
  if (!hostReadsEnvFilesByMode(host)) return ['.env.local', '.env'];
  const local = mode === 'test' ? [] : ['.env.local'];
  return [`.env.${mode}.local`, ...local, `.env.${mode}`, '.env'];
}

const bundlers = ['next', 'vite', 'nuxt', 'astro', '@sveltejs/kit', '@adonisjs/core', '@remix-run/dev'];

/** Whether the host's framework reads files by `NODE_ENV`, such as `.env.production`, and expands `$NAME` in them. */
export function hostReadsEnvFilesByMode(host: string): boolean {
  const { dependencies, devDependencies } = packageOf(host);
  const names = Object.keys({ ...Object(dependencies), ...Object(devDependencies) });
  return bundlers.some((name) => names.includes(name));
}

/** Expands `$NAME`, `${NAME}` and `${NAME:-otherwise}`; `\\$` stands for a dollar sign. */
function expanded(value: string, lookUp: (name: string) => string): string {
  return value.replace(
    /\\\$|\$(?:\{(\w+)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/g,
    (whole, braced: string | undefined, otherwise: string | undefined, plain: string | undefined) =>
      whole === '\\$' ? '$' : lookUp(braced ?? plain ?? '') || (otherwise ?? ''),
  );
}

const workspaceFiles = ['pnpm-workspace.yaml', 'nx.json', 'turbo.json', 'lerna.json', 'rush.json', 'nest-cli.json'];

function workspaceRoots(host: string): string[] {
  const { folders } = findTrustedFolders(host);
  const isRoot = (folder: string) =>
    workspaceFiles.some((name) => isFile(path.join(folder, name))) || packageOf(folder).workspaces !== undefined;
  return folders.filter((folder) => folder !== host && isRoot(folder)).slice(0, 1);
}

function packageOf(folder: string): { dependencies?: unknown; devDependencies?: unknown; workspaces?: unknown } {
  try {
    return Object(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, '')));
  } catch {
    return {};
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

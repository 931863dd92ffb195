/**
 * Finds out which tool builds a host, and whether the output contains the config. Only settings are read: no host code
 * runs.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isFile } from './folders.js';
import { readJsonObject } from './read-json-object.js';
import { readTextFileIfAny } from './read-text-file.js';

export type BuildTool =
  /** `none`: no script builds the host. `tsc`: see {@link readTscBuild} for its settings. */
  | { kind: 'none' | 'tsc' }
  /** A bundler that emits only its listed entries; `holdsConfig` if the config is one of them. */
  | { kind: 'bundler'; name: string; holdsConfig: boolean; fix: string }
  | { kind: 'unknown'; script: string };

/** Finds the tool that builds the host. `config` is the path of the config, relative to `root`. */
export function readBuildTool(root: string, config: string): BuildTool {
  const script = buildScript(root);
  if (script === undefined) return { kind: 'none' };
  const name = bundlerIn(script) ?? nestBundler(root, script);
  if (name) return bundler(root, config, name, script);
  return /\b(tsc|nest build|ace build)\b/.test(script) && !isOther(script)
    ? { kind: 'tsc' }
    : { kind: 'unknown', script: script.slice(0, 80) };
}

function isOther(script: string): boolean {
  return /\b(next|vite|nuxt|nuxi|astro|remix|react-router|svelte-kit|ng|turbo|lerna|nx|make|gulp|grunt)\b/.test(script);
}

const bundlers = [
  'tsup',
  'tsdown',
  'esbuild',
  'rollup',
  'rolldown',
  'webpack',
  'rspack',
  'parcel',
  'ncc',
  'unbuild',
  'swc',
  'bun build',
];

function bundlerIn(script: string): string | undefined {
  return bundlers.find((name) => new RegExp(`(^|[\\s/;&|:"'@])${name}\\b`).test(script));
}

/** The bundler of `nest build`: webpack or swc if `nest-cli.json` or the script says so, else none. */
function nestBundler(root: string, script: string): string | undefined {
  if (!/\bnest build\b/.test(script)) return undefined;
  const text = readTextFileIfAny(path.join(root, 'nest-cli.json')) ?? '';
  const isWebpack = /--webpack\b/.test(script) || /"webpack"\s*:\s*true|"(builder|type)"\s*:\s*"webpack"/.test(text);
  return isWebpack ? 'webpack' : /"(builder|type)"\s*:\s*"swc"/.test(text) ? 'swc' : undefined;
}

function bundler(root: string, config: string, name: string, script: string): BuildTool {
  const settings = settingsFiles(root, name, script);
  const texts = [script, ...settings.map((file) => readTextFileIfAny(path.join(root, file)) ?? '')];
  const [file] = settings;
  const where = file ?? 'the build script of package.json';
  const fix =
    name === 'swc' ? `move ${config} into the folder that swc compiles` : `add "${config}" to the entries in ${where}`;
  return { kind: 'bundler', name, holdsConfig: texts.some((text) => names(text, config)), fix };
}

/**
 * Whether settings of a bundler list the config: by its name, by a pattern for its folder or, for swc, by its folder.
 */
function names(text: string, config: string): boolean {
  const folder = path.posix.dirname(config);
  if (text.includes('cairnloop.config')) return true;
  if (folder === '.') return /["'\s=[]\.?\/?\*(\.|\*)/.test(text);
  return new RegExp(`\\b${folder}/\\*|\\bswc\\s+(\\./)?${folder}\\b|"sourceRoot"\\s*:\\s*"${folder}"`).test(text);
}

/** The settings files of a bundler, and the scripts that the build runs, e.g. `node build.mjs`. */
function settingsFiles(root: string, name: string, script: string): string[] {
  const own = readdirSync(root).filter((file) => file.startsWith(`${name}.config.`) || file === 'project.json');
  const run = [...script.matchAll(/[\w./-]+\.[cm]?[jt]s\b/g)]
    .map(([file]) => file)
    .filter((file) => isBuildFile(root, file, name));
  return [...new Set([...own, ...run, ...(isFile(path.join(root, 'nest-cli.json')) ? ['nest-cli.json'] : [])])];
}

function isBuildFile(root: string, file: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(readTextFileIfAny(path.join(root, file)) ?? '');
}

/** The text of the build script and of the scripts that it calls, with the bundlers that its Node scripts import. */
function buildScript(root: string): string | undefined {
  const project = projectBuild(root);
  if (project !== undefined) return project;
  const { scripts = {} } = readJsonObject<{ scripts?: Record<string, unknown> }>(path.join(root, 'package.json'));
  return typeof scripts.build === 'string' ? whole(root, scripts, 'build') : undefined;
}

function whole(root: string, scripts: Record<string, unknown>, name: string, callers: readonly string[] = []): string {
  const script = scripts[name];
  if (typeof script !== 'string' || callers.includes(name)) return '';
  const inner = [...script.matchAll(/\b(?:npm|pnpm|yarn|bun)(?: run| run-script)? ([\w:-]+)/g)].map(([, called = '']) =>
    whole(root, scripts, called, [...callers, name]),
  );
  const started = [...script.matchAll(/\bnode ([\w./-]+\.[cm]?js)\b/g)].map(([, file = '']) =>
    readTextFileIfAny(path.join(root, file)),
  );
  const tools = started.map(
    (text) =>
      bundlers.find((tool) => new RegExp(`from ['"]${tool}['"]|require\\(['"]${tool}['"]\\)`).test(text ?? '')) ?? '',
  );
  return [script, ...inner, ...tools].filter((text) => text !== '').join(' ');
}

/** The executor that builds an Nx project, as the project.json in its folder names it. */
function projectBuild(root: string): string | undefined {
  const { targets } = readJsonObject<{ targets?: Record<string, { executor?: unknown }> }>(
    path.join(root, 'project.json'),
  );
  const executor = targets?.build?.executor;
  return typeof executor === 'string' ? executor.replace(/^@(?:nx|nrwl)\/js:/, 'nx/js ').replace(/:/g, ' ') : undefined;
}

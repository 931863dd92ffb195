/** Reads what `gen` and `init` need to know about a host. It writes nothing and runs no host code. */
import path from 'node:path';
import { configExtensions, configFileNames } from '../config/config-file-names.js';
import { variableOf } from '../config/config-variables.js';
import { findTsconfig, readTsconfig } from '../config/tsconfig.js';
import { CairnloopError } from '../foundation/errors.js';
import type { FileTexts, Framework, HostSnapshot } from '../gen/host-snapshot.js';
import { type OtherFrameworkName, otherFrameworks } from '../gen/other-frameworks.js';
import { findDatabaseVariable, findMissingUrl } from './database-variable.js';
import { dependencyNames, findPackage, type HostPackage } from './find-package.js';
import { foldersUp, isFile, isFolder } from './folders.js';
import { readLintSettings } from './lint-settings.js';
import { isEsmAt } from './module-type.js';
import { findPackageManager } from './package-manager.js';
import { readBuild } from './read-build.js';
import { readFixers } from './read-fixers.js';
import { readHabits } from './read-habits.js';
import { readStyle } from './read-style.js';
import { readTestPlaces } from './read-test-places.js';
import { readText, readTextIfAny } from './read-text.js';
import { bareImportsFrom, readTsFacts, type TsFacts } from './read-tsconfig.js';
import { hostPath, realHostFile } from './safe-path.js';
import { readTestCommand } from './test-command.js';

export interface ReadProjectOptions {
  /** Absolute. A folder in the host's package, or the root of its workspace. */
  cwd: string;
  /** The config, relative to `cwd`. */
  config?: string | undefined;
}

/** @throws CairnloopError HOST_NOT_FOUND, HOST_AMBIGUOUS, CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, PATH_REFUSED, FILE_UNREADABLE */
export function readProject({ cwd, config }: ReadProjectOptions): HostSnapshot {
  const host = findPackage(cwd, config);
  const { root, json } = host;
  const dependencies = foldersUp(root).flatMap((folder) =>
    folder === root ? dependencyNames(json) : outerDependencies(folder),
  );
  const configPath = config === undefined ? findConfig(root) : namedConfig(root, cwd, config);
  const language = languageOf(host, configPath);
  const build = language === 'ts' ? readBuild(root) : undefined;
  const sourceFolder = findSourceFolder(root, build?.outputRoot);
  const folder =
    configPath === undefined ? newConfigFolder(root, sourceFolder, build?.outputRoot) : path.dirname(configPath);
  const isEsm = isEsmAt(path.join(root, folder), json.type);
  const facts = language === 'ts' ? readTsFacts(root, isEsm, configPath) : scriptFacts(root, isEsm);
  const at = configPath ?? path.posix.join(folder, `cairnloop.config.${language}`);
  const text = readHostFile(root, at);
  const database = findDatabaseVariable(root);
  const variable = text === null ? database.databaseVariable : variableOf(text, 'database.url');
  const lint = readLintSettings(root);
  const command = readTestCommand(root, json, dependencies);
  return {
    ...facts,
    ...database,
    missingUrl: variable === undefined ? null : findMissingUrl(root, variable),
    root,
    packageName: json.name ?? null,
    hasPackageJson: host.packageRoot === root,
    language,
    style: readStyle(root, sourceFolder, text === null ? [] : [path.join(root, at)]),
    sourceFolder,
    moduleFolder: moduleFolder(sourceFolder, facts.bareImportsFrom),
    framework: findFramework(dependencyNames(json)),
    otherFramework: findOtherFramework(dependencyNames(json)),
    packageManager: findPackageManager(root, json.packageManager),
    ...readHabits({ root, sourceFolder, lint, json, dependencies }),
    tests: {
      runner: command.runner,
      other: command.other,
      places: readTestPlaces(root, command, json),
      compiled: build?.compiled ?? null,
    },
    fixers: readFixers(root, lint, dependencies),
    dependencies,
    config: { path: at, text },
    strayConfig: build?.stray(at) ?? null,
  };
}

/**
 * At the root of the package; in `src` where `tsc` could not compile it, and with it who imports it, from the root, and
 * where the modules are of another module system than the root.
 */
function newConfigFolder(root: string, sourceFolder: string, outputRoot = '.'): string {
  const isOther = sourceFolder === 'src' && isEsmAt(path.join(root, 'src')) !== isEsmAt(root);
  return outputRoot === 'src' || isOther ? 'src' : '.';
}

/** With bare imports from the sources, a folder `cairnloop` there would shadow the package. */
function moduleFolder(sourceFolder: string, bareImportsFrom: string | null): string {
  return path.posix.join(sourceFolder, bareImportsFrom === sourceFolder ? 'cairnloop-modules' : 'cairnloop');
}

/** The text of files of the package; null where there is none. @throws CairnloopError PATH_REFUSED, FILE_UNREADABLE */
export function readHostFiles(root: string, files: readonly string[]): FileTexts {
  return Object.fromEntries(files.map((file) => [file, readHostFile(root, file)]));
}

function readHostFile(root: string, file: string): string | null {
  const real = realHostFile(root, file);
  if (isFolder(real)) throw new CairnloopError('PATH_REFUSED', { path: file, reason: 'it is a folder' });
  return isFile(real) ? readText(real, file) : null;
}

function findConfig(root: string): string | undefined {
  const found = configFileNames.filter((name) => isFile(path.join(root, name)));
  if (found.length > 1) throw new CairnloopError('CONFIG_AMBIGUOUS', { found });
  return found[0];
}

/** A missing config is created, but never beside another one: a typing error would leave two. */
function namedConfig(root: string, cwd: string, given: string): string {
  const file = hostPath(root, cwd, given);
  if (!configExtensions.includes(path.extname(file).slice(1))) {
    const reason = `a config ends in .${configExtensions.join(', .')}`;
    throw new CairnloopError('PATH_REFUSED', { path: given, reason });
  }
  const present = isFile(path.join(root, file)) ? undefined : findConfig(root);
  if (present !== undefined) throw new CairnloopError('CONFIG_NOT_FOUND', { searched: [given], present });
  return file;
}

function languageOf({ root, json, packageRoot }: HostPackage, config: string | undefined): 'ts' | 'js' {
  if (config !== undefined) return config.endsWith('ts') ? 'ts' : 'js';
  const folders = foldersUp(root).slice(0, Math.max(foldersUp(root).indexOf(packageRoot ?? root), 0) + 1);
  const hasTsconfig = folders.some((folder) => isFile(path.join(folder, 'tsconfig.json')));
  const isTypeScript = hasTsconfig || dependencyNames(json).includes('typescript');
  return isTypeScript ? 'ts' : 'js';
}

function scriptFacts(root: string, isEsm: boolean): TsFacts {
  const jsconfig = findTsconfig(root);
  const bareFrom = jsconfig === undefined ? null : bareImportsFrom(readTsconfig(jsconfig).options, root);
  return {
    moduleForm: isEsm ? 'esm' : 'commonjs',
    extension: isEsm ? 'js' : 'none',
    aliases: {},
    bareImportsFrom: bareFrom,
    bracketEnv: false,
    isolatedDeclarations: false,
  };
}

/** A file outside of `tsc`'s rootDir would move its whole output. */
function findSourceFolder(root: string, outputRoot = '.'): string {
  if (outputRoot !== '.') return outputRoot;
  return ['src', 'lib'].find((folder) => isFolder(path.join(root, folder))) ?? '.';
}

const frameworkPackages: readonly (readonly [string, Framework])[] = [
  ['@nestjs/core', 'nest'],
  ['next', 'next'],
  ['@adonisjs/core', 'adonis'],
  ['@sveltejs/kit', 'sveltekit'],
  ['fastify', 'fastify'],
  ['hono', 'hono'],
  ['koa', 'koa'],
  ['express', 'express'],
];

function findFramework(dependencies: readonly string[]): Framework | null {
  return frameworkPackages.find(([name]) => dependencies.includes(name))?.[1] ?? null;
}

function findOtherFramework(dependencies: readonly string[]): OtherFrameworkName | null {
  const names = Object.keys(otherFrameworks) as OtherFrameworkName[];
  return names.find((name) => dependencies.includes(name)) ?? null;
}

/** Dependencies of a workspace's root are available to its packages. */
function outerDependencies(folder: string): string[] {
  try {
    return dependencyNames(JSON.parse(readTextIfAny(path.join(folder, 'package.json')) ?? '{}'));
  } catch {
    return [];
  }
}

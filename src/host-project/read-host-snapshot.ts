/** Reads what `gen` and `init` need to know about a host. Writes nothing and runs no host code. */
import path from 'node:path';
import { configExtensions, configFileNames } from '../config/config-file-names.js';
import { findConfigVariable } from '../config/config-variables.js';
import { findTsconfig, readTsconfig } from '../config/tsconfig.js';
import { CairnloopError } from '../foundation/errors.js';
import type { FileTextsByPath, Framework, HostSnapshot } from '../gen/host-snapshot.js';
import { type PartlySupportedFrameworkName, partlySupportedFrameworks } from '../gen/other-frameworks.js';
import { findDatabaseVariable, findMissingDatabaseUrl } from './database-variable.js';
import { findFixCommands } from './find-fix-commands.js';
import { dependencyNames, findPackage, type HostPackage } from './find-package.js';
import { isFile, isFolder, listFolderAndParents } from './folders.js';
import { readLintSettings } from './lint-settings.js';
import { isEsmFolder } from './module-type.js';
import { findPackageManager } from './package-manager.js';
import { readCodeStyle } from './read-code-style.js';
import { readCodingConventions } from './read-coding-conventions.js';
import { readTestLocations } from './read-test-locations.js';
import { readTextFile, readTextFileIfAny } from './read-text-file.js';
import { readTscBuild } from './read-tsc-build.js';
import { findBareImportFolder, readTsconfigFacts, type TsconfigFacts } from './read-tsconfig.js';
import { resolveHostFile, toPackagePath } from './safe-path.js';
import { readTestCommand } from './test-command.js';

export interface ReadHostSnapshotOptions {
  /** Absolute path of a folder in the host's package, or of the root of its monorepo. */
  cwd: string;
  /** Path of the config, relative to `cwd`. */
  config?: string | undefined;
}

/**
 * Reads the host that `cwd` belongs to.
 * @throws CairnloopError HOST_NOT_FOUND, HOST_AMBIGUOUS, CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, PATH_REFUSED,
 * FILE_UNREADABLE
 */
export function readHostSnapshot({ cwd, config }: ReadHostSnapshotOptions): HostSnapshot {
  const host = findPackage(cwd, config);
  const { root, json } = host;
  const dependencies = listFolderAndParents(root).flatMap((folder) =>
    folder === root ? dependencyNames(json) : outerDependencies(folder),
  );
  const configPath = config === undefined ? findConfig(root) : namedConfig(root, cwd, config);
  const language = languageOf(host, configPath);
  const build = language === 'ts' ? readTscBuild(root) : undefined;
  const sourceFolder = findSourceFolder(root, build?.outputRoot);
  const folder =
    configPath === undefined ? newConfigFolder(root, sourceFolder, build?.outputRoot) : path.dirname(configPath);
  const isEsm = isEsmFolder(path.join(root, folder), json.type);
  const facts = language === 'ts' ? readTsconfigFacts(root, isEsm, configPath) : scriptFacts(root, isEsm);
  const at = configPath ?? path.posix.join(folder, `cairnloop.config.${language}`);
  const text = readHostFile(root, at);
  const database = findDatabaseVariable(root);
  const variable = text === null ? database.databaseVariable : findConfigVariable(text, 'database.url');
  const lint = readLintSettings(root);
  const command = readTestCommand(root, json, dependencies);
  return {
    ...facts,
    ...database,
    missingUrl: variable === undefined ? null : findMissingDatabaseUrl(root, variable),
    root,
    packageName: json.name ?? null,
    hasPackageJson: host.packageRoot === root,
    language,
    style: readCodeStyle(root, sourceFolder, text === null ? [] : [path.join(root, at)]),
    sourceFolder,
    moduleFolder: moduleFolder(sourceFolder, facts.bareImportsFrom),
    framework: findFramework(dependencyNames(json)),
    otherFramework: findOtherFramework(dependencyNames(json)),
    packageManager: findPackageManager(root, json.packageManager),
    ...readCodingConventions({ root, sourceFolder, lint, json, dependencies }),
    tests: {
      runner: command.runner,
      other: command.other,
      places: readTestLocations(root, command, json),
      compiled: build?.compiled ?? null,
    },
    fixers: findFixCommands(root, lint, dependencies),
    dependencies,
    config: { path: at, text },
    needsConfigOption: !configFileNames.includes(at),
    strayConfig: build?.stray(at) ?? null,
  };
}

/**
 * The folder of a new config: the root of the package, or `src` if `tsc` could not compile a config in the root, or if
 * the modules in `src` are of another module system.
 */
function newConfigFolder(root: string, sourceFolder: string, outputRoot = '.'): string {
  const isOther = sourceFolder === 'src' && isEsmFolder(path.join(root, 'src')) !== isEsmFolder(root);
  return outputRoot === 'src' || isOther ? 'src' : '.';
}

/**
 * The default folder of modules. If imports without `./` resolve in the source folder, a folder `cairnloop` there would
 * shadow the package.
 */
function moduleFolder(sourceFolder: string, bareImportsFrom: string | null): string {
  return path.posix.join(sourceFolder, bareImportsFrom === sourceFolder ? 'cairnloop-modules' : 'cairnloop');
}

/**
 * Reads files of the host's package, by path; null for a file that does not exist. @throws CairnloopError PATH_REFUSED,
 * FILE_UNREADABLE
 */
export function readHostFiles(root: string, files: readonly string[]): FileTextsByPath {
  return Object.fromEntries(files.map((file) => [file, readHostFile(root, file)]));
}

function readHostFile(root: string, file: string): string | null {
  const real = resolveHostFile(root, file);
  if (isFolder(real)) throw new CairnloopError('PATH_REFUSED', { path: file, reason: 'the path is that of a folder' });
  return isFile(real) ? readTextFile(real, file) : null;
}

function findConfig(root: string): string | undefined {
  const found = configFileNames.filter((name) => isFile(path.join(root, name)));
  if (found.length > 1) throw new CairnloopError('CONFIG_AMBIGUOUS', { found });
  return found[0];
}

/**
 * The path that `--config` names. A missing config will be created, but not if the host has another one: a typing error
 * would leave two.
 */
function namedConfig(root: string, cwd: string, given: string): string {
  const file = toPackagePath(root, cwd, given);
  if (!configExtensions.includes(path.extname(file).slice(1))) {
    const reason = `the name of a config file ends in .${configExtensions.join(', .')}`;
    throw new CairnloopError('PATH_REFUSED', { path: given, reason });
  }
  const present = isFile(path.join(root, file)) ? undefined : findConfig(root);
  if (present !== undefined) throw new CairnloopError('CONFIG_NOT_FOUND', { searched: [given], present });
  return file;
}

function languageOf({ root, json, packageRoot }: HostPackage, config: string | undefined): 'ts' | 'js' {
  if (config !== undefined) return config.endsWith('ts') ? 'ts' : 'js';
  const folders = listFolderAndParents(root).slice(
    0,
    Math.max(listFolderAndParents(root).indexOf(packageRoot ?? root), 0) + 1,
  );
  const hasTsconfig = folders.some((folder) => isFile(path.join(folder, 'tsconfig.json')));
  const isTypeScript = hasTsconfig || dependencyNames(json).includes('typescript');
  return isTypeScript ? 'ts' : 'js';
}

function scriptFacts(root: string, isEsm: boolean): TsconfigFacts {
  const jsconfig = findTsconfig(root);
  const bareFrom = jsconfig === undefined ? null : findBareImportFolder(readTsconfig(jsconfig).options, root);
  return {
    moduleSyntax: isEsm ? 'esm' : 'commonjs',
    extension: isEsm ? 'js' : 'none',
    aliases: {},
    bareImportsFrom: bareFrom,
    bracketEnv: false,
    isolatedDeclarations: false,
  };
}

/**
 * The folder of the host's code: the one whose structure the output of `tsc` repeats, because a file outside of it
 * would move all output files; else `src` or `lib` if it exists, else the package itself.
 */
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

function findOtherFramework(dependencies: readonly string[]): PartlySupportedFrameworkName | null {
  const names = Object.keys(partlySupportedFrameworks) as PartlySupportedFrameworkName[];
  return names.find((name) => dependencies.includes(name)) ?? null;
}

/** The dependencies that a parent folder lists, such as a monorepo's root: the packages in it can import them. */
function outerDependencies(folder: string): string[] {
  try {
    return dependencyNames(JSON.parse(readTextFileIfAny(path.join(folder, 'package.json')) ?? '{}'));
  } catch {
    return [];
  }
}

import type { FileNameCase } from './file-name-case.js';
import type { ModuleSyntax } from './module-syntax.js';
import type { PathAliases, RelativeImportExtension } from './names.js';
import type { PartlySupportedFrameworkName } from './other-frameworks.js';
import type { PackageManager } from './package-manager.js';
import type { CodeStyle } from './style.js';

export type TestRunner =
  | 'node'
  | 'vitest'
  | 'jest'
  | 'mocha'
  | 'japa'
  | 'bun'
  | 'deno'
  | 'ava'
  | 'uvu'
  | 'tape'
  | 'tap'
  | 'jasmine';
export type Framework = 'express' | 'fastify' | 'nest' | 'koa' | 'hono' | 'next' | 'adonis' | 'sveltekit';

/** Which files the host's test runner runs, for one of its projects. Paths are relative to the package. */
export interface TestFileLocation {
  /** Glob patterns of test files. */
  include: readonly string[];
  /** Regular expressions over the path, which begins with `/`. */
  patterns: readonly string[];
  exclude: readonly string[];
  excludePatterns: readonly string[];
  /** The only folders that the runner searches; absent if it searches the whole package. */
  roots?: readonly string[];
  /** A regular expression that each test file must match besides the patterns. */
  only?: string;
  /** Whether tests run in an imitated browser, such as jsdom. */
  isBrowser?: boolean;
}

/** How the host runs its tests. */
export interface HostTestSetup {
  runner: TestRunner;
  /** Null if `runner` runs the tests; else what does: a runner that `gen` has no template for, or an unknown script. */
  other: { kind: 'runner' | 'script'; name: string } | null;
  places: readonly TestFileLocation[];
  /** The folder that `tsc` compiles, and its output folder; null if `tsc` emits nothing. */
  compiled: { from: string; to: string } | null;
}

/** How the host's build would compile the config wrongly: by which tsconfig, and with what harm. */
export interface ConfigCompileProblem {
  tsconfig: string;
  folder: string;
  /** True if `tsc` reports an error; false if it only puts the output where the host may not want it. */
  isError: boolean;
  reason: string;
}

/** All facts about a host that a plan needs. Paths are relative to `root`, with `/`. */
export interface HostSnapshot {
  /** Absolute path of the package. */
  root: string;
  packageName: string | null;
  /** False where `root` is a project of a monorepo that shares the package.json above it. */
  hasPackageJson: boolean;
  language: 'ts' | 'js';
  /** The module syntax of new files. */
  moduleSyntax: ModuleSyntax;
  /** The file extension of new relative imports. */
  extension: RelativeImportExtension;
  aliases: PathAliases;
  /** The environment variable with the Postgres URL: not `DATABASE_URL` if that holds the URL of something else. */
  databaseVariable: 'DATABASE_URL' | 'CAIRNLOOP_DATABASE_URL';
  /** The scheme of a `DATABASE_URL` that names no Postgres, e.g. `file:`. */
  otherDatabase: string | null;
  /**
   * The variable from which the config reads its URL and the file that sets it, if it holds no URL of a Postgres yet;
   * else null.
   */
  missingUrl: { name: string; place: string | null; state: 'not set' | 'empty' | 'a placeholder' } | null;
  /** Whether TypeScript requires `process.env['NAME']`. */
  bracketEnv: boolean;
  /** Whether TypeScript requires a type at every export. */
  isolatedDeclarations: boolean;
  style: CodeStyle;
  /** The folder of the host's code; `.` for the package itself. */
  sourceFolder: string;
  /** The default folder of new modules. */
  moduleFolder: string;
  framework: Framework | null;
  /** The package of a framework that is recognised, but has no mount lines of its own. */
  otherFramework: PartlySupportedFrameworkName | null;
  packageManager: PackageManager;
  tests: HostTestSetup;
  /** What a test is called: `notifier.test.ts` or `notifier.spec.ts`. */
  testSuffix: 'test' | 'spec';
  /** The test function that the host's linter or its tests show; undefined if they show none. */
  testFunction: 'it' | 'test' | undefined;
  fileCase: FileNameCase;
  /** Whether the linter refuses `console`. */
  noConsole: boolean;
  /** Whether the linter refuses `process` as a global. */
  importsProcess: boolean;
  /** Commands that format generated files with the host's own tools, to be completed by file names. */
  fixers: readonly string[];
  /** Names of the packages that the package.json of the host, or of a folder above it, lists. */
  dependencies: readonly string[];
  /** The path of the config, which may not exist yet; `text` is null then. */
  config: { path: string; text: string | null };
  /** Whether commands find the config only by `--config`, because of its name or its folder. */
  needsConfigOption: boolean;
  /** How the build would compile the config wrongly; null if it compiles it well. */
  strayConfig: ConfigCompileProblem | null;
}

/** The texts of files by path; null for a file that does not exist. */
export type FileTextsByPath = Readonly<Record<string, string | null>>;

import type { FileCase } from './file-case.js';
import type { ModuleForm } from './module-form.js';
import type { PathAliases, SpecifierExtension } from './names.js';
import type { OtherFrameworkName } from './other-frameworks.js';
import type { PackageManager } from './package-manager.js';
import type { Style } from './style.js';

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

/** Files that the host's test runner takes, relative to the package: of one project, where it has several. */
export interface TestPlace {
  /** Glob patterns of test files. */
  include: readonly string[];
  /** Regular expressions over the path, which begins with `/`. */
  patterns: readonly string[];
  exclude: readonly string[];
  excludePatterns: readonly string[];
  /** Folders; everywhere where none is named. */
  roots?: readonly string[];
  /** A regular expression that each of these files must match as well. */
  only?: string;
  /** Tests run in an imitated browser. */
  isBrowser?: boolean;
}

/** How the host runs its tests. */
export interface TestRun {
  runner: TestRunner;
  /** What runs its tests instead, for which no test can be written: the runner's name, or the script. */
  other: { kind: 'runner' | 'script'; name: string } | null;
  places: readonly TestPlace[];
  /** Folders of `tsc`: what it compiles, and where to. Null where it puts nothing out. */
  compiled: { from: string; to: string } | null;
}

/** A config file that the host's build would compile wrongly: which tsconfig, and the harm. */
export interface StrayConfig {
  tsconfig: string;
  folder: string;
  /** `tsc` refuses it; else it only may be what is not wanted. */
  isError: boolean;
  reason: string;
}

/** All facts about a host that a plan needs. Paths are relative to `root`, with `/`. */
export interface HostSnapshot {
  /** Absolute: the folder of the package. */
  root: string;
  packageName: string | null;
  /** False where `root` is a project of a monorepo that shares the package.json above it. */
  hasPackageJson: boolean;
  language: 'ts' | 'js';
  /** The form of new files. */
  moduleForm: ModuleForm;
  /** How new relative imports end. */
  extension: SpecifierExtension;
  aliases: PathAliases;
  /** The environment variable with the Postgres URL: not `DATABASE_URL` if that holds the URL of something else. */
  databaseVariable: 'DATABASE_URL' | 'CAIRNLOOP_DATABASE_URL';
  /** The scheme of a `DATABASE_URL` that names no Postgres, e.g. `file:`. */
  otherDatabase: string | null;
  /** The variable that the config reads, or will read, where it names no Postgres yet, and the file that holds it. */
  missingUrl: { name: string; place: string | null; state: 'not set' | 'empty' | 'a placeholder' } | null;
  /** TypeScript wants `process.env['NAME']`. */
  bracketEnv: boolean;
  /** TypeScript wants a type at every export. */
  isolatedDeclarations: boolean;
  style: Style;
  /** Where the host keeps its code; `.` for the package itself. */
  sourceFolder: string;
  /** The folder for new modules where none is named. */
  moduleFolder: string;
  framework: Framework | null;
  /** The package of a framework that is recognised and not known. */
  otherFramework: OtherFrameworkName | null;
  packageManager: PackageManager;
  tests: TestRun;
  /** What a test is called: `notifier.test.ts` or `notifier.spec.ts`. */
  testSuffix: 'test' | 'spec';
  /** The function that the host writes its tests with, where its linter or its tests say so. */
  testFunction: 'it' | 'test' | undefined;
  fileCase: FileCase;
  /** The linter refuses `console`. */
  noConsole: boolean;
  /** The linter refuses `process` as a global. */
  importsProcess: boolean;
  /** Commands, to be followed by file names, with which the host's own tools format generated files. */
  fixers: readonly string[];
  /** The packages that the host or its workspace lists. */
  dependencies: readonly string[];
  /** Where the config is, or would be; `text` is null where there is none. */
  config: { path: string; text: string | null };
  /** Null where the build takes the config as it is. */
  strayConfig: StrayConfig | null;
}

/** The text of files by path; null where there is none. */
export type FileTexts = Readonly<Record<string, string | null>>;

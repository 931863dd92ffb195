/** Where the files of a host module are and what stands in them. */
import path from 'node:path';
import type { HostSnapshot, TestRunner } from './host-snapshot.js';
import { type ModuleForm, observeModuleForm } from './module-form.js';
import { type ModuleKind, type ModuleKindName, moduleKinds } from './module-kinds.js';
import { specifier } from './names.js';
import { parseSource } from './parse-source.js';
import { renderTemplate, type Templates } from './render-template.js';
import { restyle, templateStyle } from './style.js';

export interface ModuleRequest {
  kinds: readonly ModuleKindName[];
  /** Where the modules go, relative to the package. */
  folder: string;
  /** Where SLA terms live: `static` in the module, `database` in Cairnloop's own table. */
  storage: 'static' | 'database';
  /** Overwrites a module that differs from what would be written. */
  force: boolean;
  withTests: boolean;
}

/** The files that a plan must know the text of. */
export function moduleFiles(host: HostSnapshot, request: ModuleRequest): string[] {
  return request.kinds.flatMap((name) => {
    const file = moduleFile(host, moduleKinds[name], request.folder);
    return [file, testFile(host, file)];
  });
}

/** A module is written in the language of the config that imports it, with the same extension. */
export function moduleFile(host: HostSnapshot, kind: ModuleKind, folder: string): string {
  return path.posix.join(folder, `${kind.fileName}${path.posix.extname(host.config.path)}`);
}

/** Beside the module, but for mocha, which looks in `test` only. */
export function testFile(host: HostSnapshot, file: string): string {
  const extension = path.posix.extname(file);
  const name = `${path.posix.basename(file, extension)}.${host.testSuffix}${extension}`;
  return path.posix.join(host.testRunner === 'mocha' ? 'test' : path.posix.dirname(file), name);
}

/** Shared by all files of one run. */
export interface ModuleContext {
  host: HostSnapshot;
  templates: Templates;
  request: ModuleRequest;
  /** The form of the config, which its modules follow. */
  form: ModuleForm;
}

export function renderModule(
  kind: ModuleKind,
  file: string,
  { host, templates, request, form }: ModuleContext,
): string {
  const storage = kind.storages ? `.${request.storage}` : '';
  return renderTemplate(templates, {
    template: `${kind.name}${storage}.${languageOf(file)}`,
    fileName: file,
    form: formFor(file, form),
    style: host.style,
    values: { exportName: kind.configKey, databaseUrl: databaseUrl(host) },
  });
}

const runnerModules = {
  node: { runnerModule: 'node:test', runnerFunction: 'test' },
  vitest: { runnerModule: 'vitest', runnerFunction: 'test' },
  jest: { runnerModule: '@jest/globals', runnerFunction: 'test' },
  mocha: { runnerModule: 'mocha', runnerFunction: 'it' },
} as const;

/** Jest has its functions as globals too, and its own package is not always within reach. */
function runnerModuleFor(runner: TestRunner, { dependencies, language }: HostSnapshot): string {
  if (runner !== 'jest' || dependencies.includes('@jest/globals')) return runnerModules[runner].runnerModule;
  return language === 'js' || dependencies.includes('@types/jest') ? '' : runnerModules.jest.runnerModule;
}

/** Each works without `esModuleInterop`, which older hosts lack. */
const assertImports: Record<ModuleForm, string> = {
  esm: "import { strict as assert } from 'node:assert';",
  commonjs: "const assert = require('node:assert/strict');",
  'export-equals': "import assert = require('node:assert/strict');",
};

export function renderTest(kind: ModuleKind, file: string, runner: TestRunner, context: ModuleContext): string {
  const { host, templates, request } = context;
  const at = testFile(host, file);
  // Vitest refuses to be required, and compiles its test files itself.
  const form = runner === 'vitest' ? 'esm' : formFor(file, context.form);
  return renderTemplate(templates, {
    template: 'test',
    fileName: at,
    form,
    style: host.style,
    values: {
      ...runnerModules[runner],
      runnerModule: runnerModuleFor(runner, host),
      // What Jest's sandbox loads from outside has other prototypes, which `deepEqual` compares.
      problems: runner === 'jest' ? '[...report.problems]' : 'report.problems',
      assertImport: assertImports[form],
      check: kind.check,
      exportName: kind.configKey,
      fileName: kind.fileName,
      modulePath: specifier(at, file, host.extension),
      touchesDatabase: Boolean(kind.storages) && request.storage === 'database',
    },
  });
}

/**
 * The config of a host that has none yet, with trailing commas: what is put in then comes last. {@link finishConfig}
 * takes them away where the host writes none.
 */
export function renderConfig(host: HostSnapshot, templates: Templates): string {
  return renderTemplate(templates, {
    template: host.isolatedDeclarations ? 'config.typed' : 'config',
    fileName: host.config.path,
    form: configForm(host, ''),
    style: { ...host.style, trailingCommas: true },
    values: { databaseUrl: databaseUrl(host) },
  });
}

function databaseUrl({ databaseVariable, bracketEnv }: HostSnapshot): string {
  return bracketEnv ? `process.env['${databaseVariable}']` : `process.env.${databaseVariable}`;
}

export function finishConfig({ config, style }: HostSnapshot, text: string): string {
  return style.trailingCommas ? text : restyle(config.path, text, { ...templateStyle, trailingCommas: false });
}

/** `.mjs` and `.cjs` say it themselves, TypeScript's settings say it for `.ts`, the text for `.js`. */
export function configForm({ config, moduleForm }: HostSnapshot, text: string): ModuleForm {
  if (/\.m[jt]s$/.test(config.path)) return 'esm';
  if (config.path.endsWith('.cjs')) return 'commonjs';
  return observeModuleForm(parseSource(config.path, text), moduleForm);
}

/** TypeScript compiles `import` to `require` where it must. */
function formFor(file: string, form: ModuleForm): ModuleForm {
  return languageOf(file) === 'ts' && form === 'commonjs' ? 'esm' : form;
}

function languageOf(file: string): 'ts' | 'js' {
  return file.endsWith('ts') ? 'ts' : 'js';
}

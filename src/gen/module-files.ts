/** The paths of a host module and its test, and their texts. */
import path from 'node:path';
import { type FileNameCase, fileNameCases, toFileNameCase } from './file-name-case.js';
import type { HostSnapshot } from './host-snapshot.js';
import { type ModuleKind, type ModuleKindName, moduleKinds } from './module-kinds.js';
import { detectModuleSyntax, type ModuleSyntax } from './module-syntax.js';
import { importSpecifier, normalizeModulePath, possibleModulePaths } from './names.js';
import { parseSourceFile } from './parse-source.js';
import { type ModuleTemplateTexts, renderTemplate } from './render-template.js';
import { applyCodeStyle, templateCodeStyle } from './style.js';
import { chooseTestPlacement } from './test-place.js';
import { chooseTestStyle } from './test-style.js';

export interface ModuleRequest {
  kinds: readonly ModuleKindName[];
  /** Folder for the modules, relative to the package. */
  folder: string;
  /** Where SLA terms are stored: `static` in the module, `database` in Cairnloop's own table. */
  storage: 'static' | 'database';
  /** Overwrites a module that differs from what would be written. */
  force: boolean;
  withTests: boolean;
}

/** The files whose present text is needed to plan the modules. */
export function filesReadToPlanModules(host: HostSnapshot, request: ModuleRequest): string[] {
  return request.kinds.flatMap((name) => {
    const file = hostModulePath(host, moduleKinds[name], request.folder);
    return [file, chooseTestPlacement(file, host).file];
  });
}

/**
 * The path of a module. It has the extension of the config that imports it, and the case of the host's file names. A
 * module that the config imports under another case keeps its name.
 */
export function hostModulePath(host: HostSnapshot, kind: ModuleKind, folder: string): string {
  const extension = path.posix.extname(host.config.path);
  const fileOf = (fileCase: FileNameCase) =>
    path.posix.join(folder, `${toFileNameCase(kind.fileName, fileCase)}${extension}`);
  const imported = importedModules(host);
  return fileOf(fileNameCases.find((one) => imported.has(normalizeModulePath(fileOf(one)))) ?? host.fileCase);
}

function importedModules({ config, aliases }: HostSnapshot): Set<string> {
  const specifiers = [...(config.text ?? '').matchAll(/\b(?:from|require\(|import\()\s*['"]([^'"]+)['"]/g)];
  return new Set(specifiers.flatMap(([, text = '']) => possibleModulePaths(config.path, text, aliases)));
}

/** The input for rendering modules and tests that is the same for all files of one `gen` or `init`. */
export interface RenderModuleOptions {
  host: HostSnapshot;
  templates: ModuleTemplateTexts;
  request: ModuleRequest;
  /** The module syntax of the config, which its modules follow. */
  form: ModuleSyntax;
}

export function renderModule(
  kind: ModuleKind,
  file: string,
  { host, templates, request, form }: RenderModuleOptions,
): string {
  const storage = kind.storages ? `.${request.storage}` : '';
  return renderTemplate(templates, {
    template: `${kind.name}${storage}.${languageOf(file)}`,
    fileName: file,
    form: formFor(file, form),
    style: host.style,
    values: { exportName: kind.configKey, noConsole: host.noConsole, ...environment(host, formFor(file, form)) },
  });
}

export function renderTest(kind: ModuleKind, file: string, context: RenderModuleOptions): string {
  const { host, templates, request } = context;
  const at = chooseTestPlacement(file, host).file;
  // Vitest cannot be loaded by `require`, and compiles its test files itself.
  const form = host.tests.runner === 'vitest' ? 'esm' : formFor(file, context.form);
  return renderTemplate(templates, {
    template: 'test',
    fileName: at,
    form,
    style: host.style,
    values: {
      ...chooseTestStyle(host, form),
      isQuiet: kind.name === 'notifier' && !host.noConsole,
      check: kind.check,
      exportName: kind.configKey,
      fileName: normalizeModulePath(path.posix.basename(file)),
      modulePath: importSpecifier(at, file, host.extension),
      touchesDatabase: Boolean(kind.storages) && request.storage === 'database',
    },
  });
}

/**
 * Renders the config of a host that has none yet. It has trailing commas, so that new entries come last;
 * {@link removeUnwantedTrailingCommas} removes them if the host writes none.
 */
export function renderConfig(host: HostSnapshot, templates: ModuleTemplateTexts): string {
  const form = configModuleSyntax(host, '');
  return renderTemplate(templates, {
    template: host.isolatedDeclarations ? 'config.typed' : 'config',
    fileName: host.config.path,
    form,
    style: { ...host.style, trailingCommas: true },
    values: environment(host, form),
  });
}

/** `env` is imported by name, because a default import of `node:process` needs `esModuleInterop`. */
const environmentImports: Record<ModuleSyntax, string> = {
  esm: "import { env } from 'node:process';",
  commonjs: "const { env } = require('node:process');",
  'export-equals': "import process = require('node:process');",
};

function environment({ databaseVariable, bracketEnv, importsProcess }: HostSnapshot, form: ModuleSyntax) {
  const env = importsProcess && form !== 'export-equals' ? 'env' : 'process.env';
  return {
    databaseUrl: bracketEnv ? `${env}['${databaseVariable}']` : `${env}.${databaseVariable}`,
    environmentImport: importsProcess ? environmentImports[form] : '',
  };
}

export function removeUnwantedTrailingCommas({ config, style }: HostSnapshot, text: string): string {
  return style.trailingCommas
    ? text
    : applyCodeStyle(config.path, text, { ...templateCodeStyle, trailingCommas: false });
}

/**
 * The module syntax of a config: decided by the extension for `.mjs` and `.cjs`, by the tsconfig for `.ts`, by the text
 * for `.js`.
 */
export function configModuleSyntax({ config, moduleSyntax }: HostSnapshot, text: string): ModuleSyntax {
  if (/\.m[jt]s$/.test(config.path)) return 'esm';
  if (config.path.endsWith('.cjs')) return 'commonjs';
  return detectModuleSyntax(parseSourceFile(config.path, text), moduleSyntax);
}

/** The module syntax of a file. In TypeScript it is `import`, which TypeScript compiles to `require` where needed. */
function formFor(file: string, form: ModuleSyntax): ModuleSyntax {
  return languageOf(file) === 'ts' && form === 'commonjs' ? 'esm' : form;
}

function languageOf(file: string): 'ts' | 'js' {
  return file.endsWith('ts') ? 'ts' : 'js';
}

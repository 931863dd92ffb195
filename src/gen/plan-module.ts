/** What `cairnloop gen` would do: for each kind a module, its test, and an entry in the config. Pure. */
import path from 'node:path';
import { type ChangePlan, type FileChange, keep, skip, writeChange } from './change-plan.js';
import type { FileTexts, HostSnapshot } from './host-snapshot.js';
import { type InjectionResult, injectConfig } from './inject-config.js';
import { type ModuleForm, observeModuleForm } from './module-form.js';
import { type ModuleKind, type ModuleKindName, moduleKinds } from './module-kinds.js';
import { specifier } from './names.js';
import { parseSource } from './parse-source.js';
import { renderTemplate, type Templates } from './render-template.js';

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

/** The files that {@link planModules} must know the text of. */
export function moduleFiles(host: HostSnapshot, request: ModuleRequest): string[] {
  return request.kinds.flatMap((name) => {
    const file = moduleFile(host, moduleKinds[name], request.folder);
    return [file, testFile(host, file)];
  });
}

export function planModules(
  host: HostSnapshot,
  templates: Templates,
  texts: FileTexts,
  request: ModuleRequest,
): ChangePlan {
  const started = host.config.text ?? renderConfig(host, templates);
  const planning: Planning = { host, templates, texts, request, form: formOf(host, started) };
  let config = { text: started, results: [] as InjectionResult[] };
  const changes: FileChange[] = [];
  for (const name of request.kinds) {
    const planned = planKind(moduleKinds[name], config.text, planning);
    const text = planned.injected.outcome === 'updated' ? planned.injected.text : config.text;
    config = { text, results: [...config.results, planned.injected] };
    changes.push(...planned.changes);
  }
  return {
    root: host.root,
    changes: [...changes, configChange(host, config.text, config.results)],
    notes: notes(host, request),
  };
}

/** The config of a host that has none yet. */
export function renderConfig(host: HostSnapshot, templates: Templates): string {
  const form = formOf(host, '');
  return renderTemplate(templates, {
    template: 'config',
    fileName: host.config.path,
    form,
    style: host.style,
    values: {},
  });
}

interface Planning {
  host: HostSnapshot;
  templates: Templates;
  texts: FileTexts;
  request: ModuleRequest;
  form: ModuleForm;
}

function planKind(
  kind: ModuleKind,
  config: string,
  planning: Planning,
): { changes: FileChange[]; injected: InjectionResult } {
  const { host, texts, request } = planning;
  const file = moduleFile(host, kind, request.folder);
  const before = texts[file] ?? null;
  const injected = inject(kind, file, config, planning);
  if (injected.outcome === 'skipped' && !request.force) {
    return { changes: before === null ? [skip(file, null, injected.reason)] : [keep(file, before)], injected };
  }
  const module = renderModule(kind, file, planning);
  const changes = [replaceable(file, before, module, request.force)];
  if (request.withTests) changes.push(...planTest(kind, file, before === null, planning));
  return {
    changes,
    injected: before !== null && !request.force ? needsExport(kind, file, before, injected) : injected,
  };
}

/** A file that the host has changed since is the host's. */
function replaceable(file: string, before: string | null, after: string, force: boolean): FileChange {
  const isHosts = before !== null && before !== after;
  return isHosts && !force ? skip(file, before, 'it differs; --force overwrites it') : writeChange(file, before, after);
}

/** A test that the host removed stays removed. */
function planTest(kind: ModuleKind, file: string, isNew: boolean, planning: Planning): FileChange[] {
  const at = testFile(planning.host, file);
  const before = planning.texts[at] ?? null;
  if (before === null && !isNew && !planning.request.force) return [];
  return [replaceable(at, before, renderTest(kind, file, at, planning), planning.request.force)];
}

function inject(kind: ModuleKind, file: string, config: string, { host, form }: Planning): InjectionResult {
  const entry = {
    configKey: kind.configKey,
    exportName: kind.configKey,
    file,
    fallbackName: `cairnloop${kind.contract}`,
  };
  const { style, extension, aliases } = host;
  return injectConfig({ path: host.config.path, text: config }, entry, { style, extension, aliases, moduleForm: form });
}

/** A file of the host's own that stands where the module belongs must export what the config imports. */
function needsExport(kind: ModuleKind, file: string, text: string, injected: InjectionResult): InjectionResult {
  const name = kind.configKey;
  const named = new RegExp(
    `\\bexport\\b[^;=]*\\b${name}\\b|\\bexports\\.${name}\\b|\\b(exports|export)\\s*=[^;]*\\b${name}\\b`,
  );
  if (injected.outcome !== 'updated' || named.test(text)) return injected;
  return {
    outcome: 'manual',
    reason: `${file} exports no ${name}`,
    lines: [`export { … as ${name} };  // in ${file}`],
  };
}

function renderModule(kind: ModuleKind, file: string, { host, templates, request, form }: Planning): string {
  const storage = kind.storages ? `.${request.storage}` : '';
  return renderTemplate(templates, {
    template: `${kind.name}${storage}.${languageOf(file)}`,
    fileName: file,
    form: languageOf(file) === 'ts' && form === 'commonjs' ? 'esm' : form,
    style: host.style,
    values: { exportName: kind.configKey },
  });
}

const runnerModules = {
  node: { runnerModule: 'node:test', runnerFunction: 'test' },
  vitest: { runnerModule: 'vitest', runnerFunction: 'test' },
  jest: { runnerModule: '@jest/globals', runnerFunction: 'test' },
  mocha: { runnerModule: 'mocha', runnerFunction: 'it' },
} as const;

function renderTest(kind: ModuleKind, file: string, at: string, { host, templates, request, form }: Planning): string {
  return renderTemplate(templates, {
    template: 'test',
    fileName: at,
    form: languageOf(file) === 'ts' && form === 'commonjs' ? 'esm' : form,
    style: host.style,
    values: {
      ...runnerModules[host.testRunner],
      check: kind.check,
      exportName: kind.configKey,
      fileName: kind.fileName,
      modulePath: specifier(at, file, host.extension),
      touchesDatabase: Boolean(kind.storages) && request.storage === 'database',
    },
  });
}

/** One line for the config, whatever became of each entry. */
function configChange(host: HostSnapshot, text: string, results: readonly InjectionResult[]): FileChange {
  const change = writeChange(host.config.path, host.config.text, text);
  const left = results.filter((result) => result.outcome === 'manual' || result.outcome === 'skipped');
  if (left.length === 0) return change;
  const reason = left.map((result) => result.reason).join('; ');
  const lines = results.flatMap((result) => (result.outcome === 'manual' ? result.lines : []));
  if (lines.length > 0) return { ...change, outcome: 'manual', reason, lines };
  return change.outcome === 'unchanged' ? { ...change, outcome: 'skipped', reason } : { ...change, reason };
}

/** A module is written in the language of the config that imports it, with the same extension. */
function moduleFile(host: HostSnapshot, kind: ModuleKind, folder: string): string {
  return path.posix.join(folder, `${kind.fileName}${path.posix.extname(host.config.path)}`);
}

/** Beside the module, but for mocha, which looks in `test` only. */
function testFile(host: HostSnapshot, file: string): string {
  const extension = path.posix.extname(file);
  const name = `${path.posix.basename(file, extension)}.${host.testSuffix}${extension}`;
  return path.posix.join(host.testRunner === 'mocha' ? 'test' : path.posix.dirname(file), name);
}

function languageOf(file: string): 'ts' | 'js' {
  return file.endsWith('ts') ? 'ts' : 'js';
}

/** `.mjs` and `.cjs` say it themselves, TypeScript's settings say it for `.ts`, the text for `.js`. */
function formOf({ config, moduleForm }: HostSnapshot, text: string): ModuleForm {
  if (/\.m[jt]s$/.test(config.path)) return 'esm';
  if (config.path.endsWith('.cjs')) return 'commonjs';
  return observeModuleForm(parseSource(config.path, text), moduleForm);
}

function notes({ dependencies, language, packageManager }: HostSnapshot, request: ModuleRequest): string[] {
  const lacks = (name: string) => !dependencies.includes(name);
  const isDatabase = request.storage === 'database' && request.kinds.includes('sla');
  const missing = [
    ...(lacks('cairnloop') ? ['cairnloop'] : []),
    ...(isDatabase && lacks('pg') ? ['pg'] : []),
    ...(isDatabase && language === 'ts' && lacks('@types/pg') ? ['@types/pg'] : []),
    ...(language === 'ts' && lacks('@types/node') ? ['@types/node'] : []),
  ];
  const install = packageManager === 'npm' ? 'npm install' : `${packageManager} add`;
  return missing.length === 0 ? [] : [`Install what the host does not list yet: ${install} ${missing.join(' ')}`];
}

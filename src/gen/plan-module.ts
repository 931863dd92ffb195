/** Plans `cairnloop gen`: for each kind a module, its test, and a config entry. Pure. */
import {
  type FileChange,
  type FileChangePlan,
  planFileWrite,
  planSkippedFile,
  planUnchangedFile,
} from './change-plan.js';
import type { FileTextsByPath, HostSnapshot } from './host-snapshot.js';
import { type AddConfigEntryResult, addEntryToConfig, toManualConfigEntryResult } from './inject-config.js';
import {
  configModuleSyntax,
  hostModulePath,
  type ModuleRequest,
  type RenderModuleOptions,
  removeUnwantedTrailingCommas,
  renderConfig,
  renderModule,
  renderTest,
} from './module-files.js';
import { type ModuleKind, moduleKinds } from './module-kinds.js';
import { packageBinaryCommandLine, packageInstallCommands } from './package-manager.js';
import { planWriteUnlessEdited } from './plan-alerts.js';
import type { ModuleTemplateTexts } from './render-template.js';
import { quoteShellWord } from './shell-word.js';
import { type GeneratedModule, notesOnGeneratedTests } from './test-notes.js';
import { chooseTestPlacement } from './test-place.js';
import { tsconfigChanges } from './tsconfig-changes.js';

/**
 * Plans the modules of a request, their tests and the config. `texts` are the present texts of the files that
 * `filesReadToPlanModules` lists.
 */
export function planModules(
  host: HostSnapshot,
  templates: ModuleTemplateTexts,
  texts: FileTextsByPath,
  request: ModuleRequest,
): FileChangePlan {
  let config = host.config.text ?? renderConfig(host, templates);
  const context = { host, templates, request, texts, form: configModuleSyntax(host, config) };
  const changes: FileChange[] = [];
  const injections: AddConfigEntryResult[] = [];
  for (const name of request.kinds) {
    const planned = planKind(moduleKinds[name], config, context);
    if (planned.injected.outcome === 'updated') config = planned.injected.text;
    injections.push(planned.injected);
    changes.push(...planned.changes);
  }
  if (host.config.text === null) config = removeUnwantedTrailingCommas(host, config);
  changes.push(configChange(host, config, injections));
  changes.push(...tsconfigChanges(host));
  const notes = request.withTests ? notesOnGeneratedTests(host, newModules(changes, context)) : [];
  return { root: host.root, changes, notes, install: installs(host, request), fix: fixes(host, changes) };
}

function newModules(changes: readonly FileChange[], { host, request }: RenderModuleOptions): GeneratedModule[] {
  const isNew = (file: string) => changes.some(({ path, outcome }) => path === file && outcome === 'created');
  return request.kinds
    .map((name) => ({ file: hostModulePath(host, moduleKinds[name], request.folder), check: moduleKinds[name].check }))
    .filter(({ file }) => isNew(file));
}

interface Planning extends RenderModuleOptions {
  texts: FileTextsByPath;
}

function planKind(
  kind: ModuleKind,
  config: string,
  planning: Planning,
): { changes: FileChange[]; injected: AddConfigEntryResult } {
  const { host, texts, request } = planning;
  const file = hostModulePath(host, kind, request.folder);
  const before = texts[file] ?? null;
  const injected = inject(kind, file, config, planning);
  if (injected.outcome === 'skipped' && !request.force) {
    return {
      changes: [before === null ? planSkippedFile(file, null, injected.reason) : planUnchangedFile(file, before)],
      injected,
    };
  }
  const changes = [planWriteUnlessEdited(file, before, renderModule(kind, file, planning), request.force)];
  changes.push(...planTest(kind, file, before === null, planning));
  return { changes, injected };
}

/** Plans the test of a module. A test that the host has deleted is not written again. */
function planTest(kind: ModuleKind, file: string, isNew: boolean, planning: Planning): FileChange[] {
  const { host, request, texts } = planning;
  if (host.tests.other?.kind === 'runner') return [];
  const at = chooseTestPlacement(file, host).file;
  const before = texts[at] ?? null;
  const isRemoved = before === null && !isNew && !request.force;
  if (!request.withTests || isRemoved) return [];
  return [planWriteUnlessEdited(at, before, renderTest(kind, file, planning), request.force)];
}

function inject(kind: ModuleKind, file: string, config: string, planning: Planning): AddConfigEntryResult {
  const { host, form, texts, request } = planning;
  const source = { path: host.config.path, text: config };
  const entry = {
    configKey: kind.configKey,
    exportName: kind.configKey,
    file,
    fallbackName: `cairnloop${kind.contract}`,
  };
  const habits = { style: host.style, extension: host.extension, aliases: host.aliases, moduleSyntax: form };
  const injected = addEntryToConfig(source, entry, habits);
  const own = request.force ? null : (texts[file] ?? null);
  if (injected.outcome !== 'updated' || own === null || exportsName(own, kind.configKey)) return injected;
  return toManualConfigEntryResult(`${file} exports no ${kind.configKey}`, source, entry, habits);
}

/** Whether a file that the host already has at the module's path exports the name that the config would import. */
function exportsName(text: string, name: string): boolean {
  const named = `\\bexport\\b[^;=]*\\b${name}\\b|\\bexports\\.${name}\\b|\\bexports?\\s*=[^;]*\\b${name}\\b`;
  return new RegExp(named).test(text);
}

/** Plans the change of the config, with one outcome for all its entries. */
function configChange(host: HostSnapshot, text: string, injections: readonly AddConfigEntryResult[]): FileChange {
  const change = planFileWrite(host.config.path, host.config.text, text);
  const left = injections.filter((result) => result.outcome === 'manual' || result.outcome === 'skipped');
  if (left.length === 0) return change;
  const reason = [...new Set(left.map((result) => result.reason))].join('; ');
  const manual = injections.filter((result) => result.outcome === 'manual');
  const imports = { place: 'at the top', lines: manual.flatMap((result) => result.imports) };
  const keys = { place: 'in the exported object', lines: manual.flatMap((result) => result.keys) };
  const byHand = [imports, keys].filter(({ lines }) => lines.length > 0);
  if (byHand.length > 0) return { ...change, outcome: 'manual', reason, byHand };
  return change.outcome === 'unchanged' ? { ...change, outcome: 'skipped', reason } : { ...change, reason };
}

function installs(host: HostSnapshot, request: ModuleRequest): string[] {
  const missing = neededPackages(host, request).filter((name) => !host.dependencies.includes(name));
  return packageInstallCommands(host.packageManager, missing);
}

/** The commands that format the written files, because the host's linter may require another layout. */
function fixes({ fixers, packageManager }: HostSnapshot, changes: readonly FileChange[]): string[] {
  const files = changes.filter(({ before, after }) => after !== null && before !== after).map(({ path }) => path);
  if (files.length === 0) return [];
  return fixers.map((command) =>
    packageBinaryCommandLine(packageManager, `${command} ${files.map(quoteShellWord).join(' ')}`),
  );
}

function neededPackages({ language }: HostSnapshot, { storage, kinds }: ModuleRequest): string[] {
  const isDatabase = storage === 'database' && kinds.includes('sla');
  const isTypeScript = language === 'ts';
  return [
    'cairnloop',
    ...(isDatabase ? ['pg'] : []),
    ...(isDatabase && isTypeScript ? ['@types/pg'] : []),
    ...(isTypeScript ? ['@types/node'] : []),
  ];
}

import path from 'node:path';
import { CairnloopError } from '../../foundation/errors.js';
import type { HostSnapshot } from '../../gen/host-snapshot.js';
import { type ModuleKindName, moduleKindNames } from '../../gen/module-kinds.js';
import { declareOptions, defineCommand } from '../command.js';
import type { OptionValues } from '../command-input.js';
import { mayPrompt, previewOrApplyFileChangePlan } from '../finish-plan.js';
import type { CliIo } from '../io.js';
import { completeModuleRequest, moduleCommandOptions, moduleKindChoices, planExitCodes } from '../module-request.js';
import { relativePackageFolder } from '../plan-report.js';

const options = declareOptions([
  {
    flags: '--modules <list>',
    description: `modules to write: all, none, or some of ${moduleKindNames.join(',')} (default: none)`,
  },
  ...moduleCommandOptions,
]);

type InitOptions = OptionValues<typeof options>;

export const initCommand = defineCommand({
  options,
  examples: ['cairnloop init', 'cairnloop init --modules all --yes', 'cairnloop init --cwd packages/api --dry-run'],
  exitCodes: planExitCodes,
  run: async ({ options }, io) => {
    const [
      { readHostSnapshot, readHostFiles },
      { readModuleTemplates },
      { planModules },
      { filesReadToPlanModules },
      init,
    ] = await Promise.all([
      import('../../host-project/read-host-snapshot.js'),
      import('../../host-project/read-templates.js'),
      import('../../gen/plan-module.js'),
      import('../../gen/module-files.js'),
      import('../../gen/plan-init.js'),
    ]);
    const host = readHostSnapshot({ cwd: path.resolve(io.cwd, options.cwd ?? '.'), config: options.config });
    const folder = relativePackageFolder(host.root, io.cwd);
    io.stderr.write(`${describeHost(host, folder)}\n`);
    const request = await completeModuleRequest(await chooseModules(options, io), host, options, io);
    const texts = readHostFiles(host.root, [...filesReadToPlanModules(host, request), ...init.filesEditedByInit]);
    const plan = init.planInit(host, planModules(host, readModuleTemplates(), texts, request), texts);
    const { applyFileChangePlanWithUndo } = await import('../../host-project/journal.js');
    const report = await previewOrApplyFileChangePlan(plan, options, io, {
      write: () => applyFileChangePlanWithUndo(plan, 'cairnloop init'),
    });
    const next = init.commandsToRunAfterInit(host, plan, folder);
    const { envFileAdvice, mountGuide } = await import('../../gen/mount-guide.js');
    const mount = mountGuide(host);
    const guide = [
      `Mount Cairnloop in ${mount.title}:`,
      ...mount.lines.map(indent),
      '',
      ...productionLines(init.configOption(host), envFileAdvice(host)),
    ];
    const text =
      options.dryRun || options.check
        ? report.text
        : [report.text, '', ...guide, '', 'Next:', ...next.map(indent)].join('\n');
    return { ...report, text, json: { ...(report.json as object), mount: mount.lines, next } };
  },
});

const languages = { ts: 'TypeScript', js: 'JavaScript' };

function describeHost(host: HostSnapshot, folder: string): string {
  const modules = host.moduleSyntax === 'esm' ? 'ES modules' : 'CommonJS';
  const other = host.otherFramework
    ? `${host.otherFramework}, which init does not know`
    : 'no framework that init knows';
  const framework = host.framework ?? other;
  const place = folder ? ` in ${folder}` : '';
  return `Found ${host.packageName ?? host.root}${place}: ${languages[host.language]}, ${modules}, ${framework}, ${host.packageManager}, code in ${host.sourceFolder === '.' ? "the package's root" : host.sourceFolder}.`;
}

async function chooseModules(options: InitOptions, io: CliIo): Promise<readonly ModuleKindName[]> {
  if (options.modules !== undefined) return parseModules(options.modules);
  if (!mayPrompt(options, io)) return [];
  return io.ask.multiselect({
    message: 'Which modules should be written now? (`cairnloop gen` adds more later)',
    choices: moduleKindChoices(),
  });
}

function parseModules(list: string): readonly ModuleKindName[] {
  if (list === 'all') return moduleKindNames;
  const words = list === 'none' ? [] : list.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !moduleKindNames.includes(word as ModuleKindName));
  if (unknown.length === 0) return moduleKindNames.filter((name) => words.includes(name));
  throw new CairnloopError('USAGE', {
    message: `--modules expected all, none, or some of ${moduleKindNames.join(',')}; found ${JSON.stringify(unknown.join(','))}.`,
    hint: 'Separate the names of modules by commas, as in --modules notifier,sla.',
  });
}

/** npm and npx do not forward signals, so a worker that they run would be killed during its callbacks. */
function productionLines(configOption: string, envFileAdvice: string | undefined): string[] {
  const worker = `In production, start the worker without npx or npm run: node node_modules/cairnloop/bin/cairnloop.js worker${configOption}`;
  return [worker, ...(envFileAdvice === undefined ? [] : [envFileAdvice])];
}

function indent(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

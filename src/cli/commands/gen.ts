import path from 'node:path';
import { CairnloopError } from '../../foundation/errors.js';
import { type ModuleKindName, moduleKindNames, moduleKinds } from '../../gen/module-kinds.js';
import { defineCommand } from '../command.js';
import { mayPrompt, previewOrApplyFileChangePlan } from '../finish-plan.js';
import type { CliIo } from '../io.js';
import {
  completeModuleRequest,
  type ModuleCommandOptions,
  moduleCommandOptions,
  moduleKindChoices,
  planExitCodes,
} from '../module-request.js';
import type { CommandReport } from '../report.js';

const kindWords = [...moduleKindNames, 'all', 'alerts'];

const kindList = [
  ...moduleKindNames.map((name) => `${name}: ${moduleKinds[name].summary}`),
  'all: the four host modules listed above',
  'alerts: alert rules for Prometheus and a dashboard for Grafana',
];

export const genCommand = defineCommand({
  arguments: [{ name: '[kind]', description: kindList.join('\n'), offered: kindWords }],
  options: moduleCommandOptions,
  examples: [
    'cairnloop gen notifier',
    'cairnloop gen sla --storage database',
    'cairnloop gen all --dry-run',
    'cairnloop gen alerts --dir deploy/monitoring',
  ],
  exitCodes: planExitCodes,
  run: async ({ args: [word], options }, io) => {
    if (word === 'alerts') return genAlerts(options, io);
    const kinds = await chooseKinds(word, options, io);
    const [{ readHostSnapshot, readHostFiles }, { readModuleTemplates }, { planModules }, { filesReadToPlanModules }] =
      await Promise.all([
        import('../../host-project/read-host-snapshot.js'),
        import('../../host-project/read-templates.js'),
        import('../../gen/plan-module.js'),
        import('../../gen/module-files.js'),
      ]);
    const host = readHostSnapshot({ cwd: path.resolve(io.cwd, options.cwd ?? '.'), config: options.config });
    const request = await completeModuleRequest(kinds, host, options, io);
    const texts = readHostFiles(host.root, filesReadToPlanModules(host, request));
    const plan = planModules(host, readModuleTemplates(), texts, request);
    const { applyFileChangePlanWithUndo } = await import('../../host-project/journal.js');
    const run = `cairnloop gen ${word ?? kinds.join(' ')}`;
    return previewOrApplyFileChangePlan(plan, options, io, { write: () => applyFileChangePlanWithUndo(plan, run) });
  },
});

async function genAlerts(options: ModuleCommandOptions, io: CliIo): Promise<CommandReport> {
  const [{ readHostSnapshot, readHostFiles }, { readAlertFiles }, { toPackagePath }, alerts] = await Promise.all([
    import('../../host-project/read-host-snapshot.js'),
    import('../../host-project/read-templates.js'),
    import('../../host-project/safe-path.js'),
    import('../../gen/plan-alerts.js'),
  ]);
  const cwd = path.resolve(io.cwd, options.cwd ?? '.');
  const host = readHostSnapshot({ cwd, config: options.config });
  const folder = options.dir === undefined ? alerts.defaultAlertsFolder : toPackagePath(host.root, cwd, options.dir);
  const request = { folder, force: options.force === true };
  const plan = alerts.planAlerts(
    host,
    readAlertFiles(),
    readHostFiles(host.root, alerts.alertFilePaths(request)),
    request,
  );
  const { applyFileChangePlanWithUndo } = await import('../../host-project/journal.js');
  return previewOrApplyFileChangePlan(plan, options, io, {
    write: () => applyFileChangePlanWithUndo(plan, 'cairnloop gen alerts'),
  });
}

async function chooseKinds(
  word: string | undefined,
  options: ModuleCommandOptions,
  io: CliIo,
): Promise<readonly ModuleKindName[]> {
  if (word === 'all') return moduleKindNames;
  if (word === undefined && mayPrompt(options, io)) {
    return io.ask.multiselect({ message: 'Which modules?', choices: moduleKindChoices(), initial: moduleKindNames });
  }
  const known = moduleKindNames.find((name) => name === word);
  if (known) return [known];
  throw await unknownKind(word);
}

async function unknownKind(word: string | undefined): Promise<CairnloopError> {
  const { findClosestWord } = await import('../../foundation/closest-word.js');
  const near = word === undefined ? undefined : findClosestWord(word, kindWords);
  return new CairnloopError('USAGE', {
    message: `gen expected ${kindWords.join(', ')}; found ${word === undefined ? 'nothing' : `"${word}"`}.`,
    hint: near ? `Did you mean ${near}?` : 'Run `cairnloop gen notifier` for the first one.',
  });
}

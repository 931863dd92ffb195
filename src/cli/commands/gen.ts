import path from 'node:path';
import { CairnloopError } from '../../errors.js';
import type { HostSnapshot } from '../../gen/host-snapshot.js';
import { type ModuleKindName, moduleKindNames, moduleKinds } from '../../gen/module-kinds.js';
import type { ModuleRequest } from '../../gen/plan-module.js';
import { nearest } from '../../nearest.js';
import { configOption, cwdOption, defineCommand } from '../command.js';
import { checkOption, finishPlan, mayAsk, type PlanOptions, planOptions } from '../finish-plan.js';
import type { CliIo } from '../io.js';

interface GenOptions extends PlanOptions {
  cwd?: string;
  dir?: string;
  config?: string;
  force?: boolean;
  storage?: ModuleRequest['storage'];
  test: boolean;
}

const kindList = moduleKindNames.map((name) => `${name} ${moduleKinds[name].summary}`).join('; ');

export const command = defineCommand<GenOptions>({
  arguments: [{ name: '[kind]', description: `${moduleKindNames.join(', ')} or all: ${kindList}` }],
  options: [
    cwdOption,
    { flags: '--dir <folder>', description: 'where the module goes (default: cairnloop in the source folder)' },
    configOption,
    { flags: '--storage <where>', description: 'for sla: where the terms live', choices: moduleKinds.sla.storages },
    { flags: '--no-test', description: 'write no test beside the module' },
    { flags: '--force', description: 'overwrite a module that was edited' },
    checkOption,
    ...planOptions,
  ],
  examples: ['cairnloop gen notifier', 'cairnloop gen sla --storage database', 'cairnloop gen all --dry-run'],
  exitCodes: {
    3: 'something must be done by hand (the lines are printed), or --check found changes',
    130: 'cancelled',
  },
  run: async ({ args: [word], options }, io) => {
    const kinds = await chooseKinds(word, options, io);
    const [project, { planModules, moduleFiles }, { applyAndRemember }, { readTemplates }] = await Promise.all([
      import('../../project/read-project.js'),
      import('../../gen/plan-module.js'),
      import('../../project/journal.js'),
      import('../../project/read-templates.js'),
    ]);
    const cwd = path.resolve(io.cwd, options.cwd ?? '.');
    const host = project.readProject({ cwd, config: options.config });
    const request = await completeRequest(kinds, host, cwd, options, io);
    const texts = project.readHostFiles(host.root, moduleFiles(host, request));
    const plan = planModules(host, readTemplates(), texts, request);
    return finishPlan(plan, options, io, () => applyAndRemember(plan, `cairnloop gen ${word ?? kinds.join(' ')}`));
  },
});

async function chooseKinds(word: string | undefined, options: GenOptions, io: CliIo): Promise<ModuleKindName[]> {
  if (word === 'all') return moduleKindNames;
  const known = moduleKindNames.find((name) => name === word);
  if (known) return [known];
  if (word === undefined && mayAsk(options, io)) {
    return io.ask.multiselect({ message: 'Which modules?', choices: kindChoices(), initial: moduleKindNames });
  }
  const words = [...moduleKindNames, 'all'];
  const near = word === undefined ? undefined : nearest(word, words);
  throw new CairnloopError('USAGE', {
    message: `gen expected ${words.join(', ')}; found ${word === undefined ? 'nothing' : `"${word}"`}.`,
    hint: near ? `Did you mean ${near}?` : 'Run `cairnloop gen notifier` for the first one.',
  });
}

export function kindChoices() {
  return moduleKindNames.map((value) => ({ value, label: value, hint: moduleKinds[value].summary }));
}

/** Flags first, then questions for what they left open, then defaults. */
async function completeRequest(
  kinds: readonly ModuleKindName[],
  host: HostSnapshot,
  cwd: string,
  options: GenOptions,
  io: CliIo,
): Promise<ModuleRequest> {
  const { hostPath } = await import('../../project/safe-path.js');
  const asks = mayAsk(options, io);
  const preset = path.posix.join(host.sourceFolder, 'cairnloop');
  const given =
    options.dir ?? (asks ? await io.ask.text({ message: 'Where do the modules go?', initial: preset }) : undefined);
  const folder = given === undefined ? preset : hostPath(host.root, options.dir === undefined ? host.root : cwd, given);
  const storage = options.storage ?? (asks && kinds.includes('sla') ? await askStorage(io) : 'static');
  return { kinds, folder, storage, force: options.force === true, withTests: options.test };
}

function askStorage(io: CliIo): Promise<ModuleRequest['storage']> {
  return io.ask.select({
    message: 'Where do the SLA terms live?',
    choices: [
      { value: 'static', label: 'In the module', hint: 'changed by a deploy; operators see them as read-only' },
      { value: 'database', label: 'In the database', hint: 'changed by operators and `cairnloop sla set`' },
    ],
  });
}

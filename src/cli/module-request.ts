/** The options and questions that `gen` and `init` share: the folder of the modules, their storage and their tests. */
import path from 'node:path';
import type { HostSnapshot } from '../gen/host-snapshot.js';
import type { ModuleRequest } from '../gen/module-files.js';
import { type ModuleKindName, moduleKindNames, moduleKinds } from '../gen/module-kinds.js';
import { configOption, cwdOption, declareOptions } from './command.js';
import type { OptionValues } from './command-input.js';
import { checkOption, mayPrompt, planCommandOptions } from './finish-plan.js';
import type { CliIo } from './io.js';

export const moduleCommandOptions = declareOptions([
  cwdOption,
  {
    flags: '--dir <folder>',
    description: 'folder of the modules (default: cairnloop in the source folder; for alerts: ops)',
  },
  configOption,
  {
    flags: '--storage <where>',
    description: 'for sla: where the SLA terms are stored',
    choices: moduleKinds.sla.storages,
  },
  { flags: '--no-test', description: 'do not write a test for each module' },
  { flags: '--force', description: 'overwrite a module that was edited' },
  checkOption,
  ...planCommandOptions,
]);

export type ModuleCommandOptions = OptionValues<typeof moduleCommandOptions>;

export const planExitCodes = {
  3: 'a change must be made by hand, or --check found changes to make',
  130: 'cancelled',
};

export function moduleKindChoices() {
  return moduleKindNames.map((value) => ({ value, label: value, hint: moduleKinds[value].summary }));
}

/** Completes a request from options; asks for what they leave open, or uses defaults where it may not ask. */
export async function completeModuleRequest(
  kinds: readonly ModuleKindName[],
  host: HostSnapshot,
  options: ModuleCommandOptions,
  io: CliIo,
): Promise<ModuleRequest> {
  const asks = mayPrompt(options, io);
  const folder = await chooseFolder(host, options, asks && kinds.length > 0, io);
  const storage = options.storage ?? (asks && kinds.includes('sla') ? await askStorage(io) : 'static');
  return { kinds, folder, storage, force: options.force === true, withTests: options.test };
}

/** The folder of `--dir` is relative to `--cwd`; a folder typed at the prompt is relative to the host's package. */
async function chooseFolder(
  host: HostSnapshot,
  options: ModuleCommandOptions,
  asks: boolean,
  io: CliIo,
): Promise<string> {
  const { toPackagePath } = await import('../host-project/safe-path.js');
  if (options.dir !== undefined) return toPackagePath(host.root, path.resolve(io.cwd, options.cwd ?? '.'), options.dir);
  const preset = host.moduleFolder;
  if (!asks) return preset;
  return toPackagePath(
    host.root,
    host.root,
    await io.ask.text({ message: 'In which folder should the modules be written?', initial: preset }),
  );
}

function askStorage(io: CliIo): Promise<ModuleRequest['storage']> {
  return io.ask.select({
    message: 'Where are the SLA terms stored?',
    choices: [
      { value: 'static', label: 'In the module', hint: 'changed by a deploy; operators see them as read-only' },
      { value: 'database', label: 'In the database', hint: 'changed by operators and `cairnloop sla set`' },
    ],
  });
}

import path from 'node:path';
import { CairnloopError } from '../../foundation/errors.js';
import { type ModuleKindName, moduleKindNames, moduleKinds } from '../../gen/module-kinds.js';
import { defineCommand } from '../command.js';
import { finishPlan, mayAsk } from '../finish-plan.js';
import type { CliIo } from '../io.js';
import { completeRequest, kindChoices, type ModuleOptions, moduleOptions, planExitCodes } from '../module-request.js';

const kindList = [...moduleKindNames.map((name) => `${name}: ${moduleKinds[name].summary}`), 'all: the four of them'];

export const command = defineCommand<ModuleOptions>({
  arguments: [{ name: '[kind]', description: kindList.join('\n') }],
  options: moduleOptions,
  examples: ['cairnloop gen notifier', 'cairnloop gen sla --storage database', 'cairnloop gen all --dry-run'],
  exitCodes: planExitCodes,
  run: async ({ args: [word], options }, io) => {
    const kinds = await chooseKinds(word, options, io);
    const [{ readProject, readHostFiles }, { readTemplates }, { planModules }, { moduleFiles }] = await Promise.all([
      import('../../host-project/read-project.js'),
      import('../../host-project/read-templates.js'),
      import('../../gen/plan-module.js'),
      import('../../gen/module-files.js'),
    ]);
    const host = readProject({ cwd: path.resolve(io.cwd, options.cwd ?? '.'), config: options.config });
    const request = await completeRequest(kinds, host, options, io);
    const texts = readHostFiles(host.root, moduleFiles(host, request));
    const plan = planModules(host, readTemplates(), texts, request);
    const { applyAndRemember } = await import('../../host-project/journal.js');
    const run = `cairnloop gen ${word ?? kinds.join(' ')}`;
    return finishPlan(plan, options, io, { write: () => applyAndRemember(plan, run) });
  },
});

async function chooseKinds(
  word: string | undefined,
  options: ModuleOptions,
  io: CliIo,
): Promise<readonly ModuleKindName[]> {
  if (word === 'all') return moduleKindNames;
  if (word === undefined && mayAsk(options, io)) {
    return io.ask.multiselect({ message: 'Which modules?', choices: kindChoices(), initial: moduleKindNames });
  }
  const known = moduleKindNames.find((name) => name === word);
  if (known) return [known];
  throw await unknownKind(word);
}

async function unknownKind(word: string | undefined): Promise<CairnloopError> {
  const { closestWord } = await import('../../foundation/closest-word.js');
  const words = [...moduleKindNames, 'all'];
  const near = word === undefined ? undefined : closestWord(word, words);
  return new CairnloopError('USAGE', {
    message: `gen expected ${words.join(', ')}; found ${word === undefined ? 'nothing' : `"${word}"`}.`,
    hint: near ? `Did you mean ${near}?` : 'Run `cairnloop gen notifier` for the first one.',
  });
}

import path from 'node:path';
import { cwdOption, defineCommand } from '../command.js';
import { planCommandOptions, previewOrApplyFileChangePlan } from '../finish-plan.js';

export const undoCommand = defineCommand({
  options: [cwdOption, ...planCommandOptions],
  examples: ['cairnloop undo', 'cairnloop undo --dry-run'],
  exitCodes: { 1: 'nothing to undo, or a file was edited since', 130: 'cancelled' },
  run: async ({ options }, io) => {
    const [{ findPackage }, { planUndo }] = await Promise.all([
      import('../../host-project/find-package.js'),
      import('../../host-project/journal.js'),
    ]);
    const { root } = findPackage(path.resolve(io.cwd, options.cwd ?? '.'));
    const { run, plan, apply } = planUndo(root);
    const question = (files: string) => `Undo the changes of \`${run}\` to ${files}?`;
    return previewOrApplyFileChangePlan(plan, options, io, { question, write: apply });
  },
});

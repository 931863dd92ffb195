/** The last steps of commands that write files into the host: show the plan, ask, write, report. */
import { CairnloopError } from '../foundation/errors.js';
import { runUninterruptedBySignals } from '../foundation/uninterrupted.js';
import { exitCodeOfPlan, type FileChangePlan, fileChangesToWrite } from '../gen/change-plan.js';
import { declareOption, declareOptions, jsonOption } from './command.js';
import type { OptionValues } from './command-input.js';
import type { CliIo } from './io.js';
import { formatFileChangePlan, relativePackageFolder, toFileChangePlanJson } from './plan-report.js';
import type { CommandReport } from './report.js';

export const planCommandOptions = declareOptions([
  { flags: '--dry-run', description: 'show the changes as a unified diff and write nothing' },
  { flags: '-y, --yes', description: 'do not ask for confirmation' },
  jsonOption,
]);

export const checkOption = declareOption({
  flags: '--check',
  description: 'write nothing, and exit 3 if a file would change',
});

export type PlanCommandOptions = OptionValues<readonly [typeof checkOption, ...typeof planCommandOptions]>;

/**
 * How to carry out a plan: `write`, which is synchronous, is called at most once, after the user has agreed to
 * `question` if one is asked.
 */
export interface FileChangePlanExecution {
  question?(files: string): string;
  write(): void;
}

export async function previewOrApplyFileChangePlan(
  planned: FileChangePlan,
  options: PlanCommandOptions,
  io: CliIo,
  { question = (files) => `Write ${files}?`, write }: FileChangePlanExecution,
): Promise<CommandReport> {
  const plan = await noteIgnoredFiles(planned);
  const exitCode = exitCodeOfPlan(plan, options.check === true);
  if (options.dryRun || options.check) return preview(plan, options, io, exitCode);
  const count = fileChangesToWrite(plan).length;
  if (count > 0 && mayPrompt(options, io)) {
    await confirm(plan, question(count === 1 ? 'this file' : `these ${count} files`), io);
  }
  await runUninterruptedBySignals(write);
  return {
    text: formatFileChangePlan(plan, io.cwd),
    json: { ...toFileChangePlanJson(plan), applied: count > 0 },
    exitCode,
  };
}

/** Notes generated files that git ignores: they would silently be missing wherever else the host runs. */
async function noteIgnoredFiles(plan: FileChangePlan): Promise<FileChangePlan> {
  const [{ filesCreatedByPlan, addIgnoredFileNotes }, { findIgnoredFiles }] = await Promise.all([
    import('../gen/ignored-file-notes.js'),
    import('../host-project/find-ignored-files.js'),
  ]);
  return addIgnoredFileNotes(plan, await findIgnoredFiles(plan.root, filesCreatedByPlan(plan)));
}

/** Whether a command may ask questions: only on a terminal, and not if a flag makes the question unnecessary. */
export function mayPrompt({ yes, dryRun, check, json }: PlanCommandOptions, io: CliIo): boolean {
  return io.isInteractive && !yes && !dryRun && !check && !json;
}

/** With `--dry-run`, prints the diff on stdout, so that it can be piped, and the summary of the plan on stderr. */
async function preview(
  plan: FileChangePlan,
  options: PlanCommandOptions,
  io: CliIo,
  exitCode: number,
): Promise<CommandReport> {
  const { unifiedDiff } = await import('../gen/unified-diff.js');
  const diff = options.dryRun ? unifiedDiff(plan, relativePackageFolder(plan.root, io.cwd)) : '';
  const json = { ...toFileChangePlanJson(plan), applied: false, ...(options.dryRun ? { diff } : {}) };
  if (!options.dryRun) return { text: formatFileChangePlan(plan, io.cwd), json, exitCode };
  if (!options.json) io.stderr.write(`${formatFileChangePlan(plan, io.cwd)}\n`);
  return { text: diff, json, exitCode };
}

async function confirm(plan: FileChangePlan, message: string, io: CliIo): Promise<void> {
  io.stderr.write(`${formatFileChangePlan(plan, io.cwd)}\n`);
  const agreed = await io.ask.confirm({ message });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

/** The last steps of commands that write files into the host: show the plan, ask, write, report. */
import { CairnloopError } from '../foundation/errors.js';
import { runUninterrupted } from '../foundation/uninterrupted.js';
import { type ChangePlan, pendingChanges, planExitCode } from '../gen/change-plan.js';
import { declareOption, declareOptions, jsonOption } from './command.js';
import type { OptionValues } from './command-input.js';
import type { CliIo } from './io.js';
import { planJson, planText, relativePackageFolder } from './plan-report.js';
import type { CommandReport } from './report.js';

export const planOptions = declareOptions([
  { flags: '--dry-run', description: 'show the changes as a unified diff and write nothing' },
  { flags: '-y, --yes', description: 'do not ask for confirmation' },
  jsonOption,
]);

export const checkOption = declareOption({
  flags: '--check',
  description: 'write nothing, and exit 3 if a file would change',
});

export type PlanCommandOptions = OptionValues<readonly [typeof checkOption, ...typeof planOptions]>;

/**
 * How to carry out a plan: `write`, which is synchronous, is called at most once, after the user has agreed to
 * `question` if one is asked.
 */
export interface PlanExecution {
  question?(files: string): string;
  write(): void;
}

export async function previewOrWritePlan(
  planned: ChangePlan,
  options: PlanCommandOptions,
  io: CliIo,
  { question = (files) => `Write ${files}?`, write }: PlanExecution,
): Promise<CommandReport> {
  const plan = await noteIgnoredFiles(planned);
  const exitCode = planExitCode(plan, options.check === true);
  if (options.dryRun || options.check) return preview(plan, options, io, exitCode);
  const count = pendingChanges(plan).length;
  if (count > 0 && mayPrompt(options, io)) {
    await confirm(plan, question(count === 1 ? 'this file' : `these ${count} files`), io);
  }
  await runUninterrupted(write);
  return { text: planText(plan, io.cwd), json: { ...planJson(plan), applied: count > 0 }, exitCode };
}

/** Notes generated files that git ignores: they would silently be missing wherever else the host runs. */
async function noteIgnoredFiles(plan: ChangePlan): Promise<ChangePlan> {
  const [{ newFiles, withIgnoredFileNotes }, { findIgnoredFiles }] = await Promise.all([
    import('../gen/ignored-file-notes.js'),
    import('../host-project/find-ignored-files.js'),
  ]);
  return withIgnoredFileNotes(plan, await findIgnoredFiles(plan.root, newFiles(plan)));
}

/** Whether a command may ask questions: only on a terminal, and not if a flag makes the question unnecessary. */
export function mayPrompt({ yes, dryRun, check, json }: PlanCommandOptions, io: CliIo): boolean {
  return io.isInteractive && !yes && !dryRun && !check && !json;
}

/** With `--dry-run`, prints the diff on stdout, so that it can be piped, and the summary of the plan on stderr. */
async function preview(
  plan: ChangePlan,
  options: PlanCommandOptions,
  io: CliIo,
  exitCode: number,
): Promise<CommandReport> {
  const { unifiedDiff } = await import('../gen/unified-diff.js');
  const diff = options.dryRun ? unifiedDiff(plan, relativePackageFolder(plan.root, io.cwd)) : '';
  const json = { ...planJson(plan), applied: false, ...(options.dryRun ? { diff } : {}) };
  if (!options.dryRun) return { text: planText(plan, io.cwd), json, exitCode };
  if (!options.json) io.stderr.write(`${planText(plan, io.cwd)}\n`);
  return { text: diff, json, exitCode };
}

async function confirm(plan: ChangePlan, message: string, io: CliIo): Promise<void> {
  io.stderr.write(`${planText(plan, io.cwd)}\n`);
  const agreed = await io.ask.confirm({ message });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

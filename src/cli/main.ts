/**
 * The command line. To add a command:
 *
 * 1. `src/cli/commands/<verb>.ts` exports `command = defineCommand<Options>({ arguments, options, examples, exitCodes, run })`.
 *    It declares what it takes and maps `run(input, io)` to one call into the code that does the work; `io` is all it
 *    may touch of the process. Heavy imports stand inside `run`, so that `--help` stays fast.
 * 2. It gets a row in {@link commands}, in the order of `cairnloop --help`.
 *
 * `run` answers a `Report` (or nothing when it has already said all); it throws a `CairnloopError` for an expected
 * failure. Text or JSON, the exit code and the error's shape are decided here, for every command alike.
 */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText, redact } from '../foundation/redact.js';
import { readCommandLine } from './command-line.js';
import { type CliIo, processIo } from './io.js';
import { buildProgram, type CommandRow } from './program.js';
import { type Report, writeFailure, writeReport } from './report.js';
import { withSafeOutput } from './safe-output.js';

const commands: readonly CommandRow[] = [
  {
    name: 'init',
    summary: 'Write the config, the npm scripts and an example environment',
    load: () => import('./commands/init.js'),
  },
  {
    name: 'gen',
    summary: 'Write a host module and put it into the config',
    load: () => import('./commands/gen.js'),
  },
  {
    name: 'undo',
    summary: 'Undo the last `init` or `gen`',
    load: () => import('./commands/undo.js'),
  },
  {
    name: 'migrate',
    summary: 'Prepare the schema in the database',
    load: () => import('./commands/migrate.js'),
  },
  {
    name: 'worker',
    summary: 'Run the worker: deliver callbacks until stopped',
    load: () => import('./commands/worker.js'),
  },
  {
    name: 'dev',
    summary: 'Worker, health, metrics and workspace in one process on loopback',
    load: () => import('./commands/dev.js'),
  },
  {
    name: 'demo',
    summary: 'A demo host with data, in a folder of its own',
    load: () => import('./commands/demo.js'),
  },
  {
    name: 'deliveries',
    summary: 'List, retry and discard deliveries',
    load: () => import('./commands/deliveries.js'),
  },
  {
    name: 'sla',
    summary: 'Show, change, explain and try out SLA terms',
    load: () => import('./commands/sla.js'),
  },
  {
    name: 'policy',
    summary: 'Re-run the AutomationPolicy on stored proposals',
    load: () => import('./commands/policy.js'),
  },
  {
    name: 'audit',
    summary: 'Read, check and export the append-only record',
    load: () => import('./commands/audit.js'),
  },
  {
    name: 'tail',
    summary: 'Show deliveries and events as they happen',
    load: () => import('./commands/tail.js'),
  },
  {
    name: 'report',
    summary: 'Count first responses, SLA, ratings, drafts and deliveries of a period',
    load: () => import('./commands/report.js'),
  },
  {
    name: 'customer',
    summary: 'Export or erase everything that is stored about a customer',
    load: () => import('./commands/customer.js'),
  },
  {
    name: 'doctor',
    summary: 'Check the installation and report what is wrong',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'completion',
    summary: 'Print the completion script of a shell',
    load: async () => ({ command: (await import('./commands/completion.js')).completionOf(commands) }),
  },
];

/** Runs one command line and returns its exit code; it never exits and never rejects. */
export async function main(
  argv: readonly string[],
  processOrTest: CliIo = processIo(),
  rows: readonly CommandRow[] = commands,
): Promise<number> {
  const io = withSafeOutput(processOrTest);
  const exitCode = await runAndReport(argv, io, rows);
  for (const failure of io.host?.take() ?? []) io.stderr.write(`Meanwhile code of the host failed: ${failure}\n`);
  const lost = await io.flush?.();
  io.host?.lift();
  if (!lost) return exitCode;
  // Never as JSON: that would go where nothing can be written.
  const told = fail(new CairnloopError('OUTPUT_LOST', { reason: errorText(lost, 200) }), io, false);
  return exitCode || told;
}

async function runAndReport(argv: readonly string[], io: CliIo, rows: readonly CommandRow[]): Promise<number> {
  const asJson = argv.includes('--json');
  try {
    const report = await parseAndRun(argv, io, rows);
    if (report) writeReport(report, io, asJson);
    return report?.exitCode ?? 0;
  } catch (thrown) {
    return fail(thrown, io, asJson);
  }
}

async function parseAndRun(
  argv: readonly string[],
  io: CliIo,
  rows: readonly CommandRow[],
): Promise<Report | undefined> {
  let report: Report | undefined;
  // As scripts write it: `npx cairnloop -- gen`.
  const given = argv[0] === '--' ? argv.slice(1) : argv;
  const program = await buildProgram(rows, given, io, {
    version: packageVersion(),
    done: (answer) => {
      report = answer;
    },
  });
  const { command, words } = readCommandLine(program, given);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // Commander throws for help and version too; help that nobody asked for is wrong usage.
    if (thrown.exitCode === 0) return undefined;
    if (thrown.code === 'commander.help') return { text: '', json: undefined, exitCode: 2 };
    const { usageError } = await import('./usage-error.js');
    throw await usageError(thrown, command);
  }
  return report;
}

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** The one error boundary: an expected failure says what to do, an unexpected one shows its stack. */
function fail(thrown: unknown, io: CliIo, asJson: boolean): number {
  // Errors of drivers, configs and host modules may hold secrets.
  if (isCairnloopError(thrown)) {
    writeFailure({ code: thrown.code, message: redact(thrown.message), hint: redact(thrown.hint) }, io, asJson);
    return thrown.exitCode;
  }
  const message = thrown instanceof Error ? redact(thrown.stack ?? thrown.message) : errorText(thrown);
  const hint = 'This is a fault in Cairnloop: please report it with the lines above.';
  writeFailure({ code: 'UNEXPECTED', message, hint }, io, asJson);
  return 1;
}

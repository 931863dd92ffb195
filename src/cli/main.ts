/**
 * The command line. To add a command:
 *
 * 1. `src/cli/commands/<verb>.ts` exports `<verb>Command = defineCommand({ arguments, options, examples, run })`.
 *    The input of `run` has its type from the declarations. `run(input, io)` makes one call into the code that does the
 *    work; of the process it uses nothing but `io`. Heavy imports stand inside `run`, so that `--help` stays fast.
 * 2. Add a row to {@link commands}, in the order of `cairnloop --help`.
 *
 * `run` returns a `CommandReport` (or nothing if it has written its output itself); it throws a `CairnloopError` for an
 * expected failure. This file decides on text or JSON, on the exit code and on the form of errors, for all commands.
 */
import { readFileSync } from 'node:fs';
import { type Command as Commander, CommanderError } from 'commander';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText, redact } from '../foundation/redact.js';
import { asksForJson } from './asks-for-json.js';
import { type CommandLine, readCommandLine } from './command-line.js';
import { withEscapedOutput } from './escaped-output.js';
import { type CliIo, createProcessIo } from './io.js';
import { buildProgram, type TopLevelCommand } from './program.js';
import { type CommandReport, writeCommandReport, writeFailureReport } from './report.js';

const commands: readonly TopLevelCommand[] = [
  {
    name: 'init',
    summary: 'Write the config, the npm scripts and .env.example',
    load: async () => ({ command: (await import('./commands/init.js')).initCommand }),
  },
  {
    name: 'gen',
    summary: 'Generate a host module and add it to the config',
    load: async () => ({ command: (await import('./commands/gen.js')).genCommand }),
  },
  {
    name: 'undo',
    summary: 'Undo the last `init` or `gen`',
    load: async () => ({ command: (await import('./commands/undo.js')).undoCommand }),
  },
  {
    name: 'migrate',
    summary: 'Create or upgrade the database schema, or roll it back',
    load: async () => ({ command: (await import('./commands/migrate.js')).migrateCommand }),
  },
  {
    name: 'worker',
    summary: 'Run the worker: deliver callbacks until stopped',
    load: async () => ({ command: (await import('./commands/worker.js')).workerCommand }),
  },
  {
    name: 'dev',
    summary: 'Run worker, health, metrics and workspace in one process on loopback',
    load: async () => ({ command: (await import('./commands/dev.js')).devCommand }),
  },
  {
    name: 'demo',
    summary: 'Create and run a demo host with sample data',
    load: async () => ({ command: (await import('./commands/demo.js')).demoCommand }),
  },
  {
    name: 'deliveries',
    summary: 'List, retry and discard deliveries',
    load: async () => ({ command: (await import('./commands/deliveries.js')).deliveriesCommand }),
  },
  {
    name: 'sla',
    summary: 'Show, set, explain and simulate SLA terms',
    load: async () => ({ command: (await import('./commands/sla.js')).slaCommand }),
  },
  {
    name: 'policy',
    summary: 'Re-run the AutomationPolicy on stored proposals',
    load: async () => ({ command: (await import('./commands/policy.js')).policyCommand }),
  },
  {
    name: 'audit',
    summary: 'List, verify and export the audit record',
    load: async () => ({ command: (await import('./commands/audit.js')).auditCommand }),
  },
  {
    name: 'tail',
    summary: 'Show deliveries and events as they happen',
    load: async () => ({ command: (await import('./commands/tail.js')).tailCommand }),
  },
  {
    name: 'report',
    summary: 'Report first responses, SLA, ratings, drafts and deliveries of a period',
    load: async () => ({ command: (await import('./commands/report.js')).reportCommand }),
  },
  {
    name: 'customer',
    summary: 'Export or erase everything that is stored about a customer',
    load: async () => ({ command: (await import('./commands/customer.js')).customerCommand }),
  },
  {
    name: 'doctor',
    summary: 'Check the installation and report what is wrong',
    load: async () => ({ command: (await import('./commands/doctor.js')).doctorCommand }),
  },
  {
    name: 'completion',
    summary: 'Print the completion script of a shell',
    load: async () => ({ command: (await import('./commands/completion.js')).completionCommand(commands) }),
  },
];

/** Runs one command line and returns its exit code. It never ends the process and never rejects. */
export async function main(
  argv: readonly string[],
  processOrTest: CliIo = createProcessIo(),
  rows: readonly TopLevelCommand[] = commands,
): Promise<number> {
  const io = withEscapedOutput(processOrTest);
  const exitCode = await runAndReport(argv, io, rows);
  for (const failure of io.host?.take() ?? []) io.stderr.write(`Host code failed meanwhile: ${failure}\n`);
  const lost = await io.flush?.();
  io.host?.stop();
  if (!lost) return exitCode;
  // Reported as text even with `--json`: JSON goes to stdout, which can no longer be written.
  const lostExitCode = fail(new CairnloopError('OUTPUT_LOST', { reason: errorText(lost, 200) }), io, false);
  return exitCode || lostExitCode;
}

async function runAndReport(argv: readonly string[], io: CliIo, rows: readonly TopLevelCommand[]): Promise<number> {
  // Some scripts pass a leading `--`, as in `npx cairnloop -- gen`.
  const given = argv[0] === '--' ? argv.slice(1) : argv;
  let asJson = asksForJson(given);
  try {
    let report: CommandReport | undefined;
    const program = await buildProgram(rows, given, io, {
      version: packageVersion(),
      done: (result) => {
        report = result;
      },
    });
    const line = readCommandLine(program, given);
    asJson = asksForJson(given, line.command.options);
    const ending = await parseAndRun(program, line);
    report ??= ending;
    if (report) writeCommandReport(report, io, asJson);
    return report?.exitCode ?? 0;
  } catch (thrown) {
    return fail(thrown, io, asJson);
  }
}

/** Returns a report only if commander printed help because a subcommand is missing, which is wrong usage. */
async function parseAndRun(program: Commander, { command, words }: CommandLine): Promise<CommandReport | undefined> {
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // Commander throws for help and version too.
    if (thrown.exitCode === 0) return undefined;
    if (thrown.code === 'commander.help') return { text: '', json: undefined, exitCode: 2 };
    const { usageError } = await import('./usage-error.js');
    throw await usageError(thrown, command);
  }
  return undefined;
}

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** Reports every error of a command: an expected one with its hint, an unexpected one with its stack. */
function fail(thrown: unknown, io: CliIo, asJson: boolean): number {
  // Redact: errors of drivers, configs and host modules may contain secrets.
  if (isCairnloopError(thrown)) {
    writeFailureReport({ code: thrown.code, message: redact(thrown.message), hint: redact(thrown.hint) }, io, asJson);
    return thrown.exitCode;
  }
  const message = thrown instanceof Error ? redact(thrown.stack ?? thrown.message) : errorText(thrown);
  const hint = 'This is a bug in Cairnloop. Please report it with the lines above.';
  writeFailureReport({ code: 'UNEXPECTED', message, hint }, io, asJson);
  return 1;
}

import { Argument, Command as Commander, Option } from 'commander';
import type { ArgumentRow, Command, OptionRow } from './command.js';
import type { CliIo } from './io.js';
import type { Report } from './report.js';

/** One verb of the table: what `cairnloop --help` shows, and the module to load when it is the one that runs. */
export interface CommandRow {
  name: string;
  summary: string;
  load(): Promise<{ command: Command }>;
}

interface Running {
  version: string;
  done(report: Report | undefined): void;
}

/** Describes the table to commander. Only the verb that `argv` names is loaded. */
export async function buildProgram(
  rows: readonly CommandRow[],
  argv: readonly string[],
  io: CliIo,
  running: Running,
): Promise<Commander> {
  const program = quiet(new Commander('cairnloop'), io)
    .description("Customer support inside the application that owns the customers, in the host's own Postgres.")
    .helpCommand('help [command]', 'print the help of a command')
    .version(running.version, '-v, --version', 'print the version')
    .addHelpText('after', helpAfter(['cairnloop init', 'cairnloop gen notifier --dry-run', 'cairnloop demo']));
  const verb = argv[0] === 'help' ? argv[1] : argv[0];
  for (const row of rows) {
    const sub = quiet(program.command(row.name), io).summary(row.summary).description(`${row.summary}.`);
    if (row.name === verb) declare(sub, (await row.load()).command, io, running.done);
  }
  return program;
}

/** Nothing of commander's exits or writes on its own; {@link main} reports its errors. */
function quiet(command: Commander, io: CliIo): Commander {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => {},
    });
}

function declare(target: Commander, command: Command, io: CliIo, done: Running['done']): void {
  for (const row of command.arguments ?? []) target.addArgument(toArgument(row));
  for (const row of command.options ?? []) target.addOption(toOption(row));
  if (command.about) target.description(`${target.description()}\n\n${command.about}`);
  target.addHelpText('after', helpAfter(command.examples, command.exitCodes));
  for (const [name, sub] of Object.entries(command.subcommands ?? {})) {
    declare(quiet(target.command(name), io).summary(sub.summary).description(`${sub.summary}.`), sub, io, done);
  }
  if (!command.run) return;
  target.action(async () => {
    done(await command.run?.({ args: target.processedArgs, options: target.opts() }, io));
  });
}

function toArgument(row: ArgumentRow): Argument {
  const argument = new Argument(row.name, row.description);
  if (row.choices) argument.choices(row.choices);
  if (row.default !== undefined) argument.default(row.default);
  return argument;
}

function toOption(row: OptionRow): Option {
  const option = new Option(row.flags, row.description);
  if (row.choices) option.choices(row.choices);
  if (row.default !== undefined) option.default(row.default);
  if (row.parse) option.argParser((text) => row.parse?.(text));
  return option;
}

const commonExitCodes = { 0: 'done', 1: 'failed or blocked', 2: 'wrong usage' };

function helpAfter(examples: readonly string[], exitCodes: Readonly<Record<number, string>> = {}): string {
  const meanings = Object.entries({ ...commonExitCodes, ...exitCodes }).map(
    ([code, means]) => `  ${code.padStart(3)}  ${means}`,
  );
  return ['', 'Examples:', ...examples.map((line) => `  $ ${line}`), '', 'Exit codes:', ...meanings].join('\n');
}

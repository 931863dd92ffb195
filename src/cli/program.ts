import { Argument, Command as Commander, Help, Option } from 'commander';
import type { Command, CommandArgument, CommandOption } from './command.js';
import type { CliIo } from './io.js';
import type { CommandReport } from './report.js';

/** A top-level command: its name and summary for `cairnloop --help`, and how to load its module. */
export interface TopLevelCommand {
  name: string;
  summary: string;
  load(): Promise<{ command: Command }>;
}

interface Running {
  version: string;
  done(report: CommandReport | undefined): void;
}

/** Declares all commands to commander. Only the module of the command that `argv` names is loaded. */
export async function buildProgram(
  rows: readonly TopLevelCommand[],
  argv: readonly string[],
  io: CliIo,
  running: Running,
): Promise<Commander> {
  const program = quiet(new Commander('cairnloop'), io)
    .description("Customer support inside the application that owns the customers, in the host's own Postgres.")
    .helpCommand('help [command]', 'print the help of a command')
    .version(running.version, '-v, --version', 'print the version')
    .addHelpText('after', () =>
      helpAfter(helpWidth(io), ['cairnloop init', 'cairnloop gen notifier --dry-run', 'cairnloop demo'], {
        3: 'a change must be made by hand, or --check found changes to make',
        130: 'cancelled, or ended by a second Ctrl-C',
      }),
    );
  const verb = argv[0] === 'help' ? argv[1] : argv[0];
  for (const row of rows) {
    const sub = quiet(program.command(row.name), io).summary(row.summary).description(`${row.summary}.`);
    if (row.name === verb) declare(sub, (await row.load()).command, io, running.done);
  }
  return program;
}

/** Keeps commander from ending the process and from printing errors, which {@link main} reports. */
function quiet(command: Commander, io: CliIo): Commander {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ formatItem, minWidthToWrap: 10 })
    .configureOutput({
      getOutHelpWidth: () => helpWidth(io),
      getErrHelpWidth: () => helpWidth(io),
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => {},
    });
}

function helpWidth({ stdout }: CliIo): number {
  return Math.max(20, stdout.columns ?? 80);
}

/** Minimum width of a description beside its option, in columns; with less room it is printed below the option. */
const leastBeside = 30;

function formatItem(term: string, termWidth: number, description: string, help: Help): string {
  const width = help.helpWidth ?? 80;
  if (width - termWidth - 4 >= leastBeside)
    return Help.prototype.formatItem.call(help, term, termWidth, description, help);
  const below = help
    .boxWrap(description, width - 6)
    .split('\n')
    .map((line) => `      ${line}`);
  return [`  ${term}`, ...(description ? below : [])].join('\n');
}

function declare(target: Commander, command: Command, io: CliIo, done: Running['done']): void {
  for (const row of command.arguments ?? []) target.addArgument(toArgument(row));
  for (const row of command.options ?? []) target.addOption(toOption(row));
  if (command.about) target.description(`${target.description()}\n\n${command.about}`);
  target.addHelpText('after', () => helpAfter(helpWidth(io), command.examples, command.exitCodes));
  for (const [name, sub] of Object.entries(command.subcommands ?? {})) {
    declare(quiet(target.command(name), io).summary(sub.summary).description(`${sub.summary}.`), sub, io, done);
  }
  if (!command.run) return;
  target.action(async () => {
    done(await command.run?.({ args: target.processedArgs, options: target.opts() }, io));
  });
}

function toArgument(row: CommandArgument): Argument {
  const argument = new Argument(row.name, row.description);
  if (row.choices) argument.choices(row.choices);
  if (row.default !== undefined) argument.default(row.default);
  return argument;
}

function toOption(row: CommandOption): Option {
  const option = new Option(row.flags, row.description);
  if (row.choices) option.choices(row.choices);
  if (row.default !== undefined) option.default(row.default);
  if (row.parse) option.argParser((text) => row.parse?.(text));
  return option;
}

const commonExitCodes = { 0: 'done', 1: 'failed or blocked', 2: 'wrong usage' };

function helpAfter(
  width: number,
  examples: readonly string[],
  exitCodes: Readonly<Record<number, string>> = {},
): string {
  const help = Object.assign(new Help(), { minWidthToWrap: 10 });
  const meanings = Object.entries({ ...commonExitCodes, ...exitCodes }).map(([code, means]) => {
    const [first = '', ...more] = help.boxWrap(means, Math.max(width, 20) - 9).split('\n');
    return [`    ${code}  ${first}`, ...more.map((line) => `       ${line}`)].join('\n');
  });
  return ['', 'Examples:', ...examples.map((line) => `  $ ${line}`), '', 'Exit codes:', ...meanings].join('\n');
}

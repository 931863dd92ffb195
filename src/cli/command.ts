import { CairnloopError } from '../foundation/errors.js';
import type { ParsedCommandInput } from './command-input.js';
import type { CliIo } from './io.js';
import type { CommandReport } from './report.js';

/** One option: `flags` as commander reads them, e.g. `--port <number>`, `--no-ops`. */
export interface CommandOption {
  flags: string;
  description: string;
  default?: unknown;
  choices?: readonly string[];
  /** Parses the option's text; throws `USAGE` if it is invalid. See {@link wholeNumberParser}. */
  parse?(text: string): unknown;
}

/** One argument: `<id>` is required, `[direction]` optional, `[ids...]` a list. */
export interface CommandArgument {
  name: string;
  description: string;
  default?: unknown;
  choices?: readonly string[];
  /**
   * Values that shell completion suggests. Unlike `choices`, they are not enforced: the command checks the argument
   * itself.
   */
  offered?: readonly string[];
}

/** The declaration of a command, which `src/cli/commands/<verb>.ts` exports as `<verb>Command`; see `main.ts`. */
export interface Command<
  Arguments extends readonly CommandArgument[] = readonly CommandArgument[],
  Options extends readonly CommandOption[] = readonly CommandOption[],
> {
  arguments?: Arguments;
  options?: Options;
  /** Further text of `--help`, below the summary. */
  about?: string;
  /** Example command lines for `--help`. */
  examples: readonly string[];
  /** The command's own exit codes, which add to or replace 0 done, 1 failed, 2 wrong usage. */
  exitCodes?: Readonly<Record<number, string>>;
  run?(input: ParsedCommandInput<Arguments, Options>, io: CliIo): Promise<CommandReport | undefined>;
  /** Subcommands by name, e.g. `list` of `deliveries`. A command with subcommands has no `run`. */
  subcommands?: Readonly<Record<string, Command & { summary: string }>>;
}

/** Declares a command. The type of what `run` receives is inferred from `arguments` and `options`. */
export function defineCommand<
  const Arguments extends readonly CommandArgument[],
  const Options extends readonly CommandOption[] = [],
>(command: Command<Arguments, Options>): Command {
  return command;
}

/** Declares one option and keeps its literal types, from which the name and the type of its value are inferred. */
export function declareOption<const Row extends CommandOption>(row: Row): Row {
  return row;
}

/** Does what {@link declareOption} does, for a list of options. */
export function declareOptions<const Rows extends readonly CommandOption[]>(rows: Rows): Rows {
  return rows;
}

/** Options that several commands share, so that each flag is described in the same words everywhere. */
export const jsonOption = declareOption({ flags: '--json', description: 'print one JSON document on stdout' });
export const cwdOption = declareOption({
  flags: '--cwd <folder>',
  description: "the host's package (default: this folder)",
});
export const configOption = declareOption({
  flags: '--config <file>',
  description: 'the config file (default: cairnloop.config.{ts,mts,js,mjs,cjs})',
});

export const workspacePortOption = declareOption({
  flags: '--port <number>',
  description: 'port of workspace and portal; 0 picks a free one',
  default: 4070,
  parse: (text: string) => wholeNumberParser('--port', { min: 0, max: 65_535 })(text),
});

export const opsPortOption = declareOption({
  flags: '--ops-port <number>',
  description: 'port of health and metrics; 0 picks a free one (default: ops.port, 9464)',
  parse: (text: string) => wholeNumberParser('--ops-port', { min: 0, max: 65_535 })(text),
});

export const logLevelOption = declareOption({
  flags: '--log-level <level>',
  description: 'lowest level that is logged (default: log.level, info)',
  choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
});

/**
 * Makes a parser for an option such as `--port <number>`; it throws `USAGE` unless it gets a whole number in the range.
 */
export function wholeNumberParser(flag: string, range: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.min && value <= range.max) return value;
    throw new CairnloopError('USAGE', {
      message: `${flag} expected a whole number from ${range.min} to ${range.max}, found "${text}".`,
      hint: 'Run the command with --help to see its options.',
    });
  };
}

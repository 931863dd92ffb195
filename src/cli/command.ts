import { CairnloopError } from '../foundation/errors.js';
import type { CommandInput } from './command-input.js';
import type { CliIo } from './io.js';
import type { Report } from './report.js';

/** One option: `flags` as commander reads them, e.g. `--port <number>`, `--no-ops`. */
export interface OptionRow {
  flags: string;
  description: string;
  default?: unknown;
  choices?: readonly string[];
  /** Reads the text; throws a `USAGE` error for a wrong one. See {@link wholeNumber}. */
  parse?(text: string): unknown;
}

/** One argument: `<id>` is required, `[direction]` optional, `[ids...]` a list. */
export interface ArgumentRow {
  name: string;
  description: string;
  default?: unknown;
  choices?: readonly string[];
  /** Values that completion suggests. Unlike `choices`, the command checks the argument itself. */
  offered?: readonly string[];
}

/** What `src/cli/commands/<verb>.ts` exports as `command`; see `main.ts`. */
export interface Command<
  Arguments extends readonly ArgumentRow[] = readonly ArgumentRow[],
  Options extends readonly OptionRow[] = readonly OptionRow[],
> {
  arguments?: Arguments;
  options?: Options;
  /** Further text of `--help`, below the summary. */
  about?: string;
  /** Whole command lines, shown in `--help`. */
  examples: readonly string[];
  /** Meaning of the command's exit codes beyond 0 done, 1 failed, 2 wrong usage. */
  exitCodes?: Readonly<Record<number, string>>;
  run?(input: CommandInput<Arguments, Options>, io: CliIo): Promise<Report | undefined>;
  /** Subcommands by name, e.g. `list` of `deliveries`. A command with subcommands has no `run`. */
  subcommands?: Readonly<Record<string, Command & { summary: string }>>;
}

/** Infers from `arguments` and `options` what `run` receives. */
export function defineCommand<
  const Arguments extends readonly ArgumentRow[],
  const Options extends readonly OptionRow[] = [],
>(command: Command<Arguments, Options>): Command {
  return command;
}

/** Keeps the literal types of one option, from which its name and value are inferred. */
export function declareOption<const Row extends OptionRow>(row: Row): Row {
  return row;
}

/** {@link declareOption} for a list. */
export function declareOptions<const Rows extends readonly OptionRow[]>(rows: Rows): Rows {
  return rows;
}

/** The rows that many commands share, so that one flag reads the same everywhere. */
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
  parse: (text: string) => wholeNumber('--port', { min: 0, max: 65_535 })(text),
});

export const opsPortOption = declareOption({
  flags: '--ops-port <number>',
  description: 'port of health and metrics; 0 picks a free one (default: ops.port, 9464)',
  parse: (text: string) => wholeNumber('--ops-port', { min: 0, max: 65_535 })(text),
});

export const logLevelOption = declareOption({
  flags: '--log-level <level>',
  description: 'lowest level that is logged (default: log.level, info)',
  choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
});

/** A parser for `--port <number>` and its like. */
export function wholeNumber(flag: string, range: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.min && value <= range.max) return value;
    throw new CairnloopError('USAGE', {
      message: `${flag} expected a whole number from ${range.min} to ${range.max}, found "${text}".`,
      hint: 'Run the command with --help to see its options.',
    });
  };
}

import { CairnloopError } from '../foundation/errors.js';
import type { CliIo } from './io.js';
import type { Report } from './report.js';

/** One option: `flags` as commander reads them, e.g. `--port <number>`, `--no-ops`. */
export interface OptionRow {
  flags: string;
  description: string;
  default?: unknown;
  choices?: readonly string[];
  /** Reads the text; throws a `USAGE` error for a wrong one. See {@link wholeNumber}. */
  parse?(value: string): unknown;
}

/** One argument: `<id>` is required, `[direction]` optional, `[ids...]` a list. */
export interface ArgumentRow {
  name: string;
  description: string;
  default?: unknown;
  choices?: readonly string[];
}

/** What the command line said. `args` are the arguments in order, `options` by their camel-cased names. */
export interface CommandInput<Options> {
  args: readonly (string | undefined)[];
  options: Options;
}

/** What `src/cli/commands/<verb>.ts` exports as `command`; see `main.ts`. */
export interface Command<Options = object> {
  arguments?: readonly ArgumentRow[];
  options?: readonly OptionRow[];
  /** What `--help` says beyond the summary. */
  about?: string;
  /** Whole command lines, shown in `--help`. */
  examples: readonly string[];
  /** What an exit code means here, where that is more than 0 done, 1 failed, 2 wrong usage. */
  exitCodes?: Readonly<Record<number, string>>;
  run?(input: CommandInput<Options>, io: CliIo): Promise<Report | undefined>;
  /** For verbs with verbs of their own: `deliveries list`. Such a command has no `run`. */
  subcommands?: Readonly<Record<string, Command & { summary: string }>>;
}

/** Keeps the types of `options` and `run` together. */
export function defineCommand<Options>(command: Command<Options>): Command<Options> {
  return command;
}

/** The rows that many commands share, so that one flag reads the same everywhere. */
export const jsonOption: OptionRow = { flags: '--json', description: 'print one JSON document on stdout' };
export const cwdOption: OptionRow = {
  flags: '--cwd <folder>',
  description: "the host's package (default: this folder)",
};
export const configOption: OptionRow = {
  flags: '--config <file>',
  description: 'the config file (default: cairnloop.config.{ts,mts,js,mjs,cjs})',
};

export const workspacePortOption: OptionRow = {
  flags: '--port <number>',
  description: 'port of workspace and portal; 0 takes a free one',
  default: 4070,
  parse: (text) => wholeNumber('--port', { min: 0, max: 65_535 })(text),
};

export const opsPortOption: OptionRow = {
  flags: '--ops-port <number>',
  description: 'port of health and metrics; 0 takes a free one (default: ops.port, 9464)',
  parse: (text) => wholeNumber('--ops-port', { min: 0, max: 65_535 })(text),
};

export const logLevelOption: OptionRow = {
  flags: '--log-level <level>',
  description: 'least severe log line (default: log.level, info)',
  choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
};

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

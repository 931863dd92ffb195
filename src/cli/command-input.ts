/** Types of what a command's `run` receives, inferred from the declarations of its arguments and options. */
import type { CommandArgument, CommandOption } from './command.js';

/** A parsed command line: the arguments in order, the options by their camel-cased names. */
export interface ParsedCommandInput<
  Arguments extends readonly CommandArgument[] = readonly CommandArgument[],
  Options extends readonly CommandOption[] = readonly CommandOption[],
> {
  args: ArgumentsOf<Arguments>;
  options: OptionValues<Options>;
}

/**
 * The parsed options by name. `--dry-run`, `--limit <number>` with a parser and `--no-ops` become
 * `{ dryRun?: boolean; limit?: number; ops: boolean }`.
 */
export type OptionValues<Rows extends readonly CommandOption[]> = Flatten<
  { [Row in Always<Rows[number]> as OptionName<Row['flags']>]: OptionValue<Row> } & {
    [Row in Exclude<Rows[number], Always<Rows[number]>> as OptionName<Row['flags']>]?: OptionValue<Row>;
  }
>;

/** The options that always have a value: those with a default, and `--no-…`. */
type Always<Row extends CommandOption> = Row extends { default: NonNullable<unknown> } | { flags: `--no-${string}` }
  ? Row
  : never;

type OptionName<Flags extends string> = Flags extends `${string}--no-${infer Rest}`
  ? CamelCase<FirstWord<Rest>>
  : Flags extends `${string}--${infer Rest}`
    ? CamelCase<FirstWord<Rest>>
    : never;

type OptionValue<Row extends CommandOption> = Row extends { parse(text: string): infer Value }
  ? Value
  : Row['flags'] extends `${string}<${string}`
    ? ChoiceOf<Row>
    : boolean;

/**
 * The type of each argument: a string for `<id>`, a string or undefined for `[id]`, a union of literals for choices.
 */
type ArgumentsOf<Rows extends readonly CommandArgument[]> = {
  -readonly [Place in keyof Rows]: ArgumentValue<Rows[Place]>;
};

type ArgumentValue<Row extends CommandArgument> = Row extends { default: NonNullable<unknown> } | { name: `<${string}` }
  ? ChoiceOf<Row>
  : ChoiceOf<Row> | undefined;

type ChoiceOf<Row> = Row extends { choices: readonly (infer Choice)[] } ? Choice : string;

type FirstWord<Text extends string> = Text extends `${infer Word} ${string}` ? Word : Text;

type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

type Flatten<T> = { [Key in keyof T]: T[Key] };

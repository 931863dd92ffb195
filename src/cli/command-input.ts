/** The types that `run` of a command receives, inferred from the rows that declare its arguments and options. */
import type { ArgumentRow, OptionRow } from './command.js';

/** What the command line said: the arguments in order, the options by their camel-cased names. */
export interface CommandInput<
  Arguments extends readonly ArgumentRow[] = readonly ArgumentRow[],
  Options extends readonly OptionRow[] = readonly OptionRow[],
> {
  args: ArgumentsOf<Arguments>;
  options: OptionsOf<Options>;
}

/**
 * Of `--dry-run`, `--limit <number>` with a parser, `--no-ops`: `{ dryRun?: boolean; limit?: number; ops: boolean }`.
 */
export type OptionsOf<Rows extends readonly OptionRow[]> = Flatten<
  { [Row in Always<Rows[number]> as OptionName<Row['flags']>]: OptionValue<Row> } & {
    [Row in Exclude<Rows[number], Always<Rows[number]>> as OptionName<Row['flags']>]?: OptionValue<Row>;
  }
>;

/** Options that have a value when they are not given. */
type Always<Row extends OptionRow> = Row extends { default: NonNullable<unknown> } | { flags: `--no-${string}` }
  ? Row
  : never;

type OptionName<Flags extends string> = Flags extends `${string}--no-${infer Rest}`
  ? CamelCase<FirstWord<Rest>>
  : Flags extends `${string}--${infer Rest}`
    ? CamelCase<FirstWord<Rest>>
    : never;

type OptionValue<Row extends OptionRow> = Row extends { parse(text: string): infer Value }
  ? Value
  : Row['flags'] extends `${string}<${string}`
    ? ChoiceOf<Row>
    : boolean;

/** The type of each argument: `<id>` is a text, `[id]` a text or undefined, with choices one of these. */
type ArgumentsOf<Rows extends readonly ArgumentRow[]> = { -readonly [Place in keyof Rows]: ArgumentValue<Rows[Place]> };

type ArgumentValue<Row extends ArgumentRow> = Row extends { default: NonNullable<unknown> } | { name: `<${string}` }
  ? ChoiceOf<Row>
  : ChoiceOf<Row> | undefined;

type ChoiceOf<Row> = Row extends { choices: readonly (infer Choice)[] } ? Choice : string;

type FirstWord<Text extends string> = Text extends `${infer Word} ${string}` ? Word : Text;

type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

type Flatten<T> = { [Key in keyof T]: T[Key] };

import type { Command, OptionRow } from '../command.js';
import type { CommandRow } from '../program.js';

/** Subcommands, options and arguments that can follow a command on the command line. */
export interface CompletionNode {
  /** The words that lead to it, e.g. `['deliveries', 'list']`; none for the program. */
  path: readonly string[];
  words: readonly { word: string; description: string }[];
  options: readonly CompletionOption[];
}

export interface CompletionOption {
  long: string;
  short: string | null;
  description: string;
  takesValue: boolean;
  /** Values that it takes; empty where it takes any. */
  choices: readonly string[];
}

/** Reads the declarations of all commands: each is loaded, none is run. */
export async function completionTree(rows: readonly CommandRow[]): Promise<CompletionNode[]> {
  const loaded = await Promise.all(rows.map(async ({ name, load }) => ({ name, ...(await load()) })));
  const words = rows.map(({ name, summary }) => ({ word: name, description: summary }));
  const program = { path: [], words, options: [help, version] };
  return [program, ...loaded.flatMap(({ name, command }) => nodesOf([name], command))];
}

function nodesOf(path: readonly string[], command: Command): CompletionNode[] {
  const subcommands = Object.entries(command.subcommands ?? {});
  const subs = subcommands.map(([word, { summary }]) => ({ word, description: summary }));
  const values = (command.arguments ?? []).flatMap(({ choices, offered = [], description }) =>
    (choices ?? offered).map((word) => ({ word, description: descriptionOf(word, description) })),
  );
  const options = [...(command.options ?? []).map(toOption), help];
  const node = { path, words: [...subs, ...values], options };
  return [node, ...subcommands.flatMap(([name, sub]) => nodesOf([...path, name], sub))];
}

/** A description may have a line for each word: `alerts: alert rules …`. */
function descriptionOf(word: string, description: string): string {
  const own = description.split('\n').find((line) => line.startsWith(`${word}: `));
  return own?.slice(word.length + 2) ?? description;
}

function toOption({ flags, description, choices = [] }: OptionRow): CompletionOption {
  const [, short = null] = /(?:^|\s)-(\w)\b/.exec(flags) ?? [];
  const [, long = ''] = /--([\w-]+)/.exec(flags) ?? [];
  return { long, short, description, takesValue: /[<[]/.test(flags), choices };
}

const help = toOption({ flags: '-h, --help', description: 'print this help' });
const version = toOption({ flags: '-v, --version', description: 'print the version' });

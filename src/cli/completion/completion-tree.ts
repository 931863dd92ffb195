import type { Command, CommandOption } from '../command.js';
import type { TopLevelCommand } from '../program.js';

/** Subcommands, options and arguments that can follow a command on the command line. */
export interface ShellCompletionNode {
  /** The words that name the command, e.g. `['deliveries', 'list']`; none for the program itself. */
  path: readonly string[];
  words: readonly { word: string; description: string }[];
  options: readonly CompletionOption[];
}

export interface CompletionOption {
  long: string;
  short: string | null;
  description: string;
  takesValue: boolean;
  /** The values that the option accepts; empty if it accepts any. */
  choices: readonly string[];
}

/** Collects what can be completed from the declarations of all commands, without running any of them. */
export async function completionTree(rows: readonly TopLevelCommand[]): Promise<ShellCompletionNode[]> {
  const loaded = await Promise.all(rows.map(async ({ name, load }) => ({ name, ...(await load()) })));
  const words = rows.map(({ name, summary }) => ({ word: name, description: summary }));
  const program = { path: [], words, options: [help, version] };
  return [program, ...loaded.flatMap(({ name, command }) => nodesOf([name], command))];
}

function nodesOf(path: readonly string[], command: Command): ShellCompletionNode[] {
  const subcommands = Object.entries(command.subcommands ?? {});
  const subs = subcommands.map(([word, { summary }]) => ({ word, description: summary }));
  const values = (command.arguments ?? []).flatMap(({ choices, offered = [], description }) =>
    (choices ?? offered).map((word) => ({ word, description: descriptionOf(word, description) })),
  );
  const options = [...(command.options ?? []).map(toOption), help];
  const node = { path, words: [...subs, ...values], options };
  return [node, ...subcommands.flatMap(([name, sub]) => nodesOf([...path, name], sub))];
}

/** The line of the description that is about this word, such as `alerts: alert rules …`; else the whole description. */
function descriptionOf(word: string, description: string): string {
  const own = description.split('\n').find((line) => line.startsWith(`${word}: `));
  return own?.slice(word.length + 2) ?? description;
}

function toOption({ flags, description, choices = [] }: CommandOption): CompletionOption {
  const [, short = null] = /(?:^|\s)-(\w)\b/.exec(flags) ?? [];
  const [, long = ''] = /--([\w-]+)/.exec(flags) ?? [];
  return { long, short, description, takesValue: /[<[]/.test(flags), choices };
}

const help = toOption({ flags: '-h, --help', description: 'print this help' });
const version = toOption({ flags: '-v, --version', description: 'print the version' });

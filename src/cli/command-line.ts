import type { Command as Commander } from 'commander';

/** A command line in the form that commander parses, and the deepest command that it names. */
export interface CommandLine {
  command: Commander;
  words: string[];
}

/**
 * Normalises a command line for commander: `help a b` becomes `a b --help` at every level; unknown words are left for
 * commander to refuse.
 */
export function readCommandLine(program: Commander, argv: readonly string[]): CommandLine {
  const rest = [...argv];
  const path: string[] = [];
  let command = program;
  let wantsHelp = false;
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const sub = command.commands.find((one) => one.name() === word);
    const isHelp = word === 'help' && command.commands.length > 0;
    if (!sub && !isHelp) break;
    rest.shift();
    if (sub) path.push(word);
    wantsHelp ||= isHelp;
    command = sub ?? command;
  }
  const isUnknown = command.commands.length > 0 && rest[0] !== undefined && !rest[0].startsWith('-');
  if (isUnknown) return { command, words: [...path, rest[0] as string] };
  if (wantsHelp) return { command, words: [...path, '--help'] };
  return { command, words: [...path, ...withoutValues(rest, command)] };
}

/**
 * Removes the values of unknown options, because commander suggests `--profile` for `--profil`, but not for
 * `--profil=production`.
 */
function withoutValues(words: readonly string[], command: Commander): string[] {
  const end = words.indexOf('--');
  return words.map((word, at) => {
    const [flag = ''] = word.split('=', 1);
    const isUnknown = flag.startsWith('--') && flag !== '--' && !command.options.some(({ long }) => long === flag);
    return isUnknown && (end === -1 || at < end) ? flag : word;
  });
}

/** Commands of Cairnloop as the docs write them, held against what the command line knows. */
import { commandHelps } from './cli-page.js';

const programs =
  /^(?:(?:npx|npm exec|yarn|pnpm) )?(?:node )?(?:node_modules\/)?(?:\.bin\/|cairnloop\/bin\/|bin\/)?cairnloop(?:\.js)? /;

/** The words after `cairnloop` in a line of a shell, without comments, redirections and what a pipe leads to. */
export function wordsOf(line: string): string[] | undefined {
  const [command = ''] = line.trim().split(/ (?:#|\||>>?|&&|;) ?/);
  if (!programs.test(`${command} `)) return undefined;
  const words = command.replace(programs, '').match(/"[^"]*"|\S+/g) ?? [];
  return words[0] && /cairnloop(\.js)?$/.test(words[0]) ? words.slice(1) : words;
}

/** What of a command the command line does not know. */
export async function unknownIn(words: readonly string[]): Promise<string[]> {
  const helps = new Map((await commandHelps()).map(({ name, help }) => [name, help]));
  let name = 'cairnloop';
  const rest = [...words];
  while (rest[0] !== undefined && helps.has(`${name} ${rest[0]}`)) name += ` ${rest.shift()}`;
  const help = helps.get(name) ?? '';
  const flags = rest.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '');
  const unknown = flags.filter((flag) => !new RegExp(`(?:^|[ ,])${flag}(?![\\w-])`, 'm').test(help));
  const [first] = rest;
  const isGroup = /^Commands:/m.test(help);
  if (isGroup && first !== undefined && !/^[-<…]/.test(first)) unknown.push(`${name} ${first}`);
  return unknown;
}

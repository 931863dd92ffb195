import { runMain } from '../support/run-main.js';

const introduction = `# Commands

What \`cairnloop <command> --help\` prints, for every command. Run them as \`npx cairnloop …\` inside the package of your
host. \`--json\` prints one JSON document on stdout, for errors too: \`{ "error": { "code", "message", "hint" } }\`.
A terminal shows results in colour, unless \`NO_COLOR\` is set to anything or \`TERM\` is \`dumb\`; a pipe or a file has none.

Written by \`npm run docs\` from the command line itself; a test compares them.
`;

export interface CommandHelp {
  /** e.g. `cairnloop deliveries list` */
  name: string;
  help: string;
}

/** The help of every command and subcommand, parents first. */
export async function commandHelps(words: readonly string[] = []): Promise<CommandHelp[]> {
  const { out: help } = await runMain('/', [...words, '--help']);
  const found: CommandHelp[] = [{ name: ['cairnloop', ...words].join(' '), help: help.trimEnd() }];
  for (const word of subcommandsIn(help)) found.push(...(await commandHelps([...words, word])));
  return found;
}

function subcommandsIn(help: string): string[] {
  const listed = /^Commands:\n((?: .*\n)+)/m.exec(help)?.[1] ?? '';
  return [...listed.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, word = '']) => word).filter((word) => word !== 'help');
}

/** docs/cli.md. */
export async function renderCli(): Promise<string> {
  const parts = (await commandHelps()).map(({ name, help }) => {
    const level = name.split(' ').length > 2 ? '###' : '##';
    return `${level} ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  return `${introduction}\n${parts.join('\n')}`;
}

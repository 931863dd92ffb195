/** docs/agents.md with its generated parts, the skill that is made of it, and llms.txt. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Framework, HostSnapshot } from '../../src/gen/host-snapshot.js';
import { mountGuide } from '../../src/gen/mount-guide.js';
import { runMain } from '../support/run-main.js';
import { repositoryFile, table } from './reference-page.js';

const read = (file: string) => readFileSync(repositoryFile(file), 'utf8');

export interface AgentFile {
  file: string;
  render(): string | Promise<string>;
}

/** In this order: the skill is made of the page. */
export const agentFiles: readonly AgentFile[] = [
  { file: 'docs/agents.md', render: renderPage },
  { file: 'skills/cairnloop/SKILL.md', render: async () => skillOf(await renderPage()) },
  { file: 'llms.txt', render: renderIndex },
];

async function renderPage(): Promise<string> {
  const parts = { mounts: mounts(), contracts: contracts(), commands: await commands() };
  return Object.entries(parts).reduce((page, [name, text]) => withPart(page, name, text), read('docs/agents.md'));
}

function withPart(page: string, name: string, text: string): string {
  const marks = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*(<!-- end of ${name} -->)`);
  if (!marks.test(page)) throw new Error(`docs/agents.md has no marks of ${name}`);
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`);
}

const frameworks: Record<Framework | 'node', string> = {
  express: 'Express',
  fastify: 'Fastify',
  koa: 'Koa',
  hono: 'Hono',
  nest: 'Nest',
  next: 'Next',
  sveltekit: 'SvelteKit',
  adonis: 'AdonisJS',
  node: 'node:http',
};

/** The lines that `init` prints, which it words for the host that it finds. */
function mounts(): string {
  return Object.entries(frameworks)
    .map(([name, title]) => {
      const framework = name === 'node' ? null : (name as Framework);
      const host = {
        framework,
        otherFramework: null,
        config: { path: 'src/cairnloop.config.ts', text: null },
        sourceFolder: 'src',
        extension: 'js',
        moduleSyntax: 'esm',
      } as unknown as HostSnapshot;
      const guide = mountGuide(host);
      return `**${title}**, in ${guide.title}:\n\n\`\`\`js mount=${name}\n${guide.lines.join('\n')}\n\`\`\``;
    })
    .join('\n\n');
}

const contractFiles = ['notifier', 'context-provider', 'automation-policy', 'sla-policy-provider', 'draft-generator'];
const domainTypes = ['Actor', 'Customer', 'Conversation', 'Message', 'Sla', 'Proposal', 'ProposalInput'];

/** The interfaces with their docstrings, and the types that they name. */
function contracts(): string {
  const own = contractFiles.flatMap((name) => interfacesIn(read(`src/contracts/${name}.ts`)));
  const domain = interfacesIn(read('src/contracts/domain.ts')).filter((text) =>
    domainTypes.some((name) => new RegExp(`export interface ${name} `).test(text)),
  );
  return `\`\`\`ts from=source\n${[...own, ...domain].join('\n\n')}\n\`\`\``;
}

function interfacesIn(source: string): string[] {
  const docstring = String.raw`(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?`;
  return source.match(new RegExp(`${docstring}export interface \\w+ (?:extends [^{]+)?\\{[\\s\\S]*?\\n\\}`, 'g')) ?? [];
}

async function commands(): Promise<string> {
  const { out } = await runMain('/', ['--help']);
  const listed = /^Commands:\n((?: .*\n)+)/m.exec(out)?.[1] ?? '';
  const rows = [...listed.matchAll(/^ {2}([a-z][a-z-]*)[^\n]*? {2,}(\S.*)$/gm)].filter(([, name]) => name !== 'help');
  return table(
    ['command', 'does'],
    rows.map(([, name = '', does = '']) => [`\`cairnloop ${name}\``, does]),
  );
}

const frontMatter = `---
name: cairnloop
description: Add customer support to a Node.js application with the npm package cairnloop. Use when a host has or wants cairnloop: to install it, add a notifier, context provider, automation policy or SLA terms, mount the operators' workspace and the customers' portal, run the worker, read what doctor reports, or find out why a callback was not called.
---
`;

/** Its links lead to the pages in the package. */
function skillOf(page: string): string {
  const marks = /<!-- (?:end of )?\w+ -->\n+/g;
  const intended = page.replace(/ `npm run docs` writes[\s\S]*?fresh Express host\.(?=\n)/, '');
  const linked = intended.replace(marks, '').replace(/\]\((?!https?:|#)([^)]+)\)/g, '](../../docs/$1)');
  return `${frontMatter}\n${linked}`;
}

/** What each page is for, in the order of reading; a page that is not named here follows by its name. */
const order = ['agents', 'quickstart', 'hosts', 'configuration', 'cli', 'errors', 'webhooks', 'testing-notifiers'];

/** https://llmstxt.org: a title, a summary, and links with what is behind them. */
function renderIndex(): string {
  const names = readdirSync(repositoryFile('docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.basename(file, '.md'));
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const { description } = JSON.parse(read('package.json'));
  return `# Cairnloop

> ${description}

Calls of the host's server are under \`createCairnloop(config)\`; modules of the host (Notifier, ContextProvider,
AutomationPolicy, SlaPolicyProvider) are called by \`cairnloop worker\`, at least once. Start with the skill: it has every step
as a command.

## Start

- [skills/cairnloop/SKILL.md](skills/cairnloop/SKILL.md): Steps for a coding assistant, the contracts and the lines that mount the pages
- [README.md](README.md): What it is, and five minutes in a host
- [CHANGELOG.md](CHANGELOG.md): What changed

## Documentation

${sorted.map((name) => `- [docs/${name}.md](docs/${name}.md): ${summaryOf(read(`docs/${name}.md`))}`).join('\n')}
`;
}

/** The title, and the first sentence below it. */
function summaryOf(page: string): string {
  const title = /^# (.+)$/m.exec(page)?.[1] ?? '';
  const [, below = ''] = /^# .+\n+(?!#|```|\||<|- )([\s\S]+?)\n\s*\n/m.exec(page) ?? [];
  const sentence = below.replace(/\s+/g, ' ').match(/^.+?[.:](?= |$)/)?.[0] ?? '';
  const plain = sentence.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replace(/:$/, '.');
  return plain ? `${title}. ${plain}` : title;
}

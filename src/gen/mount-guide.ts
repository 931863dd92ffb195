/** The lines that mount the workspace and the operations in the server of a host, by its framework. Pure. */
import path from 'node:path';
import type { HostSnapshot } from './host-snapshot.js';
import { mountLines } from './mount-lines.js';
import { specifier } from './names.js';

const inTransaction = [
  '',
  '// In your own transaction, committed together with your rows:',
  '// await cairnloop.within(client).conversations.open({ actorId, subject, message });',
];

export function mountGuide(host: HostSnapshot): { title: string; lines: string[] } {
  const { title, file, isLazy = false, ...guide } = mountLines[host.framework ?? 'node'];
  const lines = (host.language === 'ts' ? guide.typedLines : undefined) ?? guide.lines;
  const connect = isLazy ? [] : ['', 'const cairnloop = await createCairnloop(config);'];
  return { title, lines: [...imports(host, file), ...connect, ...lines, ...inTransaction] };
}

function imports({ config, sourceFolder, extension, moduleForm }: HostSnapshot, file: string): string[] {
  const at = file.includes('/') ? file : path.posix.join(sourceFolder, file);
  const from = specifier(`${at}.ts`, config.path, extension);
  if (moduleForm === 'commonjs') {
    return [
      "const { createCairnloop } = require('cairnloop');",
      `const config = require('${from}');`,
      '// In an async function: CommonJS has no await at the top.',
    ];
  }
  return ["import { createCairnloop } from 'cairnloop';", `import config from '${from}';`];
}

/** How the server comes by the variables that the command line reads from `.env`; undefined where it reads them itself. */
export function envLine({ framework, dependencies }: HostSnapshot): string | undefined {
  const readers = [
    'dotenv',
    'dotenv-flow',
    '@nestjs/config',
    '@fastify/env',
    '@dotenvx/dotenvx',
    'env-cmd',
    'dotenv-cli',
  ];
  const readsItself =
    framework === 'next' || framework === 'adonis' || readers.some((name) => dependencies.includes(name));
  return readsItself
    ? undefined
    : 'The command line reads .env, your server does not: start it with node --env-file=.env';
}

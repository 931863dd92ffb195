/** The lines that mount the workspace and the operations in the server of a host, by its framework. Pure. */
import path from 'node:path';
import type { HostSnapshot } from './host-snapshot.js';
import { type MountCode, mountLines } from './mount-lines.js';
import { importSpecifier } from './names.js';
import { partlySupportedFrameworks } from './other-frameworks.js';
import { genericMountLines } from './other-mount-lines.js';

const inTransaction = [
  '',
  '// In your own transaction, committed together with your rows:',
  '// await cairnloop.within(client).conversations.open({ actorId, subject, message });',
];

export function mountGuide(host: HostSnapshot): { title: string; lines: string[] } {
  const { title, file, isLazy = false, ...guide } = mountLinesOf(host);
  const chosen = (host.language === 'ts' ? guide.typedLines : undefined) ?? guide.lines;
  const lines =
    host.moduleSyntax === 'commonjs' ? chosen.map((line) => line.replace(/^export (?=const )/, '')) : chosen;
  const connect = isLazy ? [] : ['', 'const cairnloop = await createCairnloop(config);'];
  return { title, lines: [...imports(host, file), ...connect, ...lines, ...inTransaction] };
}

function mountLinesOf({ framework, otherFramework }: HostSnapshot): MountCode {
  if (framework === null && otherFramework !== null)
    return genericMountLines(partlySupportedFrameworks[otherFramework]);
  return mountLines[framework ?? 'node'];
}

function imports({ config, sourceFolder, extension, moduleSyntax }: HostSnapshot, file: string): string[] {
  const at = file.includes('/') ? file : path.posix.join(sourceFolder, file);
  const from = importSpecifier(`${at}.ts`, config.path, extension);
  if (moduleSyntax === 'commonjs') {
    return [
      "const { createCairnloop } = require('cairnloop');",
      `const config = require('${from}');`,
      '// In an async function: CommonJS has no await at the top.',
    ];
  }
  return ["import { createCairnloop } from 'cairnloop';", `import config from '${from}';`];
}

/**
 * Advice on how the server gets the variables that the command line reads from `.env`; undefined if it reads `.env`
 * itself.
 */
export function envFileAdvice({ framework, dependencies }: HostSnapshot): string | undefined {
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

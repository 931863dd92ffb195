/**
 * `npm run test:types [-- versions…]`: compiles a host that imports every entry of the packed package, strictly and without
 * `skipLibCheck`, with each version of TypeScript, and writes the table of docs/hosts.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { shell } from './commands.js';
import { packed } from './packed.js';
import { installTools } from './tools.js';

const versions = ['5.0', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];
const document = fileURLToPath(new URL('../../docs/hosts.md', import.meta.url));

/** How modules are resolved, each with and without `esModuleInterop`. TypeScript 6 drops the oldest. */
const resolutions = {
  node10: { module: 'commonjs', moduleResolution: 'node10' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
};

/** Entries that need packages of a framework, whose own declarations are theirs to answer for. */
const frameworks = { nest: ['@nestjs/common@^11', '@nestjs/core@^11', 'rxjs'], fastify: ['fastify@^5'] };
const own = ['cairnloop', 'cairnloop/testing', 'cairnloop/ai', 'cairnloop/webhooks', 'cairnloop/transactions'];

const imports = (entries: readonly string[]) =>
  entries.map((entry, at) => `import * as e${at} from '${entry}';\nexport const used${at} = e${at};\n`).join('');

/** What a host writes, so that types are used and not only found. */
const use = `
import { createCairnloop, defineConfig, err, ok, type AutomationPolicy, type Cairnloop, type ContextProvider, type Notifier } from 'cairnloop';
import { checkNotifier } from 'cairnloop/testing';
export const notifier: Notifier = {
  onConversationResolved: (conversation, metadata) => ok({ id: conversation.id, key: metadata.deliveryId }),
  onSlaBreach: () => err('later'),
  onOutboundTriggered: () => undefined,
};
export const automationPolicy: AutomationPolicy = { decide: ({ riskTier }) => (riskTier === 'low' ? 'allow' : 'require_approval') };
export const contextProvider: ContextProvider = { getContext: (actorId) => ok({ Account: { actorId } }) };
export const config = defineConfig({ database: { url: 'postgres://localhost/app' }, notifier, automationPolicy, contextProvider });
export async function run(): Promise<string[]> {
  const cairnloop: Cairnloop = await createCairnloop(config);
  const { id } = await cairnloop.conversations.open({ subject: 's', message: 'm' });
  const { problems } = await checkNotifier(notifier);
  return [id, ...problems];
}
`;

const numberOf = (row: string) => Number(/[\d.]+/.exec(row)?.[0]);

const isOfFramework = (line: string) => line.startsWith('node_modules/') && !line.startsWith('node_modules/cairnloop/');

const chosen = process.argv.slice(2).filter((word) => word !== '--');
const tried = versions.filter((version) => chosen.length === 0 || chosen.includes(version));
const modules = await installTools(tried.map((version) => `typescript-${version}@npm:typescript@~${version}.0`));
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-types-')));
try {
  await makeHost(await packed(folder));
  for (const version of tried) {
    const cells: string[] = [];
    for (const name of Object.keys(resolutions) as (keyof typeof resolutions)[])
      cells.push(await compiled(version, name));
    writeFileSync(document, withRow(readFileSync(document, 'utf8'), version, cells));
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function makeHost(tarball: string): Promise<void> {
  mkdirSync(path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  for (const end of ['ts', 'mts', 'cts']) {
    writeFileSync(path.join(folder, `own.${end}`), imports(own) + use);
    writeFileSync(path.join(folder, `frameworks.${end}`), imports(['cairnloop/nest', 'cairnloop/fastify']));
  }
  const packages = [tarball, '@types/node@20', ...Object.values(frameworks).flat()];
  await shell(`npm install --no-audit --no-fund ${packages.join(' ')}`, { folder, env: {} });
}

/** `ok`, or what failed first. The later tries are of hosts without the browser's types. */
async function compiled(version: string, name: keyof typeof resolutions): Promise<string> {
  if (name === 'node10' && Number(version) >= 6) return '-';
  const ends = name === 'nodenext' ? ['mts', 'cts'] : ['ts'];
  const plain = { esModuleInterop: false, lib: ['es2022'] };
  const tries = [
    { kind: 'own', files: ends, own: { esModuleInterop: true } },
    { kind: 'own', files: ends, own: plain },
    // Each alone: a file of either kind would declare the property that the plugin adds to Fastify's types.
    ...ends.map((end) => ({ kind: 'frameworks', files: [end], own: plain })),
  ];
  for (const { kind, files, own } of tries) {
    const options = { ...resolutions[name], ...own, strict: true, noEmit: true, target: 'es2022' };
    const compilerOptions = { ...options, experimentalDecorators: true, types: ['node'] };
    const tsconfig = { compilerOptions, files: files.map((end) => `${kind}.${end}`) };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const [error] = (await errors(version)).filter((line) => kind === 'own' || !isOfFramework(line));
    if (error === undefined) continue;
    console.log(`TypeScript ${version}, ${name}, ${tsconfig.files.join()}, ${JSON.stringify(own)}: ${error}`);
    process.exitCode = 1;
    return '**failed**';
  }
  console.log(`TypeScript ${version}, ${name}: ok`);
  return 'ok';
}

async function errors(version: string): Promise<string[]> {
  const tsc = path.join(modules, `typescript-${version}/bin/tsc`);
  const run = await execa(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder, reject: false });
  return run.exitCode === 0 ? [] : `${run.stdout}\n${run.stderr}`.trim().split(/\n(?! )/);
}

function withRow(text: string, version: string, cells: readonly string[]): string {
  const [before = '', table = '', after = ''] = text.split(/(?<=<!-- types -->\n)|(?=<!-- end -->)/);
  const rows = table.split('\n').filter((line) => /^\| \d/.test(line) && !line.startsWith(`| ${version} `));
  const sorted = [...rows, `| ${[version, ...cells].join(' | ')} |`].sort((a, b) => numberOf(a) - numberOf(b));
  return `${before}| TypeScript | ${Object.keys(resolutions).join(' | ')} |\n|---|---|---|---|\n${sorted.join('\n')}\n${after}`;
}

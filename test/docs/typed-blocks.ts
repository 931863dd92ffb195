/** A host of the built package in which the `ts` blocks of the docs are compiled. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type TempHost, tempHost } from '../support/temp-host.js';
import type { Block } from './pages.js';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** What a reader brings along: an instance, a session, rows and libraries of their own. */
const ambient = `
  type Incoming = import('node:http').IncomingMessage;
  declare const cairnloop: import('cairnloop').Cairnloop;
  declare const app: { use(handler: (request: any, response: any, next?: any) => unknown): void };
  declare function operatorOf(incoming: Incoming | undefined): import('cairnloop').Actor | null;
  declare function customerOf(incoming: Incoming | undefined): import('cairnloop').PortalCustomer | null;
  declare const actor: import('cairnloop').Actor;
  declare const user: { id: string };
  declare const id: string;
  declare const text: string;
  declare const reason: string;
  declare const monday: Date;
  declare const mail: { text: string; messageId: string };
  declare const crm: { contacts: { delete(id: string, options: object): Promise<void> } };
  declare const model: import('ai').LanguageModel;
  declare const client: import('pg').ClientBase;
  declare const orderId: string;
  declare const amount: number;
  declare const sequelize: import('sequelize').Sequelize;
  declare const Refund: import('sequelize').ModelStatic<import('sequelize').Model & { id: string }>;
  declare const assert: typeof import('node:assert/strict');
  declare function it(title: string, test: () => Promise<void>): void;
`;

/** Modules that blocks import, as a host has them. */
const modules = {
  'cairnloop.config.ts': `import { defineConfig } from 'cairnloop';
export default defineConfig({ database: { url: process.env.DATABASE_URL } });`,
  'accounts.ts': `interface Account { name: string; lifetimeValue: string; plan: string; billingStatus: string }
export declare const accounts: { find(actorId: string): Promise<Account | undefined> };`,
  'providers.ts': `interface Key { idempotencyKey: string }
export declare const crm: {
  sync(conversationId: string, actorId: string | undefined, key: Key): Promise<void>;
  remove(actorId: string, key: Key): Promise<void>;
};
export declare const mailer: { send(to: string | null, text: string, key: Key): Promise<void> };
export declare const pager: { page(text: string, key: Key): Promise<void> };`,
  '../src/notifier.ts': `import type { Notifier } from 'cairnloop';
interface Providers {
  mailer: { send(mail: { idempotencyKey: string }): Promise<unknown> };
  crm: { upsert(contact: { id: string }): Promise<unknown> };
}
export declare function createNotifier(providers: Providers): Notifier;`,
};

/** Parts of a module: `ts config` holds keys of the config, `ts notifier` methods of a notifier. */
const parts: Record<string, [before: string, after: string]> = {
  config: ["import { defineConfig } from 'cairnloop';export default defineConfig({ database: { url: '' },", '});'],
  notifier: ["export const part: Partial<import('cairnloop').Notifier> = {", '};'],
};

const links = ['@types/node', '@types/pg', 'ai', 'fastify', 'sequelize', '@nestjs/common', '@nestjs/core'];

/** Blocks that can be compiled: not what `npm run docs` writes from the source, which has other tests. */
export const isTyped = ({ file, language, info }: Block): boolean =>
  language === 'ts' && file !== 'docs/api-report.md' && info !== 'from=source';

const nameOf = ({ file, line, info }: Block) =>
  /^file=(\S+)/.exec(info)?.[1] ?? `${file.replace(/\.md$/, '').replaceAll(/\W/g, '-')}-${line}.ts`;

/** What the compiler says of each block, by page and line; empty for one that compiles. */
export async function compileBlocks(blocks: readonly Block[]): Promise<Map<Block, string[]>> {
  const host = hostOf(blocks);
  try {
    const { stdout } = await execa(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], {
      cwd: host.folder,
      reject: false,
    });
    const problems = stdout.split('\n').filter((line) => /error TS/.test(line));
    const unplaced = problems.filter((line) => !blocks.some((block) => line.startsWith(`blocks/${nameOf(block)}(`)));
    if (unplaced.length > 0) throw new Error(unplaced.join('\n'));
    return new Map(
      blocks.map((block) => [block, problems.filter((line) => line.startsWith(`blocks/${nameOf(block)}(`))]),
    );
  } finally {
    host.remove();
  }
}

function hostOf(blocks: readonly Block[]): TempHost {
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    experimentalDecorators: true,
    skipLibCheck: true,
    noEmit: true,
    allowUnreachableCode: true,
  };
  const files: Record<string, string | object> = {
    'package.json': { type: 'module' },
    'tsconfig.json': { compilerOptions, include: ['blocks', 'src'] },
    'blocks/ambient.d.ts': ambient,
  };
  for (const [name, code] of Object.entries(modules)) files[`blocks/${name}`] = code;
  for (const block of blocks) {
    const [before, after] = parts[block.info] ?? ['', '\nexport {};'];
    files[`blocks/${nameOf(block)}`] = `${before}${block.code}${after}`;
  }
  return tempHost(files, links);
}

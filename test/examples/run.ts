/**
 * `npm run test:examples [-- names…] [-- --node 24]`: Next, SvelteKit and AdonisJS of `examples/`, with their frameworks and
 * Node from npm: SvelteKit 3 and AdonisJS 7 do not run on Node 20.
 */
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { migrateUp } from '../../src/db/migrate.js';
import { createCairnloop } from '../../src/index.js';
import { type Place, shell, start, until } from '../hosts/commands.js';
import { packed } from '../hosts/packed.js';
import { installTools, nodeFolder, nodePackage } from '../hosts/tools.js';
import { createTestDatabase, stopSharedServer, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { answersAsItShould, isMailed, refundsOnce, type Send, sessions, takesANote } from './checks.js';
import { type Running, root, run } from './processes.js';

interface Example {
  /** Written beside the files of the example. */
  files?: Record<string, object>;
  /** Files of the example that are not copied. */
  without?: string[];
  check?: string;
  build?: string;
  start: string;
}

const examples: Record<string, Example> = {
  next: {
    files: {
      'package.json': {
        private: true,
        type: 'module',
        dependencies: { next: '^16', react: '^19', 'react-dom': '^19', sequelize: '^6', pg: '^8', nodemailer: '^10' },
        devDependencies: { typescript: '^5.9.0', '@types/node': '^22', '@types/react': '^19' },
      },
      'tsconfig.json': { compilerOptions: { strict: true, skipLibCheck: true, moduleResolution: 'bundler' } },
    },
    without: ['tsconfig.json'],
    build: 'npx next build',
    start: 'npx next start -p $PORT -H 127.0.0.1',
  },
  sveltekit: {
    check: 'npm run check',
    build: 'ORIGIN=http://127.0.0.1:$PORT npm run build',
    start: 'env HOST=127.0.0.1 node build',
  },
  adonis: { check: 'npm run check', start: 'env HOST=127.0.0.1 node --import tsx bin/server.ts' },
};

/** As a browser does: follows Next from `/support/` to `/support`, and names the page that a form is sent from. */
const sendTo =
  (origin: string): Send =>
  async (at, given = {}) => {
    const init = given.method === 'POST' ? { ...given, headers: { origin, ...given.headers } } : given;
    const answer = await fetch(`${origin}${at}`, { redirect: 'manual', ...init });
    return answer.status === 308 ? fetch(new URL(answer.headers.get('location') ?? '', origin), init) : answer;
  };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: '22' } },
});
const names = positionals.length > 0 ? positionals : Object.keys(examples);
const node = nodeFolder(await installTools([nodePackage(values.node)]), values.node);
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-examples-')));
try {
  const tarball = await packed(folder);
  for (const name of names) {
    await tryExample(name, examples[name] ?? fail(name), tarball).then(
      () => console.log(`${name}: passed`),
      (error) => {
        console.error(`${name}: failed\n${error.message}`);
        process.exitCode = 1;
      },
    );
  }
} finally {
  await stopSharedServer();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function fail(name: string): never {
  throw new Error(`Expected one of ${Object.keys(examples).join(', ')}, found "${name}".`);
}

async function tryExample(name: string, example: Example, tarball: string): Promise<void> {
  const database = await createTestDatabase();
  const catcher = run('node examples/mail-catcher.mjs', {});
  try {
    await migrateUp({ url: database.url, schema: 'cairnloop' });
    await openConversation(database.url);
    const env = {
      ...sessions,
      PATH: [node, process.env.PATH].join(path.delimiter),
      NODE_ENV: '',
      DATABASE_URL: database.url,
      PORT: String(await freePort()),
      SMTP_URL: await catcher.listening,
    };
    const place = { folder: copied(name, example), env };
    const step = async (command: string) => {
      console.log(`${name}: ${command}`);
      await shell(command, place);
    };
    // The packed package stands for the one in the registry.
    await step(`npm pkg set dependencies.cairnloop=file:${tarball}`);
    await step('npm install --no-audit --no-fund');
    if (example.check) await step(example.check);
    if (example.build) await step(example.build);
    await tryStarted(name, example, place, { database, catcher });
  } finally {
    catcher.child.kill('SIGKILL');
    await database.drop();
  }
}

/** Copies an example as its README says, and returns the folder. */
function copied(name: string, { files = {}, without = [] }: Example): string {
  const host = path.join(folder, name);
  const from = path.join(root, 'examples', name);
  cpSync(from, host, { recursive: true, filter: (file) => !without.includes(path.relative(from, file)) });
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(host, file), JSON.stringify(content));
  return host;
}

async function tryStarted(
  name: string,
  example: Example,
  place: Place,
  { database, catcher }: { database: TestDatabase; catcher: Running },
): Promise<void> {
  const server = start(`exec ${example.start}`, place);
  const worker = start('exec npx cairnloop worker --no-ops', place);
  const origin = `http://127.0.0.1:${place.env.PORT}`;
  try {
    await until(async () => (await fetch(`${origin}/health`).catch(() => null))?.ok ?? false, server);
    await answersAsItShould(origin, sendTo(origin));
    await takesANote(origin, name);
    await isMailed(await refundsOnce(name, sendTo(origin), database), catcher);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${server.output()}\n${worker.output()}`);
  } finally {
    for (const started of [server, worker]) started.kill();
  }
}

async function openConversation(url: string): Promise<void> {
  const cairnloop = await createCairnloop({ database: { url }, log: { level: 'silent' } });
  const message = 'We have 42 seats, not 44.';
  await cairnloop.conversations.open({ actorId: 'customer-42', subject: 'Invoice total looks wrong', message });
  await cairnloop.close();
}

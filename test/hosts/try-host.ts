/** Makes one host, installs the packed package into it, and does there what its developer would. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.js';
import { client } from '../workspace/served-workspace.js';
import { type Place, type Started, shell, start, stopped, until } from './commands.js';
import type { Host } from './hosts.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const wiring = fileURLToPath(new URL('files/', import.meta.url));

export const steps = [
  'create',
  'install',
  'init',
  'gen all',
  'migrate',
  'doctor',
  'build',
  'lint',
  'test',
  'server',
  'resolve',
  'form',
  'worker',
  'stop',
] as const;
export type Step = (typeof steps)[number];
export type Outcome = 'ok' | 'failed' | 'none';
export type Report = Partial<Record<Step, Outcome>>;

export interface Surroundings {
  tarball: string;
  databaseUrl: string;
  /** The folder of the `node` to run everything with; null for the one that runs this. */
  node: string | null;
  /** Makes the host of links to this repository's packages instead of an install: no registry is asked. */
  linked?: boolean;
  say(text: string): void;
}

/** What came of each step. A failure is told with its output, and ends the steps that build on it. */
export async function tryHost(host: Host, around: Surroundings): Promise<Report> {
  const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), `cairnloop-${host.name}-`)));
  // Generators name the package after its folder, and accept no capital letter.
  const folder = path.join(temporary, 'host');
  mkdirSync(folder);
  const report: Report = {};
  const port = String(await freePort());
  const place = { folder: path.join(folder, host.at ?? ''), env: environment(folder, port, around) };
  const step = async (name: Step, work: (() => Promise<unknown>) | undefined) => {
    report[name] = 'none';
    if (!work) return;
    report[name] = 'failed';
    await work();
    report[name] = 'ok';
    around.say(`${host.name}: ${name}: ok`);
  };
  /** For what others do not build on. */
  const check = (name: Step, work: (() => Promise<unknown>) | undefined) =>
    step(name, work).catch((error) => around.say(`${host.name}: ${name}: failed\n${error.message}`));
  try {
    await step('create', () => create(host, folder, place, around));
    await step('install', () => install(host, place, around));
    const cairnloop = (args: string) => () => shell(`${exec(host, around)} cairnloop ${args}`, place);
    let mount: string[] = [];
    await step('init', async () => {
      mount = mountLines(await cairnloop('init --yes --json 2>/dev/null')());
    });
    await step('gen all', async () => {
      await cairnloop('gen all --yes')();
      await wire(host, place, mount);
    });
    await step('migrate', cairnloop('migrate'));
    await check('doctor', cairnloop('doctor'));
    const run = (command: string | undefined) => command && (() => shell(command, place));
    await step('build', run(host.build) || undefined);
    await check('lint', run(host.lint) || undefined);
    await check('test', run(host.test) || undefined);
    await serve(host, place, `http://127.0.0.1:${port}`, around, { step, check });
  } catch (error) {
    around.say(`${host.name}: ${steps.find((name) => report[name] === 'failed')}: failed\n${(error as Error).message}`);
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
  return report;
}

function environment(folder: string, port: string, { node, databaseUrl }: Surroundings): Record<string, string> {
  const yarn = path.join(root, 'node_modules/.hosts/node_modules/@yarnpkg/cli-dist/bin/yarn.js');
  const bins = [...(node ? [node] : []), path.join(folder, 'node_modules/.bin')];
  return {
    PATH: [...bins, process.env.PATH].join(path.delimiter),
    PORT: port,
    DATABASE_URL: databaseUrl,
    YARN: `node ${yarn}`,
    CI: '1',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: '',
  };
}

const exec = (host: Host, { linked }: Surroundings) => (linked ? '' : (host.exec ?? 'npx'));

async function create(host: Host, folder: string, place: Place, { linked }: Surroundings): Promise<void> {
  if (host.from) cpSync(path.join(wiring, host.from), folder, { recursive: true });
  write(folder, host.files ?? {});
  if (linked) return;
  for (const command of host.create) await shell(command, { ...place, folder });
}

function write(folder: string, files: Record<string, string | object>): void {
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Yarn prints lines of its own around the document. */
function mountLines(output: string): string[] {
  return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)).mount;
}

async function install(host: Host, place: Place, { tarball, linked }: Surroundings): Promise<void> {
  if (!linked) return void (await shell((host.add ?? 'npm install TARBALL').replace('TARBALL', tarball), place));
  await link(tarball, place, host.linked ?? []);
}

/** The packed package with links to what it needs, in place of an install: no registry is asked. */
export async function link(tarball: string, place: Place, packages: readonly string[]): Promise<void> {
  const modules = path.join(place.folder, 'node_modules');
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  await shell(`tar xzf ${tarball} && mv package node_modules/cairnloop`, place);
  await shell('npm pkg set dependencies.cairnloop=*', place);
  symlinkSync(path.join(root, 'node_modules'), path.join(modules, 'cairnloop/node_modules'));
  for (const name of packages) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  symlinkSync('../cairnloop/bin/cairnloop.js', path.join(modules, '.bin/cairnloop'));
  for (const name of ['tsc', 'biome', 'tsx'])
    symlinkSync(path.join(root, 'node_modules/.bin', name), path.join(modules, '.bin', name));
}

/** What the developer writes: the server, with Cairnloop in it. */
async function wire(host: Host, place: Place, mount: readonly string[]): Promise<void> {
  const from = path.join(wiring, host.name);
  const like = path.join(wiring, 'express-ts');
  if (existsSync(from) || !host.printed) cpSync(existsSync(from) ? from : like, place.folder, { recursive: true });
  write(place.folder, host.printed?.(mount) ?? {});
  for (const command of host.wire ?? []) await shell(command, place);
}

interface Steps {
  step(name: Step, work: () => Promise<unknown>): Promise<void>;
  check(name: Step, work: () => Promise<unknown>): Promise<void>;
}

async function serve(host: Host, place: Place, origin: string, around: Surroundings, { step, check }: Steps) {
  const server = start(host.start, place);
  let id = '';
  try {
    await step('server', () => answers(`${origin}/health`, server));
    await step('resolve', async () => {
      const answer = await fetch(`${origin}/tickets`, { method: 'POST', headers: { origin } });
      id = ((await answer.json()) as { id: string }).id;
    });
    await check('form', async () => {
      const { status, text } = await client(origin, '/support').post(`/c/${id}/compose`, {
        mode: 'note',
        content: 'x',
      });
      if (status !== 303) throw new Error(`${status}: ${text.slice(0, 500)}`);
      await assetsOf(origin, '/support');
    });
    await check('worker', () => worker(host, place, id, around));
    await check('stop', async () => {
      await (await fetch(`${origin}/support/live`)).body?.getReader().read();
      await stopped(server);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${server.output()}`);
  } finally {
    server.kill();
  }
}

/** A bundler that takes the package apart leaves its styles and scripts behind. */
async function assetsOf(origin: string, page: string): Promise<void> {
  const text = await (await fetch(`${origin}${page}`)).text();
  const paths = [...text.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js)[^"]*)"/g)].map(([, at = '']) => at);
  const failed = await Promise.all(paths.map(async (at) => ((await fetch(`${origin}${at}`)).ok ? [] : [at])));
  if (paths.length === 0 || failed.flat().length > 0) throw new Error(`no style or script at ${failed.join() || page}`);
}

/** The worker from the built form calls the host's notifier with the conversation that the server resolved. */
async function worker(host: Host, place: Place, id: string, around: Surroundings): Promise<void> {
  const started = start(`exec ${exec(host, around)} ${host.worker} --no-ops`, place);
  try {
    await until(() => new RegExp(`conversation resolved[\\s\\S]*${id}`).test(started.output()), started);
    await stopped(started);
  } finally {
    started.kill();
  }
}

async function answers(url: string, server: Started): Promise<void> {
  await until(async () => (await fetch(url).catch(() => null))?.ok ?? false, server);
}

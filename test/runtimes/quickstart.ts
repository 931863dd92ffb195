/** The quickstart of the docs in one runtime, as its developer types it. */
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Place, shell, start, stopped, until } from '../hosts/commands.js';
import { createTestDatabase } from '../support/database.js';
import type { Report, Runtime, Step } from './runtimes.js';

const server = fileURLToPath(new URL('files/server.js', import.meta.url));

export interface Around {
  /** Where the runtimes are installed. */
  modules: string;
  /** An empty folder. */
  host: string;
  tarball: string;
  say(text: string): void;
}

/** What came of each step; one that fails ends those that build on it. */
export async function tryQuickstart(runtime: Runtime, { modules, host, tarball, say }: Around): Promise<Report> {
  const database = await createTestDatabase();
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, CI: '1' };
  const place: Place = { folder: host, env };
  const report: Report = {};
  const step = async (name: Step, script: string, run: (command: string) => Promise<unknown>) => {
    report[name] = '**failed**';
    await run(`${runtime.launch(name, modules, host)} ${script}`);
    report[name] = 'ok';
    say(`${name}: ok`);
  };
  const bin = 'node_modules/cairnloop/bin/cairnloop.js';
  const typed = (command: string) => shell(command, place);
  try {
    writeFileSync(path.join(host, 'package.json'), '{ "type": "module" }\n');
    await shell(`npm install --no-audit --no-fund ${tarball}`, place);
    await step('init', `${bin} init --yes`, typed);
    await step('gen notifier', `${bin} gen notifier --yes`, typed);
    await step('migrate', `${bin} migrate`, typed);
    await step('doctor', `${bin} doctor`, typed);
    let id = '';
    await step('server', 'server.js', async (command) => {
      id = await served(command, place);
    });
    await step('worker', `${bin} worker --port 0`, (command) => worked(command, id, place));
  } catch (error) {
    say(`failed\n${(error as Error).message}`);
  } finally {
    await database.drop();
  }
  return report;
}

/** Returns the id of the conversation that the server of the host resolved and showed. */
async function served(command: string, place: Place): Promise<string> {
  cpSync(server, path.join(place.folder, 'server.js'));
  const output = await shell(command, place);
  const lines = output.trimEnd().split('\n');
  const wrong = lines.filter((line) => !/: page 200 with the message, ready 200, \S+$/.test(line));
  if (wrong.join() !== 'closed') throw new Error(output);
  return lines[0]?.split(', ').at(-1) ?? '';
}

/** Until the worker has called the notifier of the host, and has ended on SIGTERM with success. */
async function worked(command: string, id: string, place: Place): Promise<void> {
  const running = start(`exec ${command}`, place);
  try {
    await until(() => new RegExp(`conversation resolved[\\s\\S]*${id}`).test(running.output()), running);
    await stopped(running);
    const { exitCode } = (await running.process) as { exitCode?: number };
    if (exitCode !== 0) throw new Error(`it ended with ${exitCode}\n${running.output()}`);
  } finally {
    running.kill();
  }
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  configOption,
  cwdOption,
  declareOptions,
  defineCommand,
  opsPortOption,
  workspacePortOption,
} from '../command.js';
import type { OptionsOf } from '../command-input.js';
import { enterHost } from '../host-database.js';

const options = declareOptions([
  cwdOption,
  configOption,
  workspacePortOption,
  opsPortOption,
  { flags: '--no-reload', description: 'do not restart when a module of the host changes' },
]);

type DevCommandOptions = OptionsOf<typeof options>;

export const command = defineCommand({
  about: [
    'Without DATABASE_URL, in the environment or in .env, it starts a Postgres from npm that keeps its data in',
    '.cairnloop/, and prints the DATABASE_URL with which other commands, and your server, reach it meanwhile.',
  ].join(' '),
  options,
  examples: ['cairnloop dev', 'cairnloop dev --port 0 --ops-port 0'],
  async run({ options }, io) {
    const { port, opsPort } = options;
    // Reloading needs a process of the command's own, which a test does not have.
    if (options.reload && io.host) {
      const { reloadDev } = await import('../run/reload-dev.js');
      const cwd = path.resolve(io.cwd, options.cwd ?? '.');
      const exitCode = await reloadDev({ cwd: existsSync(cwd) ? cwd : io.cwd, args: argumentsOf(options) }, io);
      return { text: '', json: null, exitCode };
    }
    const { runDev } = await import('../run/run-dev.js');
    const host = await enterHost(options, io);
    io.host?.stop();
    await runDev({ ...host, port, opsPort }, io);
    return undefined;
  },
});

/** The arguments again, for the process that is started with them in the same folder. */
function argumentsOf({ cwd, config, port, opsPort }: DevCommandOptions): string[] {
  const given = Object.entries({ cwd, config, port, 'ops-port': opsPort }).filter(([, value]) => value !== undefined);
  return given.flatMap(([name, value]) => [`--${name}`, String(value)]);
}

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
import type { OptionValues } from '../command-input.js';
import { findHostAndLoadEnv } from '../host-database.js';

const options = declareOptions([
  cwdOption,
  configOption,
  workspacePortOption,
  opsPortOption,
  { flags: '--no-reload', description: 'do not restart when a module of the host changes' },
]);

type DevCommandOptions = OptionValues<typeof options>;

export const devCommand = defineCommand({
  about: [
    'If neither the environment nor .env sets DATABASE_URL, it starts a Postgres from npm that keeps its data in',
    '.cairnloop/, and prints its DATABASE_URL for other commands and for your server.',
  ].join(' '),
  options,
  examples: ['cairnloop dev', 'cairnloop dev --port 0 --ops-port 0'],
  async run({ options }, io) {
    const { port, opsPort } = options;
    // Reloading starts this program again as a child process, which a test cannot do.
    if (options.reload && io.host) {
      const { runDevWithReload } = await import('../run/reload-dev.js');
      const cwd = path.resolve(io.cwd, options.cwd ?? '.');
      const exitCode = await runDevWithReload({ cwd: existsSync(cwd) ? cwd : io.cwd, args: argumentsOf(options) }, io);
      return { text: '', json: null, exitCode };
    }
    const { runDev } = await import('../run/run-dev.js');
    const host = await findHostAndLoadEnv(options, io);
    io.host?.stop();
    await runDev({ ...host, port, opsPort }, io);
    return undefined;
  },
});

/** The arguments for the child process, which runs the same command in the same folder. */
function argumentsOf({ cwd, config, port, opsPort }: DevCommandOptions): string[] {
  const given = Object.entries({ cwd, config, port, 'ops-port': opsPort }).filter(([, value]) => value !== undefined);
  return given.flatMap(([name, value]) => [`--${name}`, String(value)]);
}

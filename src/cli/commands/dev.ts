import { configOption, cwdOption, defineCommand, opsPortOption, workspacePortOption } from '../command.js';
import { enterHost } from '../host-database.js';

interface DevCommandOptions {
  cwd?: string;
  config?: string;
  port: number;
  opsPort?: number;
}

export const command = defineCommand<DevCommandOptions>({
  about: [
    'Without DATABASE_URL, in the environment or in .env, it starts a Postgres from npm that keeps its data in',
    '.cairnloop/, and prints the DATABASE_URL with which other commands, and your server, reach it meanwhile.',
  ].join(' '),
  options: [cwdOption, configOption, workspacePortOption, opsPortOption],
  examples: ['cairnloop dev', 'cairnloop dev --port 0 --ops-port 0'],
  async run({ options }, io) {
    const { runDev } = await import('../run/run-dev.js');
    const { port, opsPort } = options;
    const host = await enterHost(options, io);
    io.host?.lift();
    await runDev({ ...host, port, opsPort }, io);
    return undefined;
  },
});

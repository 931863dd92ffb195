import path from 'node:path';
import { configOption, cwdOption, defineCommand, opsPortOption, workspacePortOption } from '../command.js';

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
    const { loadEnvFile } = await import('../../config/load-config.js');
    const { runDev } = await import('../../dev/run-dev.js');
    const cwd = path.resolve(io.cwd, options.cwd ?? '.');
    loadEnvFile(cwd);
    const { port, opsPort, config: file } = options;
    await runDev({ cwd, port, opsPort, ...(file && { file }) }, io);
    return undefined;
  },
});

import path from 'node:path';
import { configOption, cwdOption, defineCommand, workspacePortOption } from '../command.js';

interface DevCommandOptions {
  cwd?: string;
  config?: string;
  port: number;
}

export const command = defineCommand<DevCommandOptions>({
  options: [cwdOption, configOption, workspacePortOption],
  examples: ['cairnloop dev', 'cairnloop dev --port 0'],
  async run({ options }, io) {
    const { loadEnvFile } = await import('../../config/load-config.js');
    const { runDev } = await import('../../dev/run-dev.js');
    const cwd = path.resolve(io.cwd, options.cwd ?? '.');
    loadEnvFile(cwd);
    await runDev({ cwd, port: options.port, ...(options.config && { file: options.config }) }, io);
    return undefined;
  },
});

import type { CairnloopConfig } from './config-schema.js';

/**
 * Returns the config as it is, with its type checked:
 * `export default defineConfig({ database: { url: process.env.DATABASE_URL } })`.
 */
export function defineConfig(config: CairnloopConfig): CairnloopConfig {
  return config;
}

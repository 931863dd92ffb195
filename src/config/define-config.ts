import type { CairnloopConfig } from './config-schema.js';

/** Gives a config its type, and nothing else: `export default defineConfig({ database: { url: process.env.DATABASE_URL } })`. */
export function defineConfig(config: CairnloopConfig): CairnloopConfig {
  return config;
}

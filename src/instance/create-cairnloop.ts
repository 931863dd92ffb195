import type { CairnloopConfig, ResolvedConfig } from '../config/config-schema.js';
import type { Cairnloop, CreateOptions } from './cairnloop.js';

/**
 * Connects to the host's Postgres and answers everything a host can do; `close()` releases it all. What does the work
 * is loaded here, so that a config file may import this package at no cost. Throws `CONFIG_INVALID` with every problem,
 * `DATABASE_UNREACHABLE`.
 */
export async function createCairnloop(
  config: CairnloopConfig | ResolvedConfig,
  options?: CreateOptions,
): Promise<Cairnloop> {
  const { createCairnloop: create } = await import('./cairnloop.js');
  return create(config, options);
}

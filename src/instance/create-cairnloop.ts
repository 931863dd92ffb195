import type { CairnloopConfig, ResolvedConfig } from '../config/config-schema.js';
import type { Cairnloop } from '../contracts/cairnloop.js';
import type { CreateOptions } from './cairnloop.js';

/**
 * Connects to the host's Postgres and returns the whole API; `close()` releases it. The implementation is imported
 * here, so that a config file can import this package cheaply. Throws `CONFIG_INVALID` with every problem,
 * `DATABASE_UNREACHABLE`.
 */
export async function createCairnloop(
  config: CairnloopConfig | ResolvedConfig,
  options?: CreateOptions,
): Promise<Cairnloop> {
  const { createCairnloop: create } = await import('./cairnloop.js');
  return create(config, options);
}

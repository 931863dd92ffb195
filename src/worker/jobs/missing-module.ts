import type { CallbackModule } from '../../deliveries/announced-modules.js';

/**
 * Fails the attempt of a delivery whose module this worker lacks: during a deployment the retry may reach a worker that
 * has the module.
 */
export function throwMissingModule(name: CallbackModule): never {
  throw new Error(`no ${name} is configured in this worker`);
}

import type { OwedModule } from '../../deliveries/announced-modules.js';

/**
 * For a delivery whose module this worker lacks: during a deployment an older worker leaves it to one that has the
 * module.
 */
export function missingModule(name: OwedModule): never {
  throw new Error(`no ${name} is configured in this worker`);
}

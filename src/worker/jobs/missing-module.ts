import type { OwedModule } from '../../deliveries/announced-modules.js';

/**
 * For a call that was owed by a process that has the module: during a deployment a worker may be the older of the two,
 * and leaves it to one that has the module as well.
 */
export function missingModule(name: OwedModule): never {
  throw new Error(`no ${name} is configured in this worker`);
}

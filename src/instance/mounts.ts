import type { Cairnloop, Calls } from '../contracts/cairnloop.js';
import { createOperations, type OperationsSources, resolveOperationsPaths } from '../ops/operations.js';
import { createPortal } from '../portal/portal.js';
import type { Runtime } from '../runtime.js';
import { createWorkspace } from '../workspace/workspace.js';

interface MountsInput {
  runtime: Runtime;
  /** The public calls, which the mounted pages make just as a host would. */
  api: Calls;
  operations: OperationsSources;
}

interface Mounts extends Pick<Cairnloop, 'operations' | 'workspace' | 'portal'> {
  /** Ends the live streams of every mounted page. */
  closeMounts(): void;
}

/** Makes the functions that return the handlers which a host mounts in its server. */
export function createMounts({ runtime, api, operations }: MountsInput): Mounts {
  const { healthPath, metricsPath } = runtime.config.ops;
  const open = new Set<{ close(): void }>();
  const remember = <T extends { close(): void }>(mount: T): T => {
    open.add(mount);
    return mount;
  };
  return {
    operations: (options = {}) =>
      createOperations(operations, resolveOperationsPaths(options, { healthPath, metricsPath })),
    workspace: (options) => remember(createWorkspace(runtime, api, options)),
    portal: (options) => remember(createPortal(runtime, api, options)),
    closeMounts() {
      for (const mount of open) mount.close();
    },
  };
}

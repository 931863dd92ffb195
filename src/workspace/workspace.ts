import { createMount, type Mounted } from '../http/mount.js';
import { securityHeaders } from '../http/security-headers.js';
import type { Runtime } from '../runtime.js';
import { mountOptions, type WorkspaceOptions } from './mount-options.js';
import type { WorkspaceApi } from './workspace-api.js';

export type { WorkspaceOptions } from './mount-options.js';

/** The operator workspace in two shapes: for fetch-style servers and for Node's. */
export interface Workspace extends Mounted {
  /** Ends the live streams of open pages. */
  close(): void;
}

const unavailable = {
  status: 503,
  code: 'UNAVAILABLE',
  title: 'The workspace is unavailable; the reason is in the log.',
  text: ['Nothing was changed. Try again shortly.'],
} as const;

/**
 * The page that operators work on. What it needs is loaded at the first request. Throws `MOUNT_OPTION_INVALID`.
 */
export function createWorkspace(runtime: Runtime, api: WorkspaceApi, given: WorkspaceOptions): Workspace {
  const options = mountOptions(given);
  const closing = new AbortController();
  const mounted = createMount({
    name: 'workspace',
    address: 'whole',
    headers: securityHeaders,
    log: runtime.log,
    owns: (path) => path === options.base || path === `${options.base}/` || path.startsWith(`${options.base}/`),
    unavailable: async (request) => (await import('./bare-page.js')).barePage(request, unavailable),
    async load() {
      const { createApp } = await import('./app.js');
      const app = await createApp({ runtime, api, options, closing: closing.signal });
      return { fetch: (request, native) => app.fetch(request, native) };
    },
  });
  return { ...mounted, close: () => closing.abort() };
}

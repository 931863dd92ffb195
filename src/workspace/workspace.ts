import { createMount, type RequestHandlers } from '../http/mount.js';
import { securityHeaders } from '../http/security-headers.js';
import type { Runtime } from '../runtime.js';
import type { BarePage } from './bare-page.js';
import { readWorkspaceOptions, type WorkspaceOptions } from './mount-options.js';
import { chooseLocalizedWorkspaceTexts } from './strings/strings.js';
import { runWithLocalizedTexts, translate } from './translate.js';
import type { WorkspaceApi } from './workspace-api.js';

export type { WorkspaceOptions } from './mount-options.js';
export type { WorkspaceStrings } from './strings/strings.js';

/** The operator workspace as two request handlers: one for fetch-style servers and one for Node's HTTP server. */
export interface Workspace extends RequestHandlers {
  /** Closes the live streams of open pages. */
  close(): void;
}

const unavailable = (): BarePage => ({
  status: 503,
  code: 'UNAVAILABLE',
  title: translate('unavailable'),
  text: [translate('unavailableHint')],
});

/**
 * Creates the workspace, the pages on which operators work. Its code and assets are loaded at the first request. Throws
 * `MOUNT_OPTION_INVALID`.
 */
export function createWorkspace(runtime: Runtime, api: WorkspaceApi, given: WorkspaceOptions): Workspace {
  const options = readWorkspaceOptions(given);
  const closing = new AbortController();
  const mounted = createMount({
    name: 'workspace',
    address: 'whole',
    headers: securityHeaders,
    log: runtime.log,
    owns: (path) => path === options.base || path === `${options.base}/` || path.startsWith(`${options.base}/`),
    async unavailable(request) {
      const { respondWithBarePage } = await import('./bare-page.js');
      const words = chooseLocalizedWorkspaceTexts(options.strings, request.headers.get('accept-language'));
      return runWithLocalizedTexts(words, () => respondWithBarePage(request, unavailable()));
    },
    async load() {
      const { createWorkspaceApp } = await import('./app.js');
      const app = await createWorkspaceApp({ runtime, api, options, closing: closing.signal });
      return { fetch: (request, native) => app.fetch(request, native) };
    },
  });
  return { ...mounted, close: () => closing.abort() };
}

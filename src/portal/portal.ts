import { createMount, type RequestHandlers } from '../http/mount.js';
import { securityHeaders } from '../http/security-headers.js';
import type { Runtime } from '../runtime.js';
import { type PortalOptions, readPortalOptions } from './mount-options.js';
import type { PortalApi } from './portal-api.js';

export type { PortalCustomer, PortalOptions, PortalRateLimit } from './mount-options.js';
export type { PortalStrings } from './strings/strings.js';

/** The customers' portal as two request handlers: one for fetch-style servers and one for Node's HTTP server. */
export interface Portal extends RequestHandlers {
  /** Ends the live streams of open pages. */
  close(): void;
}

/**
 * Creates the portal: the pages on which customers read and write their own conversations, a JSON API and the widget.
 * Its code and assets are loaded at the first request. Throws `MOUNT_OPTION_INVALID`.
 */
export function createPortal(runtime: Runtime, api: PortalApi, given: PortalOptions): Portal {
  const options = readPortalOptions(given);
  const closing = new AbortController();
  const mounted = createMount({
    name: 'portal',
    address: 'whole',
    headers: securityHeaders,
    log: runtime.log,
    owns: (path) => path === options.base || path.startsWith(`${options.base}/`),
    async load() {
      const { createPortalApp } = await import('./app.js');
      const app = await createPortalApp({ runtime, api, options, closing: closing.signal });
      return { fetch: (request, native) => app.fetch(request, native) };
    },
  });
  return { ...mounted, close: () => closing.abort() };
}

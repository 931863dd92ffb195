import type { Handle } from '@sveltejs/kit/hooks';
import { support } from './lib/server/support';

/** Serves what belongs to Cairnloop; everything else is SvelteKit's. */
export const handle: Handle = async ({ event, resolve }) => {
  const [, mount] = /^\/(support|help|health|metrics)(?:\/|$)/.exec(event.url.pathname) ?? [];
  if (!mount) return resolve(event);
  const { workspace, portal, operations } = await support();
  if (mount === 'support') return workspace.fetch(event.request);
  if (mount === 'help') return portal.fetch(event.request);
  return operations.fetch(event.request);
};

import { eventStreamHeaders } from '../../http/live-streams.js';
import { identifyOperator } from '../access.js';
import type { Handler } from '../handler.js';

/** Tells an open page which conversations have changed; the page then asks for itself anew. Ids and nothing else. */
export const live: Handler = (c, services) => {
  if (c.req.method === 'HEAD') return c.body(null, 200, eventStreamHeaders);
  const personId = c.get('frame').operator.id;
  return services.streams.open({
    personId,
    signal: c.req.raw.signal,
    tell,
    caughtUp: tell([]),
    async isStillSignedIn() {
      const identity = await identifyOperator(c, services);
      return identity.state === 'known' && identity.person.id === personId;
    },
  });
};

/** Beyond it the ids are not worth their bytes: a page that is told nothing in particular looks anew as well. */
const maxIds = 200;

function tell(ids: readonly string[]): string {
  const told = ids.length === 0 || ids.length > maxIds ? '*' : ids.join(',');
  return `event: changed\ndata: ${told}\n\n`;
}

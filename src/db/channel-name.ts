import { createHash } from 'node:crypto';

/**
 * The name of a NOTIFY channel of one schema: `cairnloop_<what>_<hash>`. Channel names are identifiers of at most 63
 * bytes, and a schema's name may be as long already.
 */
export function channelName(what: 'activity' | 'jobs' | 'news', schema: string): string {
  return `cairnloop_${what}_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

import { createHash } from 'node:crypto';

/**
 * The name of a NOTIFY channel of one schema: `cairnloop_<what>_<hash>`. The schema is hashed, because a channel name
 * has at most 63 bytes and the schema's name alone may have as many.
 */
export function notifyChannelName(what: 'activity' | 'jobs' | 'news', schema: string): string {
  return `cairnloop_${what}_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

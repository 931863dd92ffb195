import { maxContentLength } from '../validation/input.js';

/** Most bytes of a content within the input limit. */
export const maxContentBytes = 4 * maxContentLength;

/** Budget for messages when one conversation is read, in bytes. */
export const loadedBytes = 8 * 1024 * 1024;

/** Budget for messages of all running calls of a topic, and of one, in bytes. */
const callBytes = { together: 64 * 1024 * 1024, one: 4 * 1024 * 1024 };

/** Budget of one call in a batch, in bytes. */
export function bytesPerCall(concurrency: number): number {
  return Math.min(callBytes.one, Math.floor(callBytes.together / concurrency));
}

/**
 * The newest messages, newest first, up to `limit` and `budget` bytes, always including the newest. `kept` marks them;
 * the contents of others are never read, because Postgres stores their size apart. If one was left out or cut, not all
 * rows are `whole`.
 */
export function newestMessages(s: string, where: string, limit: string, budget: string): string {
  return `
      SELECT *, kept AND octet_length(content) <= ${maxContentBytes} AS whole FROM (
        SELECT *, place <= ${limit} AND (place = 1 OR bytes_so_far <= ${budget}) AS kept FROM (
          SELECT *, row_number() OVER newest_first AS place,
            sum(${s}.message_bytes(content, metadata)) OVER newest_first AS bytes_so_far
          FROM (
            SELECT m.* FROM ${s}.messages m WHERE ${where} ORDER BY m.created_at DESC, m.id DESC LIMIT ${limit} + 1
          ) candidate
          WINDOW newest_first AS (ORDER BY created_at DESC, id DESC ROWS UNBOUNDED PRECEDING)
        ) counted
      ) chosen`;
}

/** A content that was stored past the limit of an input is cut to it. */
export const boundedContent = `CASE WHEN octet_length(content) <= ${maxContentBytes} THEN content ELSE left(content, ${maxContentLength}) END`;

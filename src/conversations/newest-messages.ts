import { maxContentLength } from '../validation/input.js';

/** No content within the limit of an input has more bytes than this. */
export const maxContentBytes = 4 * maxContentLength;

/** What a conversation may hold in messages where one is asked for, in bytes. */
export const loadedBytes = 8 * 1024 * 1024;

/** What all calls of one topic may be given in messages together, in bytes, and one of them. */
const callBytes = { together: 64 * 1024 * 1024, one: 4 * 1024 * 1024 };

/** What one call may be given in messages, in bytes, where so many are made at once. */
export function bytesPerCall(concurrency: number): number {
  return Math.min(callBytes.one, Math.floor(callBytes.together / concurrency));
}

/**
 * The newest messages of a conversation, newest first, until there are `limit` of them or they hold `budget` bytes; the
 * newest one always. `kept` tells which those are, and the contents of the others are never read: Postgres knows their
 * size without. Where one was left out or is cut, not all rows are `whole`.
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

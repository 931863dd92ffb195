import { maxContentLength } from '../validation/input.js';

/** Maximum size of a message's content within the limit for inputs, in bytes. */
export const maxMessageContentBytes = 4 * maxContentLength;

/** Maximum size of the messages that are loaded with one conversation, in bytes. */
export const maxLoadedMessageBytes = 8 * 1024 * 1024;

/** Maximum size of the messages for all running calls of a topic together, and for one call, in bytes. */
const callBytes = { together: 64 * 1024 * 1024, one: 4 * 1024 * 1024 };

/** Maximum size of the messages for one call, in bytes, when `concurrency` calls run at a time. */
export function maxMessageBytesPerCall(concurrency: number): number {
  return Math.min(callBytes.one, Math.floor(callBytes.together / concurrency));
}

/**
 * SQL for the newest messages, newest first, up to `limit` and `budget` bytes, always including the newest. `kept`
 * marks these; the contents of the others are never read, because Postgres stores the size of a value apart from it.
 * `whole` is false for a message that is left out or to be cut.
 */
export function newestMessagesSql(s: string, where: string, limit: string, budget: string): string {
  return `
      SELECT *, kept AND octet_length(content) <= ${maxMessageContentBytes} AS whole FROM (
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

/** SQL for a message's content. One that was stored past the limit for inputs is cut to that limit. */
export const truncatedMessageContentSql = `CASE WHEN octet_length(content) <= ${maxMessageContentBytes} THEN content ELSE left(content, ${maxContentLength}) END`;

import pg from 'pg';
import '../../dist/conversations/open.js';
import '../../dist/conversations/reply.js';
import { statementsByName } from '../../dist/db/statement.js';

/** The session settings of Cairnloop's connections that cost something. */
const options = '-c jit=off -c statement_timeout=25000 -c lock_timeout=10000';

/**
 * The statements that `open`, `receive` and `reply` send, with the same parameters, prepared, over a pool of the same size.
 * Nothing is validated, frozen or told to anybody.
 */
export function sameStatements(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10, options }).on('error', () => {});
  const sending = (name, paramsOf) => {
    const { text, values } = statementsByName.get(name);
    const query = { name, text: text('"cairnloop"') };
    return (...given) => pool.query({ ...query, values: values(paramsOf(...given)) });
  };
  const asked = { messageMetadata: {}, debounceMs: 2000, hasGenerator: false, traceparent: null };
  return {
    open: sending('conversation.open_with_message', (actorId, subject, content) => ({
      ...asked,
      ...{ actorId, subject, content, hostUserId: null, customer: null, priority: 'normal', tags: [] },
      ...{ metadata: {}, dedupeKey: null },
    })),
    receive: sending('conversation.receive', (id, content) => ({
      ...asked,
      ...{ id, content, dedupeKey: null, resumes: false },
    })),
    reply: sending('conversation.answer', (conversationId, content) => ({
      ...{ conversationId, content, messageId: null, role: 'operator', author: { id: 'someone' }, metadata: {} },
      ...{ dedupeKey: null, hasOnReply: true, traceparent: null },
    })),
    close: () => pool.end(),
  };
}

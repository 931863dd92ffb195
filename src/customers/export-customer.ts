import type { CustomerExport, ExportedRow } from '../contracts/customer-data.js';
import { hostIdSchema } from '../conversations/host-id-schema.js';
import type { Database } from '../db/connect.js';
import { runInSnapshot } from '../db/snapshot.js';
import { declareStatement, type Executor, type NoStatementParams, type Statement } from '../db/statement.js';
import { parseInput, strictObjectSchema } from '../validation/input.js';
import { hashText } from './hash-of-text.js';
import { conversationDeliveryIdsSql } from './remove-conversations.js';

/** The version of the exported document's format: raised when a key is removed or changes its meaning. */
const exportVersion = 1;

/** Reads everything that is stored about a customer, in one snapshot. Throws `INPUT_INVALID`. */
export async function exportCustomer(db: Database, actorId: string): Promise<CustomerExport> {
  const texts: string[] = [];
  await writeCustomerExport(db, actorId, (text) => void texts.push(text));
  return JSON.parse(texts.join(''));
}

/**
 * As {@link exportCustomer}, for customers whose data may not fit into memory: passes the document to `write` as JSON
 * text, piece by piece, and waits for each call. Returns how many conversations the document has.
 */
export function writeCustomerExport(
  db: Database,
  id: string,
  write: (text: string) => void | Promise<void>,
): Promise<number> {
  const { actorId } = parseInput('customers.export', strictObjectSchema({ actorId: hostIdSchema }), { actorId: id });
  return runInSnapshot(db, async (tx) => {
    const [now] = await tx.run(selectNow);
    const head = { format: 'cairnloop.customer', version: exportVersion, exportedAt: now?.now, actorId };
    await write(JSON.stringify(head).slice(0, -1));
    const written = await writeList(write, 'conversations', pages(tx, conversations, actorId), (row) =>
      writeConversation(tx, row, write),
    );
    await writeRows(write, 'audit', pages(tx, audit, actorId));
    await writeRows(write, 'portalWrites', pages(tx, portalWrites, hashText(actorId)));
    await writeRows(write, 'erasures', pages(tx, erasures, actorId));
    await writeRows(write, 'erasedCallbacks', pages(tx, erasedCallbacks, actorId));
    await write('}\n');
    return written;
  });
}

type Write = (text: string) => void | Promise<void>;

/** Number of rows read at a time. */
const pageSize = 500;

async function writeConversation(tx: Executor, row: ExportedRow, write: Write): Promise<void> {
  await write(JSON.stringify(row).slice(0, -1));
  const parts = { messages, drafts, pendingActions, slas, deliveries };
  for (const [key, found] of Object.entries(parts)) await writeRows(write, key, pages(tx, found, String(row.id)));
  await write('}');
}

function writeRows(write: Write, key: string, found: AsyncIterable<ExportedRow[]>): Promise<number> {
  return writeList(write, key, found, (row) => write(JSON.stringify(row)));
}

/** Writes `,"key":[…]`, which continues an object that has other keys already. Returns how many rows were written. */
async function writeList(
  write: Write,
  key: string,
  found: AsyncIterable<ExportedRow[]>,
  writeOne: (row: ExportedRow) => void | Promise<void>,
): Promise<number> {
  await write(`,${JSON.stringify(key)}:[`);
  let written = 0;
  for await (const rows of found) {
    for (const row of rows) {
      await write(written === 0 ? '\n' : ',\n');
      await writeOne(row);
      written += 1;
    }
  }
  await write(']');
  return written;
}

/** Yields the rows of a cursor, page by page, as they were when the snapshot began. */
async function* pages(tx: Executor, cursor: Cursor, of: string): AsyncGenerator<ExportedRow[]> {
  await tx.run(cursor.declare, { of });
  for (;;) {
    const rows = await tx.run(cursor.fetch);
    if (rows.length > 0) yield rows.map(toExported);
    if (rows.length < pageSize) break;
  }
  await tx.run(cursor.close);
}

/** Exports every column, so that a column which is added to a table is exported too. */
function toExported(row: Record<string, unknown>): ExportedRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value]));
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const selectNow = declareStatement<NoStatementParams, { now: Date }>(
  'customer.export_time',
  (s) => `SELECT ${s}.clock() AS now`,
);

interface Cursor {
  declare: Statement<{ of: string }>;
  fetch: Statement<NoStatementParams, Record<string, unknown>>;
  close: Statement<NoStatementParams>;
}

/** Declares a cursor over the rows that belong to a customer or a conversation; `of` is the id. */
function cursor(name: string, select: (s: string, of: string) => string): Cursor {
  return {
    declare: declareStatement(
      `export.${name}`,
      (s, p) => `DECLARE export_${name} NO SCROLL CURSOR FOR ${select(s, p.of)}`,
    ),
    fetch: declareStatement(`export.fetch_${name}`, () => `FETCH ${pageSize} FROM export_${name}`),
    close: declareStatement(`export.close_${name}`, () => `CLOSE export_${name}`),
  };
}

const conversations = cursor(
  'conversations',
  (s, actorId) => `SELECT * FROM ${s}.conversations WHERE actor_id = ${actorId} ORDER BY id`,
);

const messages = cursor(
  'messages',
  (s, id) => `SELECT * FROM ${s}.messages WHERE conversation_id = ${id}::uuid ORDER BY created_at, id`,
);

const drafts = cursor('drafts', (s, id) => `SELECT * FROM ${s}.drafts WHERE conversation_id = ${id}::uuid ORDER BY id`);

const pendingActions = cursor(
  'pending_actions',
  (s, id) => `SELECT * FROM ${s}.pending_actions WHERE conversation_id = ${id}::uuid ORDER BY id`,
);

const slas = cursor('slas', (s, id) => `SELECT * FROM ${s}.slas WHERE conversation_id = ${id}::uuid ORDER BY id`);

/** The deliveries of a conversation, each with its outcome if that is not written yet. */
const deliveries = cursor(
  'deliveries',
  (s, id) => `
    SELECT d.*, (SELECT to_jsonb(o) FROM ${s}.delivery_outcomes o WHERE o.delivery_id = d.id) AS outcome
    FROM ${s}.deliveries d WHERE d.id IN (${conversationDeliveryIdsSql(s, `ARRAY[${id}::uuid]`)}) ORDER BY d.id`,
);

/**
 * The audit lines of the customer's conversations. Lines of another customer's conversation are not included, whoever
 * acted there. A deleted conversation was the customer's if the customer opened it.
 */
const audit = cursor(
  'audit',
  (s, actorId) => `
    SELECT * FROM ${s}.audit_events
    WHERE conversation_id IN (SELECT id FROM ${s}.conversations WHERE actor_id = ${actorId})
    UNION ALL
    SELECT * FROM ${s}.audit_events e
    WHERE e.actor ->> 'id' = ${actorId} AND e.conversation_id = ANY (ARRAY(
      SELECT opened.conversation_id FROM ${s}.audit_events opened
      WHERE opened.action = 'conversation.opened' AND opened.actor ->> 'id' = ${actorId}
        AND NOT EXISTS (SELECT FROM ${s}.conversations c WHERE c.id = opened.conversation_id)))
    ORDER BY id`,
);

const portalWrites = cursor('portal_writes', (s, of) => `SELECT * FROM ${s}.portal_writes WHERE customer = ${of}`);

const erasures = cursor('erasures', (s, actorId) => `SELECT * FROM ${s}.erasures WHERE actor_id = ${actorId}`);

const erasedCallbacks = cursor(
  'erased_callbacks',
  (s, actorId) => `
    SELECT * FROM ${s}.deliveries
    WHERE topic = 'customer_erased' AND state IN ('pending', 'discarded')
      AND payload ->> 'actorId' = ${actorId} ORDER BY id`,
);

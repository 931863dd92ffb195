import {
  type AuditChainEvent,
  auditChainStart,
  type SealedAuditEvent,
  sealAuditEvents,
} from '../../../src/audit/hash-chain.js';
import { type AuditChainRow, auditChainColumns, toSealedAuditEvent } from '../../../src/audit/pages.js';
import type { TestDatabase } from '../../support/database.js';

const events = 'cairnloop.audit_events';

/** What the owner of the tables can do without the key: any statement, and every hash computed anew. */
export interface Attacker {
  query(sql: string): Promise<{ rows: Record<string, never>[] }>;
  /** Gives the lines from `seq` on the places and hashes that fit, and the recorded end too. */
  rehash(change?: (event: AuditChainEvent) => AuditChainEvent): Promise<void>;
  /** Takes every signature off, as if no key had ever been configured. */
  unsign(): Promise<void>;
  /** Puts back all tables as they were when fewer lines were sealed. */
  restoreEarlierCopy(): Promise<void>;
}

export type Found = 'found' | 'not found';

export interface Attack {
  what: string;
  /** Statements, or what takes more than statements. Several are alternatives, each of which must be found alike. */
  how: (string | ((attacker: Attacker) => Promise<unknown>))[];
  chain: Found;
  anchor: Found;
  key: Found;
  /** What the docs say besides. */
  note?: string;
}

/** What a rewrite can change without contradicting the erasure that the record holds. */
function rewritten(event: AuditChainEvent): AuditChainEvent {
  return event.actorErasedBy || event.action === 'audit.erased' ? event : { ...event, action: 'rewritten.all' };
}

/** Lines 1 to 12 are sealed, 3 to 5 hold something erased by line 10; two more wait for their seals. */
export const attacks: readonly Attack[] = [
  {
    what: 'A column of a sealed line changed',
    how: [
      'id = gen_random_uuid()',
      `at = at + interval '1 ms'`,
      `actor = '{"id": "nobody"}'`,
      `action = 'other.happened'`,
      'conversation_id = gen_random_uuid()',
      'subject_id = gen_random_uuid()',
      `detail = '{"n": 0}'`,
      'seq = 50',
      `hash = repeat('a', 64)`,
      'actor_salt = detail_salt',
      `detail_salt = '\\x00'`,
      'actor_salt = NULL',
      `actor_commitment = '\\x00'`,
      'format = NULL',
      'format = 1',
      'format = 3',
    ].map((change) => `UPDATE ${events} SET ${change} WHERE seq = 8`),
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A sealed line changed, all hashes after it and the recorded end computed anew',
    how: [
      async ({ query, rehash }) => {
        await query(`UPDATE ${events} SET actor = '{"id": "nobody"}' WHERE seq = 8`);
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line inserted among the sealed ones',
    how: [
      `UPDATE ${events} SET seq = seq + 100 WHERE seq > 8; UPDATE ${events} SET seq = seq - 99 WHERE seq > 100;
       INSERT INTO ${events} (at, actor, action, seq, hash) VALUES (now(), '{"id": "x"}', 'x', 9, repeat('b', 64))`,
      `INSERT INTO ${events} (at, actor, action, seq, hash) VALUES (now(), '{"id": "x"}', 'x', 13, repeat('b', 64))`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line inserted among the sealed ones, all hashes computed anew',
    how: [
      async ({ query, rehash }) => {
        await query(`UPDATE ${events} SET seq = seq + 100 WHERE seq > 8; UPDATE ${events} SET seq = seq - 99 WHERE seq > 100;
          INSERT INTO ${events} (at, actor, action, seq, hash, format, actor_salt, detail_salt)
          SELECT at, '{"id": "x"}', 'x', 9, hash, 2, actor_salt, detail_salt FROM ${events} WHERE seq = 8`);
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line appended after the last one, with a fitting hash and end',
    how: [
      async ({ query, rehash }) => {
        await query(`INSERT INTO ${events} (at, actor, action, seq, hash, format, actor_salt, detail_salt)
          SELECT at, '{"id": "x"}', 'x', 13, hash, 2, actor_salt, detail_salt FROM ${events} WHERE seq = 8`);
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'not found',
    key: 'found',
    note: 'An anchor proves what was sealed before it.',
  },
  {
    what: 'A line with seq 0, below 0 or far beyond the end',
    how: ['0', '-1', '500'].map(
      (seq) => `ALTER TABLE ${events} DROP CONSTRAINT IF EXISTS audit_events_seal;
        INSERT INTO ${events} (at, actor, action, seq, hash) VALUES (now(), '{"id": "x"}', 'x', ${seq}, repeat('c', 64))`,
    ),
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'Two lines with the same seq',
    how: [
      `DROP INDEX cairnloop.audit_events_chain;
       INSERT INTO ${events} (at, actor, action, seq, hash) VALUES (now(), '{"id": "x"}', 'x', 8, repeat('c', 64))`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line removed from the middle',
    how: [`DELETE FROM ${events} WHERE seq = 8`],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line removed from the middle, the rest renumbered and all hashes computed anew',
    how: [
      async ({ query, rehash }) => {
        await query(`DELETE FROM ${events} WHERE seq = 8`);
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'The last lines removed',
    how: [`DELETE FROM ${events} WHERE seq > 10`],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'The last lines removed, and the recorded end corrected',
    how: [
      async ({ query, rehash }) => {
        await query(`DELETE FROM ${events} WHERE seq > 10`);
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'The recorded end removed, or changed',
    how: [
      'DELETE FROM cairnloop.audit_chain_end',
      'UPDATE cairnloop.audit_chain_end SET seq = 11',
      `UPDATE cairnloop.audit_chain_end SET hash = repeat('d', 64)`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'Two lines that changed places',
    how: [
      `UPDATE ${events} SET seq = CASE seq WHEN 8 THEN 107 ELSE 108 END WHERE seq IN (7, 8); UPDATE ${events} SET seq = seq - 100 WHERE seq > 100`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'Two lines that changed places, all hashes computed anew',
    how: [
      async ({ query, rehash }) => {
        await query(
          `UPDATE ${events} SET seq = CASE seq WHEN 8 THEN 107 ELSE 108 END WHERE seq IN (7, 8); UPDATE ${events} SET seq = seq - 100 WHERE seq > 100`,
        );
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'The whole chain rewritten with fitting hashes',
    how: [
      ({ rehash }) => rehash(rewritten),
      ({ rehash }) =>
        rehash(({ format, actorSalt, detailSalt, actorCommitment, detailCommitment, ...event }) => ({
          ...event,
          actorErasedBy: null,
          detailErasedBy: null,
          action: 'rewritten.in_format_1',
        })),
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'The whole chain rewritten with fitting hashes, and every signature taken off',
    how: [
      async ({ rehash, unsign }) => {
        await rehash(rewritten);
        await unsign();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
    note: 'By the key only until a worker seals again. Then an `audit.key_changed` event and `verify` say when signing began.',
  },
  {
    what: 'The salts of two lines swapped',
    how: [
      `UPDATE ${events} e SET actor_salt = o.actor_salt, detail_salt = o.detail_salt FROM ${events} o
       WHERE (e.seq, o.seq) IN ((7, 8), (8, 7))`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line marked as erased without an erasure',
    how: [
      `UPDATE ${events} SET detail = '{"erased": true}', detail_salt = NULL, detail_erased_by = id WHERE seq = 8`,
      `UPDATE ${events} SET detail = '{"erased": true}', detail_salt = NULL, detail_commitment = '\\x00', detail_erased_by = id WHERE seq = 8`,
      async ({ query, rehash }) => {
        await query(`UPDATE ${events} SET detail = '{"erased": true}', detail_salt = NULL, actor_commitment = NULL,
          detail_commitment = '\\x00', detail_erased_by = (SELECT actor_erased_by FROM ${events} WHERE seq = 3) WHERE seq = 8`);
        await rehash();
      },
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A mark of an erasure removed, or moved to another erasure',
    how: [
      `UPDATE ${events} SET actor_erased_by = NULL WHERE seq = 3`,
      `UPDATE ${events} SET actor_erased_by = id WHERE seq = 3`,
      `UPDATE ${events} SET actor = '{"id": "somebody"}' WHERE seq = 3`,
      `UPDATE ${events} SET actor_commitment = '\\x00' WHERE seq = 3`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'An `audit.erased` line changed or removed',
    how: [
      `UPDATE ${events} SET detail = detail || '{"digest": "x"}' WHERE action = 'audit.erased'`,
      `UPDATE ${events} SET action = 'x' WHERE action = 'audit.erased'`,
      `DELETE FROM ${events} WHERE action = 'audit.erased'`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line that waits for its seal changed or removed',
    how: [
      `DELETE FROM ${events} WHERE id = (SELECT max(id::text)::uuid FROM ${events} WHERE seq IS NULL)`,
      `UPDATE ${events} SET detail = '{"n": 0}' WHERE seq IS NULL`,
      `UPDATE ${events} SET at = at + interval '1 ms' WHERE seq IS NULL`,
      'DELETE FROM cairnloop.audit_receipts',
      `UPDATE cairnloop.audit_receipts SET digest = 'x'`,
    ],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'A line that waits for its seal removed together with its receipt',
    how: [`DELETE FROM ${events} WHERE seq IS NULL; DELETE FROM cairnloop.audit_receipts`],
    chain: 'not found',
    anchor: 'not found',
    key: 'not found',
    note: 'A running worker seals every few seconds; only the lines of that time are open to this.',
  },
  {
    what: 'A number in a detail changed by less than a double can hold, such as 3 to 3.0000000000000000001',
    how: [`UPDATE ${events} SET detail = jsonb_set(detail, '{n}', '3.0000000000000000001') WHERE seq = 8`],
    chain: 'not found',
    anchor: 'not found',
    key: 'not found',
    note: 'RFC 8785 knows numbers as doubles. The API and the command line read the same number before and after.',
  },
  {
    what: 'The seal taken off the last lines',
    how: [`UPDATE ${events} SET seq = NULL, hash = NULL WHERE seq > 10`],
    chain: 'found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'The seal taken off the last lines to have them sealed anew, with receipts, and the recorded end corrected',
    how: [
      async ({ query, rehash }) => {
        await query(`UPDATE ${events} SET detail = '{"n": 0}' WHERE seq > 10;
          INSERT INTO cairnloop.audit_receipts SELECT e.id, cairnloop.audit_digest(e) FROM ${events} e WHERE seq > 10;
          UPDATE ${events} SET seq = NULL, hash = NULL, format = NULL, key_id = NULL, mac = NULL WHERE seq > 10`);
        await rehash();
      },
    ],
    chain: 'not found',
    anchor: 'found',
    key: 'found',
  },
  {
    what: 'All tables put back to an earlier copy',
    how: [({ restoreEarlierCopy }) => restoreEarlierCopy()],
    chain: 'not found',
    anchor: 'found',
    key: 'not found',
  },
];

/** Attacks on signatures, for a record that has some. */
export const signatureAttacks: readonly Attack[] = [
  {
    what: 'A signature or the id of its key changed or removed',
    how: [
      `UPDATE ${events} SET key_id = 'unknown' WHERE seq = 8`,
      `UPDATE ${events} SET key_id = NULL WHERE seq = 8`,
      `UPDATE ${events} SET mac = NULL WHERE seq = 8`,
      `UPDATE ${events} SET mac = (SELECT mac FROM ${events} WHERE seq = 7) WHERE seq = 8`,
      `UPDATE ${events} SET mac = NULL, key_id = NULL WHERE seq > 8`,
      'UPDATE cairnloop.audit_chain_end SET mac = NULL',
      'UPDATE cairnloop.audit_chain_end SET mac = NULL, key_id = NULL',
      `UPDATE cairnloop.audit_chain_end SET key_id = 'unknown'`,
      ({ unsign }) => unsign(),
    ],
    chain: 'not found',
    anchor: 'not found',
    key: 'found',
    note: 'The events themselves are unchanged.',
  },
];

export function attackerOn(database: TestDatabase, copies: { earlier: string }): Attacker {
  const query = (sql: string) => database.query(sql) as never;
  return {
    query,
    async rehash(change = (event) => event) {
      const { rows } = await database.query(
        `SELECT ${auditChainColumns} FROM cairnloop.audit_events WHERE seq IS NOT NULL ORDER BY seq`,
      );
      const changed = (rows as AuditChainRow[]).map((row) => change(toSealedAuditEvent(row)));
      const sealed = sealAuditEvents(auditChainStart, changed as AuditChainEvent[]);
      await database.query('UPDATE cairnloop.audit_events SET seq = seq + 1000 WHERE seq IS NOT NULL');
      for (const event of sealed) await rewrite(database, event);
      const last = sealed.at(-1);
      await database.query('UPDATE cairnloop.audit_chain_end SET seq = $1, hash = $2', [last?.seq, last?.hash]);
    },
    async unsign() {
      await query(`UPDATE ${events} SET mac = NULL, key_id = NULL`);
      await query('UPDATE cairnloop.audit_chain_end SET mac = NULL, key_id = NULL');
    },
    restoreEarlierCopy: () => restoreTables(database, copies.earlier),
  };
}

function rewrite(database: TestDatabase, event: SealedAuditEvent) {
  return database.query(
    `UPDATE cairnloop.audit_events SET seq = $2, hash = $3, action = $4, format = $5, actor_erased_by = $6, detail_erased_by = $7,
       actor_salt = decode($8, 'hex'), detail_salt = decode($9, 'hex'),
       actor_commitment = decode($10, 'hex'), detail_commitment = decode($11, 'hex') WHERE id = $1`,
    [
      event.id,
      event.seq,
      event.hash,
      event.action,
      event.format ?? null,
      event.actorErasedBy,
      event.detailErasedBy,
      event.actorSalt ?? null,
      event.detailSalt ?? null,
      event.actorCommitment ?? null,
      event.detailCommitment ?? null,
    ],
  );
}

const tables = ['audit_events', 'audit_receipts', 'audit_chain_end'];

export async function copyTables(database: TestDatabase, into: string): Promise<void> {
  await database.query(`CREATE SCHEMA ${into}`);
  for (const table of tables) await database.query(`CREATE TABLE ${into}.${table} AS TABLE cairnloop.${table}`);
}

export async function restoreTables(database: TestDatabase, from: string): Promise<void> {
  for (const table of tables) {
    await database.query(`DELETE FROM cairnloop.${table}`);
    await database.query(`INSERT INTO cairnloop.${table} SELECT * FROM ${from}.${table}`);
  }
}

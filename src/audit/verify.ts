import type { Database } from '../db/connect.js';
import { readSnapshot } from '../db/snapshot.js';
import { type Executor, statement } from '../db/statement.js';
import {
  type BrokenLink,
  type ChainCheck,
  chainStart,
  type Link,
  type SealedEvent,
  verifyChain,
} from './hash-chain.js';
import { sealedPages } from './pages.js';

export interface AuditCheck extends ChainCheck {
  /** How many events no seal protects yet; a running worker seals them within seconds. */
  unsealed: number;
}

/**
 * Reads the whole record in the order of its seals and answers how far the chain holds. The end of a chain can be cut
 * off without a trace in the chain itself: hand in an `end` that was answered before, and it must still be there.
 */
export function verifyAudit(db: Database, known?: Link): Promise<AuditCheck> {
  return readSnapshot(db, async (tx) => {
    const { end, broken } = await checkChain(tx, known);
    return { end, broken: broken ?? (await unsealedFault(tx, end)), unsealed: await countUnsealed(tx) };
  });
}

async function checkChain(tx: Executor, known?: Link): Promise<ChainCheck> {
  let end = chainStart;
  for await (const page of sealedPages(tx)) {
    const check = verifyChain(page, end);
    const broken = check.broken ?? replaced(page, known);
    if (broken) return { end: check.end, broken };
    end = check.end;
  }
  return { end, broken: cutOff(end, known) };
}

/** A chain that was sealed anew from some place on fits in itself, but not with what was known of it. */
function replaced(page: readonly SealedEvent[], known: Link | undefined): BrokenLink | null {
  const event = page.find(({ seq }) => seq === known?.seq);
  if (!event || event.hash === known?.hash) return null;
  return {
    seq: event.seq,
    eventId: event.id,
    reason: `event ${event.seq} is sealed with another hash than was expected`,
  };
}

function cutOff(end: Link, known: Link | undefined): BrokenLink | null {
  if (!known || known.seq <= end.seq) return null;
  return { seq: end.seq + 1, eventId: null, reason: `the record ends at event ${end.seq}; expected ${known.seq}` };
}

interface FaultRow {
  event_id: string;
  fault: 'deleted' | 'changed' | 'unknown';
}

const faultReasons: Record<FaultRow['fault'], string> = {
  deleted: 'an event was deleted before it was sealed',
  changed: 'an event was changed before it was sealed',
  unknown: 'an event that waits for its seal has no receipt: it was put in, or its seal taken off',
};

/** What no chain protects yet has receipts: one without its event, or an event without one, is a trace. */
async function unsealedFault(tx: Executor, end: Link): Promise<BrokenLink | null> {
  const [first] = await tx.run<FaultRow>(selectFaults);
  return first ? { seq: end.seq + 1, eventId: first.event_id, reason: faultReasons[first.fault] } : null;
}

const selectFaults = statement(
  'audit.receipt_faults',
  (s) => `SELECT event_id, fault FROM ${s}.audit_receipt_faults() ORDER BY event_id LIMIT 1`,
);

async function countUnsealed(tx: Executor): Promise<number> {
  const [row] = await tx.run<{ count: string }>(selectCount);
  return Number(row?.count);
}

const selectCount = statement(
  'audit.count_unsealed',
  (s) => `SELECT count(*) FROM ${s}.audit_events WHERE seq IS NULL`,
);

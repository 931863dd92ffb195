import type { Database } from '../db/connect.js';
import { runInSnapshot } from '../db/snapshot.js';
import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import { type AuditChainEnd, findChainEndFault, readAuditChainEnd } from './chain-end.js';
import { findErasureFault } from './erasures.js';
import {
  type AuditChainBreak,
  type AuditChainLink,
  auditChainStart,
  type SealedAuditEvent,
  verifyAuditChain,
} from './hash-chain.js';
import { type AuditKeys, noAuditKeys } from './keys.js';
import { type AuditLevel, type AuditLevelResults, describeAuditLevels } from './levels.js';
import { sealedPages } from './pages.js';
import { auditFaultFoundAction } from './seal.js';
import { type AuditSignatures, checkEventSignature, noAuditSignatures } from './signatures.js';

export interface AuditVerification {
  /** The last event of the audit chain; if a fault was found, the last event before it. */
  end: AuditChainLink;
  broken: AuditFault | null;
  /** How many audit events are not sealed yet; a running worker seals them within seconds. */
  unsealed: number;
  /** What each level of protection proves about the audit record. */
  levels: AuditLevelResults;
  /** True where no fault was found and every signature that should exist was checked. */
  intact: boolean;
}

/** A place where the audit record differs from what was sealed, and the level of protection that shows it. */
export type AuditFault = AuditChainBreak & { level: AuditLevel };

/** Anchors and keys against which an audit record is checked. */
export interface AuditVerifyOptions {
  /** Ends of the chain that were kept outside of the database; each must still be a place of the chain. */
  anchors?: readonly AuditChainLink[];
  keys?: AuditKeys;
  /** Called after each page of events that was checked, with the number of its last event. */
  onPage?(seq: number): void;
}

/** The state of a verification while it reads the chain. */
interface Reading {
  end: AuditChainLink;
  broken: AuditFault | null;
  signatures: AuditSignatures;
}

/** Verifies the whole audit record in the order of its seals. Returns how far it is intact, and what that proves. */
export function verifyAudit(
  db: Database,
  { anchors = [], keys = noAuditKeys, onPage = () => {} }: AuditVerifyOptions = {},
): Promise<AuditVerification> {
  return runInSnapshot(db, async (tx) => {
    const read = await readChain(tx, { anchors, keys, onPage });
    const found = await readAuditChainEnd(tx);
    const broken =
      read.broken ??
      cutOff(read.end, anchors) ??
      (await unsealedFault(tx, read.end)) ??
      endBroken(read.end, found, keys) ??
      (await erasureBroken(tx, read.end));
    const { levels, proven } = describeAuditLevels({
      ...read,
      broken,
      anchors,
      keys,
      endKeyId: found.recorded?.keyId ?? null,
    });
    return { end: read.end, broken, unsealed: await countUnsealed(tx), levels, intact: broken === null && proven };
  });
}

async function readChain(tx: Executor, { anchors, keys, onPage }: Required<AuditVerifyOptions>): Promise<Reading> {
  let reading: Reading = { end: auditChainStart, broken: null, signatures: noAuditSignatures };
  let formats = 1;
  for await (const page of sealedPages(tx)) {
    for (const event of page) {
      const fault = chainBroken(reading.end, event) ?? formatBroken(formats, event) ?? anchorBroken(event, anchors);
      const { signatures, fault: unsigned } = checkEventSignature(reading.signatures, event, keys);
      const broken = fault ?? (unsigned === null ? null : faultAt(event, 'key', unsigned)) ?? recordedFault(event);
      if (broken) return { ...reading, broken };
      reading = { end: { seq: event.seq, hash: event.hash }, broken: null, signatures };
      formats = event.format ?? 1;
    }
    onPage(reading.end.seq);
  }
  return reading;
}

function chainBroken(end: AuditChainLink, event: SealedAuditEvent): AuditFault | null {
  const { broken } = verifyAuditChain([event], end);
  return broken && { ...broken, level: 'chain' };
}

function formatBroken(before: number, event: SealedAuditEvent): AuditFault | null {
  if ((event.format ?? 1) >= before) return null;
  return faultAt(event, 'chain', `event ${event.seq} is sealed by an older format than the event before it`);
}

/**
 * Reports an event whose hash differs from an anchor's. A chain that was sealed again is consistent in itself, but does
 * not match an anchor.
 */
function anchorBroken(event: SealedAuditEvent, anchors: readonly AuditChainLink[]): AuditFault | null {
  const replaced = anchors.some(({ seq, hash }) => seq === event.seq && hash !== event.hash);
  return replaced ? faultAt(event, 'anchor', `event ${event.seq} is sealed with another hash than was expected`) : null;
}

/** Reports an event by which the sealer recorded a change that it found. */
function recordedFault(event: SealedAuditEvent): AuditFault | null {
  if (event.action !== auditFaultFoundAction) return null;
  return faultAt(
    event,
    'chain',
    `event ${event.seq} records a fault that was found while sealing: ${event.detail.fault}`,
  );
}

function faultAt({ seq, id }: SealedAuditEvent, level: AuditLevel, reason: string): AuditFault {
  return { seq, eventId: id, reason, level };
}

function cutOff(end: AuditChainLink, anchors: readonly AuditChainLink[]): AuditFault | null {
  const seq = Math.max(0, ...anchors.map((anchor) => anchor.seq));
  if (seq <= end.seq) return null;
  const reason = `the record ends at event ${end.seq}; expected ${seq}`;
  return { seq: end.seq + 1, eventId: null, reason, level: 'anchor' };
}

function endBroken(end: AuditChainLink, found: AuditChainEnd, keys: AuditKeys): AuditFault | null {
  const plain = findChainEndFault(found, noAuditKeys);
  const reason = plain ?? findChainEndFault(found, keys);
  return reason === null ? null : { seq: end.seq + 1, eventId: null, reason, level: plain ? 'chain' : 'key' };
}

async function erasureBroken(tx: Executor, end: AuditChainLink): Promise<AuditFault | null> {
  const fault = await findErasureFault(tx);
  const reason = 'the events that are marked as erased are not those that an "audit.erased" event covers';
  return fault && { seq: fault.seq ?? end.seq + 1, eventId: fault.eventId, reason, level: 'chain' };
}

interface FaultRow {
  event_id: string;
  fault: 'deleted' | 'changed' | 'unknown';
}

const faultReasons: Record<FaultRow['fault'], string> = {
  deleted: 'an event was deleted before it was sealed',
  changed: 'an event was changed before it was sealed',
  unknown:
    'an unsealed event has no receipt of the insert trigger: it was inserted past the trigger, or its seal was removed',
};

/**
 * Reports tampering with unsealed audit events. A trigger writes a receipt for each event, so a receipt without its
 * event, or an event without its receipt, shows tampering.
 */
async function unsealedFault(tx: Executor, end: AuditChainLink): Promise<AuditFault | null> {
  const [first] = await tx.run(selectFaults);
  return first
    ? { seq: end.seq + 1, eventId: first.event_id, reason: faultReasons[first.fault], level: 'chain' }
    : null;
}

const selectFaults = declareStatement<NoStatementParams, FaultRow>(
  'audit.receipt_faults',
  (s) => `SELECT event_id, fault FROM ${s}.audit_receipt_faults() ORDER BY event_id LIMIT 1`,
);

async function countUnsealed(tx: Executor): Promise<number> {
  const [row] = await tx.run(selectCount);
  return Number(row?.count);
}

const selectCount = declareStatement<NoStatementParams, { count: string }>(
  'audit.count_unsealed',
  (s) => `SELECT count(*) FROM ${s}.audit_events WHERE seq IS NULL`,
);

import { createHash, createHmac, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AuditEvent } from '../contracts/domain.js';

/** The fields of an audit event that can hold a person's data. */
export const erasableFields = ['actor', 'detail'] as const;
export type ErasableField = (typeof erasableFields)[number];

/** The values that replace erased fields. */
export const valuesOfErasedFields = { actor: { id: 'erased' }, detail: { erased: true } } as const;

/** How an audit event was sealed. Absent fields mean format 1: an event sealed before migration 0016. */
export interface AuditSeal {
  format?: number | null;
  /** The salt of the field's commitment: 16 random bytes in hexadecimal, null once the field is erased. */
  actorSalt?: string | null;
  detailSalt?: string | null;
  /** The commitments of actor and detail, stored with an event of which at least one of the two was erased. */
  actorCommitment?: string | null;
  detailCommitment?: string | null;
  /** The id of the `audit.erased` event that erased the field. */
  actorErasedBy?: string | null;
  detailErasedBy?: string | null;
}

/** An audit event in the form that is hashed. `at` is text if a Date would lose the stored microseconds. */
export type AuditChainEvent = Omit<AuditEvent, 'at'> & { at: Date | string } & AuditSeal;

/**
 * Hashes the audit event at place `seq`, by the rule of its format: SHA-256 over the hash of the event before it, a
 * line feed, and canonical JSON (RFC 8785), in UTF-8. Format 1 hashes the event with its `seq`. Format 2 hashes the
 * commitments to `actor` and `detail` in place of their values. `at` is ISO-8601 in UTC with three digits of a second,
 * or with all that are stored.
 */
export function hashAuditEvent(previousHash: string, seq: number, event: AuditChainEvent): string {
  const { id, at, actor, action, conversationId, subjectId, detail } = event;
  const sealed =
    (event.format ?? 1) === 1
      ? { seq, id, at, actor, action, conversationId, subjectId, detail }
      : { format: event.format, seq, id, at, action, conversationId, subjectId, ...computeFieldCommitments(event) };
  return createHash('sha256')
    .update(`${previousHash}\n${canonicalize(sealed)}`)
    .digest('hex');
}

/** Prepares an audit event for sealing: gives each field that is not erased and has no salt a random one. */
export function addFieldSalts<E extends AuditChainEvent>(event: E): E & { format: number } {
  return {
    ...event,
    format: 2,
    actorSalt: event.actorErasedBy ? null : (event.actorSalt ?? createFieldSalt()),
    detailSalt: event.detailErasedBy ? null : (event.detailSalt ?? createFieldSalt()),
  };
}

/**
 * The commitments that a hash of format 2 covers, one per field: computed, or the stored one where the field was
 * erased.
 */
export function computeFieldCommitments(event: AuditChainEvent): Record<ErasableField, string> {
  return {
    actor: event.actorErasedBy ? storedCommitment(event.actorCommitment) : commit(event.actorSalt, event.actor),
    detail: event.detailErasedBy ? storedCommitment(event.detailCommitment) : commit(event.detailSalt, event.detail),
  };
}

/** HMAC-SHA-256 of a value's canonical JSON under its salt. Without the salt nobody can test a guess of the value. */
function commit(salt: string | null | undefined, value: unknown): string {
  if (!salt || !/^[0-9a-f]{32}$/.test(salt)) throw new TypeError('an audit field lacks its salt');
  return createHmac('sha256', Buffer.from(salt, 'hex'))
    .update(canonicalize(value) as string)
    .digest('hex');
}

function storedCommitment(commitment: string | null | undefined): string {
  if (!commitment) throw new TypeError('an erased audit field lacks its commitment');
  return commitment;
}

export function createFieldSalt(): string {
  return randomBytes(16).toString('hex');
}

/** Names a contradiction between an audit event's fields and its erasure marks; null if there is none. */
export function findErasureMarkFault(event: AuditChainEvent): string | null {
  for (const field of erasableFields) {
    const [salt, stored, erasedBy] = [event[`${field}Salt`], event[`${field}Commitment`], event[`${field}ErasedBy`]];
    if (erasedBy) {
      if (salt || !stored || canonicalize(event[field]) !== canonicalize(valuesOfErasedFields[field]))
        return `the ${field} is marked as erased, but is not what an erasure leaves`;
    } else if (stored && stored !== commit(salt, event[field]))
      return `the ${field} was changed after the event was sealed`;
    else if (!stored && hasErasedField(event)) return `the ${field} lacks the commitment that an erasure writes`;
  }
  return null;
}

export function hasErasedField({ actorErasedBy, detailErasedBy }: AuditSeal): boolean {
  return Boolean(actorErasedBy || detailErasedBy);
}

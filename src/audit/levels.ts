import type { AuditChainLink } from './hash-chain.js';
import type { AuditKeys } from './keys.js';
import type { AuditSignatures } from './signatures.js';

/**
 * The levels of protection of the audit record: the hash chain alone, an end of it kept elsewhere, a key that signs it.
 */
export const auditLevels = ['chain', 'anchor', 'key'] as const;
export type AuditLevel = (typeof auditLevels)[number];

export interface AuditLevelResult {
  /** `missing`: events are signed with a key that is not configured, or a key is configured and nothing is signed. */
  status: 'holds' | 'broken' | 'missing' | 'unused';
  /** What this level of protection proves about the audit record, or why it proves nothing. */
  proves: string;
}

export type AuditLevelResults = Record<AuditLevel, AuditLevelResult>;

interface Read {
  end: AuditChainLink;
  broken: { level: AuditLevel; reason: string } | null;
  signatures: AuditSignatures;
  anchors: readonly AuditChainLink[];
  keys: AuditKeys;
  /** The id of the key that signed the recorded end of the chain; null where it is unsigned. */
  endKeyId: string | null;
}

/**
 * Says what each level of protection proves; `proven` is false if a key should have been checked and could not be.
 * Pure.
 */
export function describeAuditLevels(read: Read): { levels: AuditLevelResults; proven: boolean } {
  const levels = { chain: chainLevel(read), anchor: anchorLevel(read), key: keyLevel(read) };
  return { levels, proven: levels.key.status !== 'missing' };
}

function chainLevel({ end, broken }: Read): AuditLevelResult {
  if (broken?.level === 'chain') return { status: 'broken', proves: broken.reason };
  return {
    status: 'holds',
    proves: `the ${end.seq} sealed event(s) fit together. The owner of the tables could have sealed all of them again.`,
  };
}

function anchorLevel({ end, broken, anchors }: Read): AuditLevelResult {
  if (broken?.level === 'anchor') return { status: 'broken', proves: broken.reason };
  const reached = anchors.filter(({ seq }) => seq <= end.seq).map(({ seq }) => seq);
  if (reached.length === 0)
    return {
      status: 'unused',
      proves: 'nothing is proven: no anchor was given (--anchor), or the chain breaks before it.',
    };
  return {
    status: 'holds',
    proves: `events 1 to ${Math.max(...reached)} are unchanged since the anchor was made: not even the owner of the tables could have changed them unnoticed.`,
  };
}

function keyLevel({ end, broken, signatures, keys, endKeyId }: Read): AuditLevelResult {
  if (broken?.level === 'key') return { status: 'broken', proves: broken.reason };
  const unknown = [...new Set([...signatures.unknown, ...unknownKey(endKeyId, keys)])];
  if (unknown.length > 0)
    return {
      status: 'missing',
      proves: `nothing is proven yet: events are signed with key ${unknown.join(', ')}, which is not in the config (audit.key, audit.previousKeys).`,
    };
  if (!keys.current)
    return { status: 'unused', proves: 'nothing is proven: no key is configured (audit.key) and nothing is signed.' };
  if (endKeyId === null) return unsigned(end);
  const since = signatures.since
    ? `, event ${signatures.since.seq} being the first that is signed (${signatures.since.at})`
    : '';
  return {
    status: 'holds',
    proves: `events 1 to ${end.seq} and the end of the chain were signed by a process that has the key${since}.`,
  };
}

function unknownKey(endKeyId: string | null, keys: AuditKeys): string[] {
  return endKeyId !== null && !keys.byId.has(endKeyId) ? [endKeyId] : [];
}

function unsigned(end: AuditChainLink): AuditLevelResult {
  if (end.seq === 0) return { status: 'unused', proves: 'nothing is proven yet: no event is sealed.' };
  return {
    status: 'missing',
    proves:
      'nothing is proven: a key is configured, but the chain is not signed. Either no worker has run with the key yet, or its signatures were removed.',
  };
}

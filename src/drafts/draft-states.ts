import type { DraftStatus } from '../contracts/domain.js';

export const draftActions = ['approve', 'edit', 'discard', 'use', 'supersede'] as const;

/**
 * `approve` sends a draft as it stands, `edit` with the operator's words; `use` takes a prepared one as material for a
 * reply that the operator sends; `discard` drops it; `supersede` is what a newer customer message does.
 */
export type DraftAction = (typeof draftActions)[number];

/** Every legal step: what is not here cannot happen, so a draft becomes at most one message. */
const steps: Record<DraftAction, Partial<Record<DraftStatus, DraftStatus>>> = {
  approve: { pending: 'approved' },
  edit: { pending: 'edited' },
  discard: { pending: 'discarded', prepared: 'discarded' },
  use: { prepared: 'edited' },
  supersede: { pending: 'superseded' },
};

const reasons: Record<DraftStatus, string> = {
  pending: 'it waits for approval',
  prepared: 'the policy asked for no approval; an operator may use it',
  approved: 'it was sent already',
  edited: 'it was sent already, with the words of an operator',
  allowed: 'it was sent already, without review',
  discarded: 'an operator dropped it',
  denied: 'the policy denied it and none of its words were kept',
  superseded: 'the customer has written since',
};

/** The status after `action`, or why it is refused; `reason` completes "The draft cannot be …: ". */
export function nextStatus(
  status: DraftStatus,
  action: DraftAction,
): { ok: true; status: DraftStatus } | { ok: false; reason: string } {
  const next = steps[action][status];
  return next ? { ok: true, status: next } : { ok: false, reason: reasons[status] };
}

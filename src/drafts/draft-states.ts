import type { DraftStatus } from '../contracts/domain.js';

export const draftActions = ['approve', 'edit', 'discard', 'use', 'supersede'] as const;

/**
 * `approve` sends a draft as it is, `edit` with the operator's text; `use` turns a prepared draft into a reply;
 * `discard` drops a draft; `supersede` is the effect of a newer customer message.
 */
export type DraftAction = (typeof draftActions)[number];

/** The allowed transitions of drafts: by action, from a status to the next. A draft becomes at most one message. */
const steps: Record<DraftAction, Partial<Record<DraftStatus, DraftStatus>>> = {
  approve: { pending: 'approved' },
  edit: { pending: 'edited' },
  discard: { pending: 'discarded', prepared: 'discarded' },
  use: { prepared: 'edited' },
  supersede: { pending: 'superseded' },
};

const reasons: Record<DraftStatus, string> = {
  pending: 'the draft waits for approval',
  prepared: 'the policy asked for no approval; an operator may use the draft',
  approved: 'the draft was sent already',
  edited: "the draft was sent already, with an operator's text",
  allowed: 'the draft was sent already, without review',
  discarded: 'an operator discarded the draft',
  denied: 'the policy denied the draft, and its text was not kept',
  superseded: 'the customer has written since',
};

/** The status of a draft after `action`, or why the action is refused; `reason` completes "The draft cannot be …: ". */
export function nextDraftStatus(
  status: DraftStatus,
  action: DraftAction,
): { ok: true; status: DraftStatus } | { ok: false; reason: string } {
  const next = steps[action][status];
  return next ? { ok: true, status: next } : { ok: false, reason: reasons[status] };
}

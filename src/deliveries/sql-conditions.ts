/**
 * SQL condition: the delivery is not settled. For lookups by id or key. It is not written as `state = 'pending'`,
 * because with stale statistics the planner would then pick an index of pending deliveries, which may be bloated by all
 * that were settled while an old snapshot was open.
 */
export const isUnsettledSql = `state NOT IN ('done', 'discarded')`;

/** SQL condition: the delivery is not claimed, or its lease has expired. */
export const isUnclaimedSql = (s: string) => `(lease_until IS NULL OR lease_until <= ${s}.clock())`;

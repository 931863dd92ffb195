/**
 * The condition for a delivery that is looked up by its id or its key. It says which states it may not be in, rather
 * than `state = 'pending'`, so that no index of pending deliveries is used: where statistics find nothing pending, the
 * planner takes such an index for small, while behind an old snapshot it holds all that was settled since.
 */
export const isUnsettled = `state NOT IN ('done', 'discarded')`;

/** SQL condition: the delivery is not claimed, or its lease has expired. */
export const isUnclaimed = (s: string) => `(lease_until IS NULL OR lease_until <= ${s}.clock())`;

import { type InspectedHostValue, inspectHostValue } from './host-value.js';

/** How deep a copy nests at most, and how many children of one map or list it keeps: more than any page shows. */
const maxDepth = 20;
const maxChildren = 1000;
/** The most values that one copy keeps in all. */
const maxValues = 10_000;

/**
 * Copies the ContextProvider's map into plain data for a policy or generator: scalars and dates as they are, lists and
 * maps as arrays and objects. Leaves out other values, cycles and `__proto__`. Returns null if the value is not a map.
 * Pure; never throws.
 */
export function copyContextMap(map: unknown): Record<string, unknown> | null {
  const seen = inspectHostValue(map, maxChildren);
  if (seen.kind !== 'map') return null;
  return copy(seen, [], { left: maxValues }) as Record<string, unknown>;
}

function copy(seen: InspectedHostValue, parents: readonly object[], budget: { left: number }): unknown {
  budget.left -= 1;
  if (seen.kind === 'scalar') return seen.value;
  if (seen.kind === 'unsupported' || parents.includes(seen.source)) return undefined;
  if (parents.length === maxDepth || budget.left < 0) return undefined;
  const within = [...parents, seen.source];
  const copies = seen.children
    .map(
      ({ key, value }) =>
        [key, copy(inspectHostValue(value, Math.min(maxChildren, Math.max(budget.left, 0))), within, budget)] as const,
    )
    .filter(([key, value]) => value !== undefined && key !== '__proto__');
  return seen.kind === 'list' ? copies.map(([, value]) => value) : Object.fromEntries(copies);
}

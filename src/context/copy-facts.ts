import { type HostValue, inspectValue } from './host-value.js';

/** Levels and children that a copy keeps: more than any rail shows. */
const maxDepth = 20;
const maxChildren = 1000;
/** Most values of a whole copy. */
const maxValues = 10_000;

/**
 * A plain copy of the provider's map for a policy or generator: scalars and dates as they are, lists and maps as arrays
 * and objects. Other values, cycles and `__proto__` are left out. Null if it is no map. Pure; never throws.
 */
export function copyFacts(map: unknown): Record<string, unknown> | null {
  const seen = inspectValue(map, maxChildren);
  if (seen.kind !== 'map') return null;
  return copy(seen, [], { left: maxValues }) as Record<string, unknown>;
}

function copy(seen: HostValue, parents: readonly object[], budget: { left: number }): unknown {
  budget.left -= 1;
  if (seen.kind === 'scalar') return seen.value;
  if (seen.kind === 'unsupported' || parents.includes(seen.source)) return undefined;
  if (parents.length === maxDepth || budget.left < 0) return undefined;
  const within = [...parents, seen.source];
  const copies = seen.children
    .map(
      ({ key, value }) =>
        [key, copy(inspectValue(value, Math.min(maxChildren, Math.max(budget.left, 0))), within, budget)] as const,
    )
    .filter(([key, value]) => value !== undefined && key !== '__proto__');
  return seen.kind === 'list' ? copies.map(([, value]) => value) : Object.fromEntries(copies);
}

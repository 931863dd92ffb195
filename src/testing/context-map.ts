import { describeFoundValue } from '../foundation/describe-found.js';
import type { ModuleCallProblem } from './judge-calls.js';

/** How many levels of nested maps the workspace shows. */
const maxDepth = 6;

/**
 * The first problem of a map that a ContextProvider returned: that it is no map or unreadable, else a value that the
 * workspace cannot show.
 */
export function findContextMapProblem(map: unknown): ModuleCallProblem | undefined {
  if (!isMap(map)) {
    const message = `expected ok({ section: { label: value } }), found ok of ${describeFoundValue(map)}`;
    return { level: 'problem', code: 'NOT_A_MAP', message };
  }
  try {
    return unrenderable(map, 'the map', 1, new Set());
  } catch {
    return { level: 'problem', code: 'UNREADABLE', message: 'returned a map that throws when it is read' };
  }
}

function unrenderable(
  value: unknown,
  path: string,
  depth: number,
  above: ReadonlySet<unknown>,
): ModuleCallProblem | undefined {
  if (above.has(value)) return warning(path, 'is a cycle, which the workspace cuts off');
  if (Array.isArray(value)) return firstOf(Object.entries(value), path, depth, new Set([...above, value]));
  if (!isMap(value)) return isScalar(value) ? undefined : warning(path, `cannot be shown: found ${named(value)}`);
  if (depth > maxDepth)
    return warning(path, `lies deeper than the ${maxDepth} levels of maps that the workspace shows`);
  return firstOf(Object.entries(value), path, depth + 1, new Set([...above, value]));
}

function firstOf(entries: [string, unknown][], path: string, depth: number, above: ReadonlySet<unknown>) {
  for (const [key, value] of entries) {
    const verdict = unrenderable(value, `${path}.${key.slice(0, 60)}`, depth, above);
    if (verdict) return verdict;
  }
  return undefined;
}

function warning(path: string, what: string): ModuleCallProblem {
  return { level: 'warning', code: 'UNRENDERABLE', message: `${path} ${what}` };
}

function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // The prototype of a plain object has no prototype itself, also if the object comes from another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isScalar(value: unknown): boolean {
  return (
    value === null ||
    ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ||
    Object.prototype.toString.call(value) === '[object Date]'
  );
}

function named(value: unknown): string {
  const name = typeof value === 'object' ? (value as object).constructor?.name : undefined;
  return name ? `an instance of ${name}` : describeFoundValue(value);
}

import { types } from 'node:util';

/** A value from the host, inspected without trusting it: getters may throw, proxies may lie, lists may be huge. */
export type InspectedHostValue =
  | { kind: 'scalar'; value: string | number | bigint | boolean | Date | null }
  | { kind: 'list'; source: object; children: HostValueChild[]; size: number }
  | { kind: 'map'; source: object; children: HostValueChild[]; size: number }
  | { kind: 'unsupported'; what: string };

export interface HostValueChild {
  /** The key in a map; empty for an item of a list. */
  key: string;
  value: unknown;
}

const unreadable = 'a value that cannot be read';

/** Stands for the value of a property whose getter threw. */
const thrown = Symbol(unreadable);

/**
 * Classifies a value and lists at most `limit` of its children; `size` counts all. Maps are plain objects and `Map`,
 * lists are arrays and `Set`; any other instance is read by its `toJSON` if that returns a scalar, as decimals and URLs
 * do. Never throws.
 */
export function inspectHostValue(value: unknown, limit: number): InspectedHostValue {
  try {
    if (typeof value === 'object' && value !== null) return inspectObject(value, limit);
    if (value === undefined || value === null) return { kind: 'scalar', value: null };
    if (value === thrown) return { kind: 'unsupported', what: unreadable };
    if (typeof value === 'function' || typeof value === 'symbol')
      return { kind: 'unsupported', what: `a ${typeof value}` };
    return { kind: 'scalar', value: value as string | number | bigint | boolean };
  } catch {
    return { kind: 'unsupported', what: unreadable };
  }
}

function inspectObject(source: object, limit: number): InspectedHostValue {
  if (types.isDate(source)) return inspectDate(source);
  if (Array.isArray(source)) {
    const children = Array.from({ length: Math.min(source.length, limit) }, (_, index) => readChild(source, index, ''));
    return { kind: 'list', source, children, size: source.length };
  }
  if (types.isSet(source)) {
    const children = [...take(Set.prototype.values.call(source), limit)].map((value) => ({ key: '', value }));
    return { kind: 'list', source, children, size: source.size };
  }
  if (types.isMap(source)) {
    const entries = [...take(Map.prototype.entries.call(source), limit)];
    return {
      kind: 'map',
      source,
      children: entries.map(([key, value]) => ({ key: keyText(key), value })),
      size: source.size,
    };
  }
  if (!isPlain(source)) return inspectInstance(source);
  const keys = Object.keys(source);
  return {
    kind: 'map',
    source,
    children: keys.slice(0, limit).map((key) => readChild(source, key, key)),
    size: keys.length,
  };
}

function inspectDate(date: Date): InspectedHostValue {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time)
    ? { kind: 'unsupported', what: 'an invalid date' }
    : { kind: 'scalar', value: new Date(time) };
}

function inspectInstance(source: object): InspectedHostValue {
  const { toJSON, constructor: made } = source as { toJSON?: unknown; constructor?: { name?: unknown } };
  const json: unknown = typeof toJSON === 'function' ? toJSON.call(source) : undefined;
  if (['string', 'number', 'boolean'].includes(typeof json)) return inspectHostValue(json, 0);
  const name = made?.name;
  return {
    kind: 'unsupported',
    what: typeof name === 'string' && name ? `an instance of ${name.slice(0, 100)}` : 'an object',
  };
}

/** Whether an object is plain, even if it comes from another realm, which has its own `Object.prototype`. */
function isPlain(source: object): boolean {
  const prototype = Object.getPrototypeOf(source);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function readChild(source: object, index: string | number, key: string): HostValueChild {
  try {
    return { key, value: (source as Record<string | number, unknown>)[index] };
  } catch {
    return { key, value: thrown };
  }
}

function keyText(key: unknown): string {
  return typeof key === 'object' || typeof key === 'function' ? 'an object' : String(key);
}

function* take<T>(values: Iterable<T>, limit: number): Generator<T> {
  let left = limit;
  for (const value of values) {
    if (left-- <= 0) return;
    yield value;
  }
}

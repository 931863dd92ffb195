/** Freezes plain data all the way down, so that no host module can change what the next one is given. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // A `for in` over every kind of object is slow for each of them.
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else if (!(value instanceof Date)) for (const key in value) deepFreeze(value[key]);
  return Object.freeze(value);
}

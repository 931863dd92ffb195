/** Freezes plain data recursively, so that no host module can change what the next one gets. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // One generic `for in` is slower than a loop for each kind of object.
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else if (!(value instanceof Date)) for (const key in value) deepFreeze(value[key]);
  return Object.freeze(value);
}

/** Freezes plain data recursively, so that one host module cannot change what the next one gets. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  // Separate loops for lists and other objects are faster than one `for in`.
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else if (!(value instanceof Date)) for (const key in value) deepFreeze(value[key]);
  return Object.freeze(value);
}

/** Unusual values that a mail or CRM provider may return in practice, although they are undocumented. */
export const unusualProviderResults: readonly unknown[] = [
  null,
  '',
  0,
  Number.NaN,
  false,
  10n,
  Symbol('odd'),
  [],
  {},
  Object.create(null),
  { ok: false, error: 'refused' },
  new Error('returned, not thrown'),
  new Date(Number.NaN),
  'x'.repeat(1_000_000),
  () => {},
  new Proxy({}, { get: () => undefined }),
];

/** A time as Postgres returns it: a `Date` from a column, ISO text inside JSON. */
export type Timestamp = Date | string;

export function toDate(value: Timestamp): Date;
export function toDate(value: Timestamp | null): Date | null;
export function toDate(value: Timestamp | null): Date | null {
  return typeof value === 'string' ? new Date(value) : value;
}

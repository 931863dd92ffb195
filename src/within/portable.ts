import { types } from 'node:util';
import type { Database } from '../db/connect.js';
import { selectRowsAsJson } from '../db/json-rows.js';
import { quoteIdentifier } from '../db/quote-identifier.js';
import { type Statement, statement } from '../db/statement.js';
import { requireUnchanged } from './executor.js';

/**
 * A statement as every driver sends and returns it alike: each parameter is a text that the server casts, and all rows
 * come back in one text. Reason: docs/decisions/0018-within.md.
 */
export interface PortableStatement {
  text: string;
  /** Whether it returns rows; one that only writes is sent as it is. */
  returnsRows: boolean;
}

const known = new WeakMap<Database, Map<Statement, Promise<PortableStatement>>>();

/**
 * The portable form of a statement; the types of its parameters are asked for once, over Cairnloop's own connection.
 */
export function portableForm(own: Database, wanted: Statement): Promise<PortableStatement> {
  const cache = known.get(own) ?? new Map<Statement, Promise<PortableStatement>>();
  known.set(own, cache);
  const made = cache.get(wanted) ?? make(own, wanted);
  cache.set(wanted, made);
  made.catch(() => cache.delete(wanted));
  return made;
}

async function make(own: Database, wanted: Statement): Promise<PortableStatement> {
  const text = wanted.text(quoteIdentifier(own.schema));
  const casts = await parameterTypes(own, wanted.name, text);
  const cast = withCasts(text, casts);
  const packed = selectRowsAsJson(cast, jsonAsHex);
  return { text: packed, returnsRows: packed !== cast };
}

/** Hex digits survive every text parser of a driver: trimming, other case, other normalization. */
export const jsonAsHex = (json: string) => `pg_catalog.encode(pg_catalog.convert_to(${json}, 'UTF8'), 'hex')`;

/** The rows in what {@link jsonAsHex} made. */
export function unpackRows<Row extends object>(rows: readonly object[]): Row[] {
  return unpackValue<Row[]>(rows);
}

/** The value in the only column of the only row, under any name that the driver gave it. */
export function unpackValue<Value>(rows: readonly object[]): Value {
  const [packed] = Object.values(rows[0] ?? {});
  try {
    return JSON.parse(Buffer.from(String(packed).trim(), 'hex').toString('utf8'));
  } catch {
    return requireUnchanged(packed);
  }
}

/** Matches quoted text, comments and parameters of SQL. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

/** Makes every parameter a text that is cast on the server, so that no driver guesses how to encode it. Pure. */
export function withCasts(text: string, casts: readonly string[]): string {
  return text.replace(tokens, (found, number?: string) =>
    number === undefined ? found : `($${number}::text::${casts[Number(number) - 1]})`,
  );
}

/** A value as the text that Postgres reads it from; null for SQL's NULL. Pure. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (types.isDate(value)) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toElement(value: unknown): string {
  const text = toText(value);
  return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The type that Postgres infers for each parameter, as a qualified name. */
function parameterTypes(own: Database, name: string, text: string): Promise<string[]> {
  const prepared = quoteIdentifier(`cairnloop_types_of_${name}`.slice(0, 63));
  return own.transaction(async (tx) => {
    await tx.run(statement(`within.prepare.${name}`, () => `PREPARE ${prepared} AS ${text}`));
    const rows = await tx.run(selectTypes, { name: `cairnloop_types_of_${name}`.slice(0, 63) });
    await tx.run(statement(`within.deallocate.${name}`, () => `DEALLOCATE ${prepared}`));
    return rows.map(({ type }) => type);
  });
}

const selectTypes = statement<{ name: string }, { type: string }>(
  'within.parameter_types',
  (_, p) => `
    SELECT format('%I.%I', n.nspname, t.typname) AS type
    FROM pg_prepared_statements p
    CROSS JOIN LATERAL unnest(p.parameter_types::oid[]) WITH ORDINALITY AS parameter (oid, place)
    JOIN pg_type t ON t.oid = parameter.oid JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE p.name = ${p.name} ORDER BY parameter.place`,
);

import { types } from 'node:util';
import type { Database } from '../db/connect.js';
import { selectRowsAsJson } from '../db/json-rows.js';
import { quoteIdentifier } from '../db/quote-identifier.js';
import { declareStatement, type Statement } from '../db/statement.js';
import { throwResultChangedByDriver } from './executor.js';

/**
 * A statement that works alike with every driver: each parameter is a text that the server casts, and all rows are
 * returned as one text. Reason: docs/decisions/0018-within.md.
 */
export interface PortableStatement {
  text: string;
  /** Whether the statement returns rows. A statement that only writes is sent without converting rows to text. */
  returnsRows: boolean;
}

const known = new WeakMap<Database, Map<Statement, Promise<PortableStatement>>>();

/**
 * Returns the portable form of a statement. The types of its parameters are read once, over Cairnloop's own connection.
 */
export function toPortableStatement(own: Database, wanted: Statement): Promise<PortableStatement> {
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
  const cast = castParametersFromText(text, casts);
  const packed = selectRowsAsJson(cast, jsonAsHexSql);
  return { text: packed, returnsRows: packed !== cast };
}

/**
 * SQL that encodes JSON as hex digits. They survive what drivers do to text: trimming, change of case, normalization.
 */
export const jsonAsHexSql = (json: string) => `pg_catalog.encode(pg_catalog.convert_to(${json}, 'UTF8'), 'hex')`;

/** Decodes the rows that {@link jsonAsHexSql} has encoded. */
export function decodeHexRows<Row extends object>(rows: readonly object[]): Row[] {
  return decodeHexValue<Row[]>(rows);
}

/** Decodes the value in the only column of the only row. Drivers may give the column any name. */
export function decodeHexValue<Value>(rows: readonly object[]): Value {
  const [packed] = Object.values(rows[0] ?? {});
  try {
    return JSON.parse(Buffer.from(String(packed).trim(), 'hex').toString('utf8'));
  } catch {
    return throwResultChangedByDriver(packed);
  }
}

/** Matches quoted text, comments and parameters of SQL. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

/** Makes the server cast every parameter of a statement from text, so that no driver guesses how to encode it. Pure. */
export function castParametersFromText(text: string, casts: readonly string[]): string {
  return text.replace(tokens, (found, number?: string) =>
    number === undefined ? found : `($${number}::text::${casts[Number(number) - 1]})`,
  );
}

/** Converts a parameter's value to the text from which Postgres reads it; null for NULL. Pure. */
export function toParameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (types.isDate(value)) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toElement(value: unknown): string {
  const text = toParameterText(value);
  return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Reads the types that Postgres infers for a statement's parameters, as qualified names. */
function parameterTypes(own: Database, name: string, text: string): Promise<string[]> {
  const prepared = quoteIdentifier(`cairnloop_types_of_${name}`.slice(0, 63));
  return own.transaction(async (tx) => {
    await tx.run(declareStatement(`within.prepare.${name}`, () => `PREPARE ${prepared} AS ${text}`));
    const rows = await tx.run(selectTypes, { name: `cairnloop_types_of_${name}`.slice(0, 63) });
    await tx.run(declareStatement(`within.deallocate.${name}`, () => `DEALLOCATE ${prepared}`));
    return rows.map(({ type }) => type);
  });
}

const selectTypes = declareStatement<{ name: string }, { type: string }>(
  'within.parameter_types',
  (_, p) => `
    SELECT format('%I.%I', n.nspname, t.typname) AS type
    FROM pg_prepared_statements p
    CROSS JOIN LATERAL unnest(p.parameter_types::oid[]) WITH ORDINALITY AS parameter (oid, place)
    JOIN pg_type t ON t.oid = parameter.oid JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE p.name = ${p.name} ORDER BY parameter.place`,
);

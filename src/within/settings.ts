import type { TransactionExecutor } from './executor.js';
import { queryHostExecutor } from './executor.js';
import { jsonAsHexSql } from './portable.js';

/** Settings of a database session, by name. */
export type SessionSettings = Record<string, string>;

/**
 * The session settings on which Cairnloop's statements rely: `will` says whether a value works, `set` is a value that
 * does.
 */
const relied: Record<string, { will: (value: string) => boolean; set: string }> = {
  // Postgres searches pg_catalog first, unless the path names it after another schema.
  search_path: { will: (value) => schemasOf(value).indexOf('pg_catalog') <= 0, set: 'pg_catalog, pg_temp' },
  TimeZone: { will: (value) => /^(Etc\/)?(UTC|GMT|UCT|Zulu)$/i.test(value), set: 'UTC' },
  DateStyle: { will: (value) => value.startsWith('ISO'), set: 'ISO, YMD' },
  IntervalStyle: { will: (value) => value === 'postgres', set: 'postgres' },
  extra_float_digits: { will: (value) => Number(value) >= 1, set: '1' },
  standard_conforming_strings: { will: (value) => value === 'on', set: 'on' },
  client_encoding: { will: (value) => /^utf-?8$/i.test(value), set: 'UTF8' },
  array_nulls: { will: (value) => value === 'on', set: 'on' },
  transform_null_equals: { will: (value) => value === 'off', set: 'off' },
  gin_fuzzy_search_limit: { will: (value) => value === '0', set: '0' },
  // `replica`, as imports set it, switches triggers off: tags, search texts and audit receipts would be missing.
  session_replication_role: { will: (value) => value !== 'replica', set: 'origin' },
  restrict_nonsystem_relation_kind: { will: (value) => value === '', set: '' },
};

/**
 * SQL that reads, as a JSON object, the session settings on which Cairnloop's statements rely; null for one that an
 * older server lacks. The view pg_settings would read every setting there is.
 */
export const sessionSettingsSql = `pg_catalog.json_build_object(${Object.keys(relied)
  .map((name) => `'${name}', pg_catalog.current_setting('${name}', true)`)
  .join(', ')})`;

/** The settings of a session that would change results, with the values to set instead. Pure. */
export function sessionSettingsToChange(found: SessionSettings): SessionSettings {
  const wrong = Object.entries(relied).filter(([name, { will }]) => !will(found[name] ?? ''));
  return Object.fromEntries(wrong.map(([name, { set }]) => [name, set]));
}

/**
 * Runs `work` with changed settings of the host's session, then restores them. After a failure, the rollback to the
 * call's savepoint restores them.
 */
export async function withSessionSettings<T>(
  executor: TransactionExecutor,
  wanted: SessionSettings,
  found: SessionSettings,
  work: () => Promise<T>,
): Promise<T> {
  const names = Object.keys(wanted);
  if (names.length === 0) return work();
  await set(executor, wanted);
  const result = await work();
  await set(executor, Object.fromEntries(names.map((name) => [name, found[name] ?? ''])));
  return result;
}

/** Changes settings of the session until the end of the transaction, which restores the host's own. */
async function set(executor: TransactionExecutor, settings: SessionSettings): Promise<void> {
  await queryHostExecutor(executor, applySettings, [JSON.stringify(settings)]);
}

const applySettings = `
  SELECT ${jsonAsHexSql('pg_catalog.count(pg_catalog.set_config(key, value, true))::pg_catalog.text')} AS rows
  FROM pg_catalog.json_each_text($1::pg_catalog.text::pg_catalog.json)`;

function schemasOf(searchPath: string): string[] {
  return searchPath.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

import type { TransactionExecutor } from './executor.js';
import { queryHost } from './executor.js';
import { jsonAsHex } from './portable.js';

/** Settings of a session by name. */
export type SessionSettings = Record<string, string>;

/** Settings on which our statements rely: whether a value is fit, and a value that is. */
const relied: Record<string, { will: (value: string) => boolean; set: string }> = {
  // The functions of Postgres are found first, unless a path names their schema behind another one.
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
};

/**
 * What the host's session has set of what statements rely on, as a JSON object. The view pg_settings would read them
 * all.
 */
export const sessionSettingsSql = `pg_catalog.json_build_object(${Object.keys(relied)
  .map((name) => `'${name}', pg_catalog.current_setting('${name}')`)
  .join(', ')})`;

/** The settings that would change a result, with the values that would not. Pure. */
export function settingsToChange(found: SessionSettings): SessionSettings {
  const wrong = Object.entries(relied).filter(([name, { will }]) => !will(found[name] ?? ''));
  return Object.fromEntries(wrong.map(([name, { set }]) => [name, set]));
}

/**
 * Runs `work` with other settings of the host's session. Where it fails, the savepoint that the call goes back to has
 * the former ones.
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

/** Applies settings for the rest of the transaction; the host's own come back at its end at the latest. */
async function set(executor: TransactionExecutor, settings: SessionSettings): Promise<void> {
  await queryHost(executor, applySettings, [JSON.stringify(settings)]);
}

const applySettings = `
  SELECT ${jsonAsHex('pg_catalog.count(pg_catalog.set_config(key, value, true))::pg_catalog.text')} AS rows
  FROM pg_catalog.json_each_text($1::pg_catalog.text::pg_catalog.json)`;

function schemasOf(searchPath: string): string[] {
  return searchPath.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

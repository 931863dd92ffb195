/**
 * The same statement with all its rows in one text column `rows`, as a JSON list: no driver's type parsers can change it.
 * Times come as ISO text, bigints as numbers. A main query that changes rows becomes a part of the WITH list, where
 * Postgres allows it as well; one that returns none stays as it is. `pack` may wrap the text in more SQL.
 */
export function asJsonRows(text: string, pack = (json: string) => json): string {
  const { list, main } = splitWithClause(text);
  if (/^(INSERT|UPDATE|DELETE)\b(?![\s\S]*\bRETURNING\b)/i.test(main)) return text;
  const json = pack(`coalesce(json_agg(to_json(row_of_result)), '[]')::text`);
  const select = `SELECT ${json} AS rows FROM result_rows AS row_of_result`;
  return `WITH ${list === '' ? '' : `${list}, `}result_rows AS (${main}) ${select}`;
}

/** Parts a statement into its WITH list (empty where it has none) and its main query. */
export function splitWithClause(text: string): { list: string; main: string } {
  const trimmed = text.trim();
  if (!/^WITH\s/i.test(trimmed)) return { list: '', main: trimmed };
  const body = trimmed.slice('WITH'.length);
  const end = endOfList(body);
  return { list: body.slice(0, end).trim(), main: body.slice(end).trim() };
}

/** The list ends behind a closing bracket of the outermost level that neither a comma nor another part follows. */
function endOfList(body: string): number {
  let depth = 0;
  for (const { 0: token, index } of body.matchAll(tokens)) {
    if (token === '(') depth += 1;
    if (token !== ')') continue;
    depth -= 1;
    const after = index + 1;
    if (depth === 0 && !/^\s*(,|AS\b)/i.test(body.slice(after))) return after;
  }
  throw new Error('a statement with a WITH list has no main query');
}

/** Brackets, and tokens in which brackets do not count: texts, names and comments. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[()]/g;

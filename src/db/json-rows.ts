/**
 * Rewrites a statement to return all its rows in one text column `rows`, as a JSON list that no driver's type parsers
 * can change. Times become ISO text, bigints numbers. A main query that changes rows moves into the WITH list; a
 * statement that returns no rows stays unchanged. `pack` may wrap the JSON expression in more SQL.
 */
export function selectRowsAsJson(text: string, pack = (json: string) => json): string {
  const { list, main } = splitWithClause(text);
  if (/^(INSERT|UPDATE|DELETE)\b(?![\s\S]*\bRETURNING\b)/i.test(main)) return text;
  const json = pack(`coalesce(json_agg(to_json(row_of_result)), '[]')::text`);
  const select = `SELECT ${json} AS rows FROM result_rows AS row_of_result`;
  return `WITH ${list === '' ? '' : `${list}, `}result_rows AS (${main}) ${select}`;
}

/** Splits a statement into its WITH list (empty if it has none) and its main query. */
export function splitWithClause(text: string): { list: string; main: string } {
  const trimmed = text.trim();
  if (!/^WITH\s/i.test(trimmed)) return { list: '', main: trimmed };
  const body = trimmed.slice('WITH'.length);
  const end = endOfList(body);
  return { list: body.slice(0, end).trim(), main: body.slice(end).trim() };
}

/** The position after the WITH list: after an outermost closing parenthesis that neither a comma nor `AS` follows. */
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

/**
 * Matches parentheses, and the tokens whose parentheses do not count: string literals, quoted identifiers and comments.
 */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[()]/g;

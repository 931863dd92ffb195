/**
 * A named SQL text with the types of its parameters and rows. The name is that of the prepared statement, so it must be
 * unique.
 */
export interface Statement<Params extends object = never, Row extends object = object> {
  readonly name: string;
  /** The SQL for a quoted schema, with `$1`, `$2`, … for the parameters. */
  text(schema: string): string;
  /** The values of the parameters `$1`, `$2`, …, in this order. */
  values(params: Params): unknown[];
  /** Never set; the property only carries the type of a row. */
  readonly row?: Row;
}

/** The parameter type of a statement without parameters. */
export type NoStatementParams = Record<never, never>;

/** The SQL placeholder (`$1`, `$2`, …) of each parameter, by name. */
export type StatementPlaceholders<Params extends object> = { readonly [Name in keyof Params]-?: string };

/** The arguments that `run` takes after the statement: an object of its parameters, or nothing. */
export type StatementArguments<Params extends object> = [keyof Params] extends [never] ? [] : [params: Params];

/**
 * Declares a statement with named parameters:
 * `declareStatement<{ id: string }, { status: string }>('conversation.status', (s, p) => `SELECT status FROM
 * ${s}.conversations WHERE id = ${p.id}`)`. An undeclared parameter name does not compile, in the SQL and where the
 * statement is run.
 */
export function declareStatement<Params extends object = NoStatementParams, Row extends object = object>(
  name: string,
  sql: (schema: string, params: StatementPlaceholders<Params>) => string,
): Statement<Params, Row> {
  let order: string[] | undefined;
  let isChecked = false;

  function text(schema: string): string {
    const names: string[] = [];
    const built = sql(schema, placeholders(names) as StatementPlaceholders<Params>);
    order ??= names;
    return built;
  }

  function values(params: Params): unknown[] {
    // The SQL is built at first use, because it may use constants that are declared after the statement.
    if (!order) text('"schema"');
    const names = order ?? [];
    const given = params as Record<string, unknown>;
    if (!isChecked) requireAll(name, names, given);
    isChecked = true;
    return names.map((one) => given[one]);
  }

  const declared: Statement<Params, Row> = { name, text, values };
  statementsByName.set(name, declared as unknown as Statement);
  return declared;
}

/** Numbers the parameters in the order in which the SQL uses them first, and collects their names. */
function placeholders(names: string[]): Record<string, string> {
  return new Proxy<Record<string, string>>(
    {},
    {
      get(_, name: string) {
        const known = names.indexOf(name);
        return `$${known >= 0 ? known + 1 : names.push(name)}`;
      },
      ownKeys() {
        throw new TypeError(
          'placeholders cannot be spread, because each is made when its name is read: pass the object itself',
        );
      },
    },
  );
}

/**
 * Throws if a parameter is missing. A cast may have hidden that from the compiler, and Postgres would take it for NULL.
 */
function requireAll(statement: string, names: readonly string[], given: Record<string, unknown>): void {
  const missing = names.filter((name) => !(name in given));
  if (missing.length > 0) throw new Error(`statement ${statement} has no value for ${missing.join(', ')}`);
}

/** All declared statements by name, so that a test can prepare each of them. */
export const statementsByName = new Map<string, Statement>();

/** Runs statements, either each on its own or inside one transaction. */
export interface Executor {
  run<Params extends object, Row extends object>(
    statement: Statement<Params, Row>,
    ...params: StatementArguments<Params>
  ): Promise<Row[]>;
}

/**
 * Whether a statement writes on behalf of the host. Claims of deliveries do not count: they run inside SQL functions.
 */
export function isWriteStatement(text: string): boolean {
  return /\b(INSERT INTO|DELETE FROM|(?<!\b(?:FOR|NO KEY|DO) )UPDATE)\b/.test(text);
}

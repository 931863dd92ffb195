/**
 * A named SQL text. The name is that of the prepared statement, so it must be unique; `text` gets the quoted schema.
 */
export interface Statement {
  name: string;
  text: (schema: string) => string;
}

/** Declares a statement: `statement('conversation.resolve', (s) => `UPDATE ${s}.conversations ...`)`. */
export function statement(name: string, text: (schema: string) => string): Statement {
  const declared = { name, text };
  statements.set(name, declared);
  return declared;
}

/** The last declaration of each name, so that a test can prepare all of them. */
export const statements = new Map<string, Statement>();

/** Runs statements, either each on its own or inside one transaction. */
export interface Executor {
  run<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** Whether a statement writes what a host asked for; claims, which run in functions, do not count. */
export function writes(text: string): boolean {
  return /\b(INSERT INTO|DELETE FROM|(?<!\b(?:FOR|NO KEY|DO) )UPDATE)\b/.test(text);
}

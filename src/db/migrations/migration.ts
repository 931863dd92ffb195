/**
 * One migration. `up` and `down` each run in the transaction that also writes or deletes the row that records the
 * migration.
 */
export interface Migration {
  name: string;
  /**
   * The name of an earlier migration: code that knows that one works on the schema with this migration applied, so that
   * old and new processes run side by side. Absent: only code that knows this migration works, and older code is
   * refused.
   */
  worksWithCodeOf?: string;
  /**
   * Returns statements that run before `up`, each outside of a transaction, e.g. to build an index while others write.
   * After a crash all of them run again. `schema` is the quoted name of the schema.
   */
  prepare?: (schema: string) => string[];
  /** Returns the SQL that makes the change; `schema` is the quoted name of the schema. */
  up: (schema: string) => string;
  /** Returns the SQL that reverts the change of `up`; `schema` is the quoted name of the schema. */
  down: (schema: string) => string;
}

/** One migration. `up` and `down` each run in a transaction together with the row that records them. */
export interface Migration {
  name: string;
  /**
   * The name of an earlier migration: code that knows that one works on the schema with this migration applied, so that
   * old and new processes run side by side. Absent: only code that knows this migration works, and older code is
   * refused.
   */
  worksWithCodeOf?: string;
  /**
   * Statements that run before `up`, each outside of a transaction, e.g. to build an index while others write. After a
   * crash all of them run again. Gets the quoted schema.
   */
  prepare?: (schema: string) => string[];
  /** SQL that makes the change; gets the quoted schema. */
  up: (schema: string) => string;
  /** SQL that reverts `up`; gets the quoted schema. */
  down: (schema: string) => string;
}

/** One step of the schema. Both texts run in a transaction of their own, with the row that records them. */
export interface Migration {
  name: string;
  /**
   * The oldest code that works on the schema once this migration is applied, by the newest migration that it knows: its
   * processes keep running beside newer ones. Absent: only code that knows this migration works, and older code is refused.
   */
  worksWithCodeOf?: string;
  /**
   * Statements that run before `up`, each outside of a transaction, e.g. to build an index while others write. They run
   * again from the first one after a crash. Gets the quoted schema.
   */
  prepare?: (schema: string) => string[];
  /** SQL that makes the change; gets the quoted schema. */
  up: (schema: string) => string;
  /** SQL that reverts it. */
  down: (schema: string) => string;
}

/** One step of the schema. Both texts run in a transaction of their own, with the row that records them. */
export interface Migration {
  name: string;
  /**
   * Statements that run before `up`, each outside of a transaction, e.g. to build an index while others write. They run
   * again from the first one after a crash. Gets the quoted schema.
   */
  prepare?: (schema: string) => string[];
  /** SQL that makes the change; gets the quoted schema. */
  up: (schema: string) => string;
  /** SQL that takes it back. */
  down: (schema: string) => string;
}

/** One step of the schema. Both texts run in a transaction of their own, with the row that records them. */
export interface Migration {
  name: string;
  /** SQL that makes the change; gets the quoted schema. */
  up: (schema: string) => string;
  /** SQL that takes it back. */
  down: (schema: string) => string;
}

import { migrations } from './index.js';
import type { Migration } from './migration.js';

/** A row of the table `migrations`. */
export interface AppliedMigration {
  name: string;
  /** See {@link Migration.worksWithCodeOf}. Null: only code that knows this migration can use the schema. */
  worksWithCodeOf: string | null;
}

/** A schema, compared with the migrations of this package. */
export interface SchemaComparison {
  applied: string[];
  pending: string[];
  /** Applied by a later version of this package. */
  unknown: string[];
  /** The unknown ones on which this version does not work. */
  incompatible: string[];
}

/** Compares what is applied with what this package knows. Pure. */
export function compareSchema(
  recorded: readonly AppliedMigration[],
  package_: readonly Pick<Migration, 'name'>[] = migrations,
): SchemaComparison {
  const known = new Set(package_.map(({ name }) => name));
  const applied = new Set(recorded.map(({ name }) => name));
  const unknown = recorded.filter(({ name }) => !known.has(name));
  return {
    applied: [...applied].filter((name) => known.has(name)),
    pending: [...known].filter((name) => !applied.has(name)),
    unknown: unknown.map(({ name }) => name),
    incompatible: unknown.filter(({ worksWithCodeOf: of }) => of === null || !known.has(of)).map(({ name }) => name),
  };
}

/** Reads the rows; `jsonb` because a schema made before `0021-rolling-upgrades` has no such column. */
export function selectApplied(quotedSchema: string): string {
  return `SELECT name, to_jsonb(m) ->> 'works_with_code_of' AS "worksWithCodeOf" FROM ${quotedSchema}.migrations m ORDER BY name`;
}

import { migrations } from './index.js';
import type { Migration } from './migration.js';

/** A row of the table `migrations`. */
export interface AppliedMigration {
  name: string;
  /**
   * The earlier migration whose code also works on the schema (see {@link Migration.worksWithCodeOf}); null if only
   * code that knows this migration does.
   */
  worksWithCodeOf: string | null;
}

/** How the migrations applied to a schema compare with those of this package. */
export interface SchemaComparison {
  applied: string[];
  pending: string[];
  /** Migrations applied by a later version of this package. */
  unknown: string[];
  /** The migrations among `unknown` that stop this version of the package from working on the schema. */
  incompatible: string[];
}

/** Compares the applied migrations with those of this package. Pure. */
export function compareMigrations(
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

/**
 * The SQL that reads the table `migrations`. It reads each row as JSON, because the column `works_with_code_of` is
 * missing before 0021-rolling-upgrades.
 */
export function selectAppliedMigrations(quotedSchema: string): string {
  return `SELECT name, to_jsonb(m) ->> 'works_with_code_of' AS "worksWithCodeOf" FROM ${quotedSchema}.migrations m ORDER BY name`;
}

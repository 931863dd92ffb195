import type { Migration } from './migration.js';

/**
 * What customers wrote through the portal within the last minute, which its rate limit counts over all processes. One row
 * per customer, found by a hash of their id; `keys` and `times` belong together. Rows of customers who stay away are
 * deleted by `portal.sweep`.
 */
export const portalWrites: Migration = {
  name: '0015-portal-writes',
  up: (s) => `
    CREATE TABLE ${s}.portal_writes (
      customer text PRIMARY KEY,
      keys text[] NOT NULL,
      times timestamptz(3)[] NOT NULL,
      last_at timestamptz(3) NOT NULL
    );
    CREATE INDEX portal_writes_last ON ${s}.portal_writes (last_at);
  `,
  down: (s) => `DROP TABLE ${s}.portal_writes;`,
};
